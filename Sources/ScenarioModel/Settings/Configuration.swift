public import Diagnostics
public import Expressions

/// A `plumb.yaml` with its profile chosen, its env file read and its includes merged (config.md).
public struct Configuration: Sendable {
    /// Nil where no file was found and defaults serve.
    public var file: SourceFile?
    /// The folder of the file, or the working folder: paths must not leave it.
    public var root: String
    public var profile: String?
    /// What the profile is for, in its author's words.
    public var profileDescription: String?
    /// Every profile of the file in its order; the first is the default.
    public var profiles: [String] = []
    /// The files that were read, the configuration's own first, then those that it includes; env files are not kept.
    public var sources: [SourceFile] = []
    /// `$env`: the process's variables over the env file's, declared secrets left out.
    public var environment: [String: String] = [:]
    /// The declared secrets by name, nil where absent from the environment or empty there.
    public var secrets: [String: String?] = [:]
    /// The declared secrets that the environment sets to nothing, so that messages can tell them from absent ones.
    public var emptySecrets: Set<String> = []
    /// Time-outs by what they bound: http, sql, vector, metric, connect, scenario, cleanup, within, every.
    public var timeouts: [String: Setting<Duration>] = Configuration.builtInTimeouts
    /// `defaults.retry`.
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
    /// The folder that the tree of suites is laid over: `scenarios` below the root where it exists, else the root.
    public var suiteRoot: String
    /// Every expression of every profile, for lint and for the compiler's batches.
    public var expressions: [Expression] = []

    /// Creates a configuration with Plumb's own defaults.
    public init(file: SourceFile?, root: String) {
        self.file = file
        self.root = root
        self.suiteRoot = root
    }

    /// The time-outs that hold where nothing is written; every limit has a finite default.
    public static let builtInTimeouts: [String: Setting<Duration>] = [
        "http": Setting(.seconds(30), .builtIn), "sql": Setting(.seconds(10), .builtIn),
        "vector": Setting(.seconds(30), .builtIn), "metric": Setting(.seconds(30), .builtIn),
        "connect": Setting(.seconds(5), .builtIn), "scenario": Setting(.seconds(300), .builtIn),
        "cleanup": Setting(.seconds(30), .builtIn), "within": Setting(.seconds(30), .builtIn),
        "every": Setting(.milliseconds(500), .builtIn),
    ]

    /// The time-out of a row of the table; a kind without a row of its own has that of http.
    public func timeout(_ row: String) -> Setting<Duration> {
        timeouts[row] ?? timeouts["http"] ?? Setting(.seconds(30), .builtIn)
    }

    /// The paths, as shown, of the files that the configuration includes: they are no scenarios.
    public var includedFiles: [String] { sources.dropFirst().map(\.path) }

    /// The target of a name, or nil.
    public func target(_ name: String) -> Target? { targets.first { $0.name == name } }

    /// The folders from the suites' root to an absolute path's own folder; nil where it does not lie below the root.
    public func suiteFolders(ofFile path: String) -> [String]? {
        let prefix = suiteRoot.hasSuffix("/") ? suiteRoot : suiteRoot + "/"
        guard path.hasPrefix(prefix) else { return nil }
        return path.dropFirst(prefix.count).split(separator: "/").dropLast().map(String.init)
    }

    /// The profile's own PostgreSQL in which the sandbox's gateway stores; nil where it has a file of SQLite.
    public var sandboxStore: Target? {
        guard sandbox != nil, let target = target("database"), target.kind == "postgres", target.sandboxService == nil
        else { return nil }
        return target
    }

    /// Why there is no link of this name although one might expect it; nil where nothing more is to be said.
    public func absence(ofLink name: String) -> String? {
        guard name == Link.toStore, sandbox != nil, links[name] == nil else { return nil }
        return "the sandbox's gateway stores in a file of SQLite there, which is reached by no network"
    }

    /// The nodes of the suites' settings that hold for a file of an absolute path, outermost first.
    public func suites(ofFile path: String) -> [SuiteNode] {
        guard let suites, let folders = suiteFolders(ofFile: path) else { return [] }
        return suites.chain(for: folders)
    }

    /// A way from one service to another on which faults can be put.
    public struct Link: Sendable {
        public var listen: String
        public var to: String
        public var origin: Origin
        /// The ways of a link inside the sandbox, one for each replica; empty for a link that the profile declares.
        public var ways: [Way] = []
        /// The way from the sandbox's gateway to the PostgreSQL that it stores in.
        public static let toStore = "gateway->database"
        /// Whether it is one of the sandbox's, to which no proxy has been asked for.
        public var isPending: Bool { origin == .sandbox && ways.isEmpty }

        /// A listening descriptor of this process, and the address of what the caller is to reach.
        public struct Way: Sendable {
            public var descriptor: Int32
            public var to: String
            /// Creates a way.
            public init(descriptor: Int32, to: String) {
                self.descriptor = descriptor
                self.to = to
            }
        }

        /// Creates a link.
        public init(listen: String, to: String, origin: Origin) {
            self.listen = listen
            self.to = to
            self.origin = origin
        }
    }

    /// How the embedded services are started; an empty object where the profile only says `true`.
    public struct SandboxSettings: Sendable {
        /// The options by name, in the words of the configuration's table; rates are numbers per second.
        public var options: Value.Object
        public var origin: Origin
        /// The models, to each of which the gateway has a link.
        public var models: [String] {
            options["models"]?.array.map { $0.compactMap(\.string) } ?? ["mixtral", "hermes", "openchat", "phi3"]
        }
        /// Creates settings.
        public init(options: Value.Object, origin: Origin) {
            self.options = options
            self.origin = origin
        }
    }
}
