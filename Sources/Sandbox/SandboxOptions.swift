/// What a sandbox is made of, and how it behaves.
public struct SandboxOptions: Sendable {
    /// Everything that looks random follows from it.
    public var seed: UInt64 = 42
    /// An IPv4 address of this machine.
    public var host = "127.0.0.1"
    /// The gateway's port, 0 for a free one.
    public var gatewayPort: UInt16 = 0
    /// The admin API's port, 0 for a free one.
    public var adminPort: UInt16 = 0
    /// The vector store's port, 0 for a free one.
    public var vectorPort: UInt16 = 0
    /// The port of the first model's first replica, the others' follow; 0 for free ones.
    public var modelPort: UInt16 = 0
    /// The key that the gateway wants as `Authorization: Bearer`.
    public var apiKey = "sk-plumb-sandbox"
    /// The models, each served by its own replicas.
    public var models = ["mixtral", "hermes", "openchat", "phi3"]
    /// Replicas of each model.
    public var replicas = 2
    /// Time before the first token.
    public var latency = Duration.milliseconds(5)
    /// Time for each further token.
    public var tokenLatency = Duration.milliseconds(1)
    /// The share, 0 to 1, by which each wait may be shorter or longer.
    public var jitter = 0.2
    /// The share, 0 to 1, of requests that a model answers with 500.
    public var failureRate = 0.0
    /// Requests per second that the gateway accepts with `apiKey`; nil for no limit.
    public var rateLimit: Double?
    /// How long the gateway waits for a model service.
    public var upstreamTimeout = Duration.seconds(2)
    /// Completions that each model's schema holds from before the start.
    public var history = 240
    /// How to reach the PostgreSQL database that the gateway stores in, as libpq reads it; nil for files of its own.
    public var database: String?
    /// The ports at which the gateway finds replicas, such as `mixtral-0`, and its `database`, that it is not to reach
    /// directly.
    public var detours: [String: UInt16] = [:]
    /// A file that is there while the sandbox runs, and tells a Prometheus what to scrape; nil for none.
    public var announcement: String?
    /// Names of `SandboxBreak`s: ways in which the sandbox is broken on purpose.
    public var breaks: Set<String> = []

    /// Creates the options' defaults.
    public init() {}

    /// Checks the options as a whole.
    func validated() throws(SandboxError) -> Set<SandboxBreak> {
        var known: Set<SandboxBreak> = []
        for name in breaks.sorted() {
            guard let found = SandboxBreak(rawValue: name) else {
                throw SandboxError(
                    message: "unknown break '\(name)'",
                    hint: "'plumb sandbox --list-breaks' lists them")
            }
            known.insert(found)
        }
        guard !models.isEmpty, Set(models).count == models.count else {
            throw SandboxError(message: "no models, or a model named twice", hint: "give each model a name of its own")
        }
        let reserved: Set = [
            "gateway", "admin", "vectors", "metrics", "alerts", "grafana", "database", BrokenModel.down.rawValue,
            BrokenModel.slow.rawValue,
        ]
        for model in models {
            guard !model.isEmpty, model.utf8.count <= 64, model.utf8.allSatisfy(Self.isNameByte) else {
                throw SandboxError(message: "bad model name '\(model)'", hint: "use letters, digits, '-', '_' and '.'")
            }
            guard !reserved.contains(model) else {
                throw SandboxError(message: "the model name '\(model)' is taken", hint: "choose another name")
            }
        }
        guard !apiKey.isEmpty, apiKey.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw SandboxError(message: "the API key cannot stand in a header", hint: "use visible ASCII characters")
        }
        guard (1...16).contains(replicas) else {
            throw SandboxError(message: "\(replicas) replicas", hint: "choose 1 to 16")
        }
        guard (0...100_000).contains(history) else {
            throw SandboxError(message: "a history of \(history)", hint: "choose 0 to 100000")
        }
        guard Int(modelPort) + models.count * replicas <= 65_536 else {
            throw SandboxError(message: "the model ports end above 65535", hint: "choose a lower model port")
        }
        return known
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

/// A model that the gateway knows and whose service never works, for scenarios about failure.
enum BrokenModel: String, CaseIterable {
    /// Nothing listens where its service should be.
    case down = "broken-down"
    /// Its service answers long after the gateway's time-out.
    case slow = "broken-slow"
}
