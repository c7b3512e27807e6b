/// What the command line says about the configuration to use.
public struct ConfigurationRequest: Sendable {
    /// The path of `--config`; without it the file is searched for.
    public var path: String?
    /// The scenarios' paths as given, whose first is where the search begins.
    public var scenarios: [String]
    /// The name of `--profile`; without it the file's first profile holds.
    public var profile: String?
    /// The path of `--env-file`, which replaces the file's own `env_file`.
    public var environmentFile: String?
    /// The absolute path of the folder that relative paths begin at.
    public var workingFolder: String
    /// Whether only the text is judged, so that what this machine's environment lacks is no error.
    public var isLint: Bool

    /// Creates a request.
    public init(
        path: String? = nil, scenarios: [String] = [], profile: String? = nil, environmentFile: String? = nil,
        workingFolder: String, isLint: Bool = false
    ) {
        self.path = path
        self.scenarios = scenarios
        self.profile = profile
        self.environmentFile = environmentFile
        self.workingFolder = workingFolder
        self.isLint = isLint
    }
}
