public import Diagnostics
public import Expressions

/// A `plumb.yaml` with its profile chosen, its env file read and its includes merged (config.md).
public struct Configuration: Sendable {
    /// Nil where no file was found and defaults serve.
    public var file: SourceFile?
    /// The folder of the file, or the working folder: paths must not leave it.
    public var root: String
    public var profile: String?
    /// The environment: the process's over the env file's.
    public var environment: [String: String] = [:]
    /// The declared secrets by name, nil where absent from the environment.
    public var secrets: [String: String?] = [:]
    /// Time-outs by what they bound: http, sql, vector, metric, connect, scenario, cleanup, within, every.
    public var timeouts: [String: Setting<Duration>] = [:]
    public var retry = RetryPart()
    /// The profile's targets in the order they are written.
    public var targets: [Target] = []
    /// `gateway->mixtral` and the like, by name.
    public var links: [String: Link] = [:]
    public var sandbox: SandboxSettings?
    /// The named loads for `repeat: NAME`.
    public var loads: [String: Repetition] = [:]
    /// The root of the suites' settings.
    public var suites: SuiteNode?
    /// `$config`: the whole `integration_tests` tree.
    public var tree: Value = .object(.init())

    /// Creates a configuration with Plumb's own defaults.
    public init(file: SourceFile?, root: String) {
        self.file = file
        self.root = root
    }

    /// A way from one service to another on which faults can be put.
    public struct Link: Sendable {
        public var listen: String
        public var to: String
        public var origin: Origin
        /// Creates a link.
        public init(listen: String, to: String, origin: Origin) {
            self.listen = listen
            self.to = to
            self.origin = origin
        }
    }

    /// How the embedded services are started; an empty object where the profile only says `true`.
    public struct SandboxSettings: Sendable {
        public var options: Value.Object
        public var origin: Origin
        /// Creates settings.
        public init(options: Value.Object, origin: Origin) {
            self.options = options
            self.origin = origin
        }
    }
}

/// A node of `integration_tests`: the settings of a folder of scenarios and all below it.
public struct SuiteNode: Sendable {
    /// The names from the root: `["cross_service", "api_gateway_to_models"]`.
    public var path: [String]
    public var enabled: Setting<Bool>?
    public var timeout: Setting<Duration>?
    public var retryAttempts: Setting<Int>?
    public var connectionTimeout: Setting<Duration>?
    public var maxConnections: Setting<Int>?
    /// The scenarios to run, in order, each with its place.
    public var testScenarios: [(name: String, span: SourceSpan)]?
    /// Every key of this node that is no nested suite: what `$suite` gives, outer nodes' laid under.
    public var data: Value.Object
    /// Keys that only scenarios can read, with their places: lint warns where nothing does.
    public var freeKeys: [(name: String, span: SourceSpan)]
    public var children: [SuiteNode]
    public var span: SourceSpan?

    /// Creates a node.
    public init(path: [String], data: Value.Object = .init(), span: SourceSpan? = nil) {
        self.path = path
        self.data = data
        self.freeKeys = []
        self.children = []
        self.span = span
    }

    /// The nodes that hold for a folder, outermost first.
    public func chain(for folders: [String]) -> [SuiteNode] {
        guard let first = folders.first else { return [self] }
        guard let child = children.first(where: { $0.path.last == first }) else { return [self] }
        return [self] + child.chain(for: Array(folders.dropFirst()))
    }
}
