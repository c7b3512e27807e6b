/// One option as the command line offers it: its name, its words and how a text sets it.
public struct SandboxOption: Sendable {
    /// The name without dashes, such as `token-latency`.
    public let name: String
    /// What stands for the value in a usage line.
    public let valueName: String
    /// One line for `--help` and the reference.
    public let doc: String
    /// Sets the option from text.
    public let apply: @Sendable (_ text: String, _ options: inout SandboxOptions) throws(SandboxError) -> Void

    /// Every option, in the order in which help shows them.
    public static let all: [SandboxOption] = [
        SandboxOption("seed", "number", "seed of everything that looks random (42)", at: \.seed) { UInt64($0) },
        SandboxOption("host", "address", "IPv4 address to listen on (127.0.0.1)", at: \.host) { $0 },
        SandboxOption("port", "port", "port of the gateway (0: a free one)", at: \.gatewayPort) { UInt16($0) },
        SandboxOption("admin-port", "port", "port of the admin API (0: a free one)", at: \.adminPort) { UInt16($0) },
        SandboxOption("vector-port", "port", "port of the vector store (0: a free one)", at: \.vectorPort) {
            UInt16($0)
        },
        SandboxOption(
            "model-port", "port", "port of the first replica, the others follow (0: free ones)", at: \.modelPort
        ) { UInt16($0) },
        SandboxOption("api-key", "key", "key that the gateway wants as bearer token", at: \.apiKey) { $0 },
        SandboxOption("models", "names", "models, separated by commas (mixtral,hermes,openchat,phi3)", at: \.models) {
            $0.split(separator: ",").map(String.init)
        },
        SandboxOption("replicas", "count", "replicas of each model (2)", at: \.replicas) { Int($0) },
        SandboxOption("latency", "duration", "time before the first token (5ms)", at: \.latency, read: duration),
        SandboxOption(
            "token-latency", "duration", "time for each further token (1ms)", at: \.tokenLatency, read: duration),
        SandboxOption("jitter", "share", "how far each wait may vary, 0 to 1 (0.2)", at: \.jitter, read: share),
        SandboxOption(
            "failure-rate", "share", "share of requests answered with 500, 0 to 1 (0)", at: \.failureRate, read: share),
        SandboxOption("rate-limit", "per-second", "requests per second for the API key (none)", at: \.rateLimit) {
            text in
            Double(text).flatMap { $0 > 0 && $0.isFinite ? .some($0) : nil }
        },
        SandboxOption(
            "upstream-timeout", "duration", "how long the gateway waits for a model (2s)", at: \.upstreamTimeout,
            read: duration),
        SandboxOption(
            "history", "count", "completions that each model has in the store at the start (240)", at: \.history
        ) { Int($0) },
        SandboxOption(
            "announce", "path", "file that tells a Prometheus what to scrape, in the form of file_sd_configs",
            at: \.announcement
        ) { .some($0.isEmpty ? nil : $0) },
        SandboxOption("break", "names", "break the sandbox on purpose, names separated by commas", at: \.breaks) {
            Set($0.split(separator: ",").map(String.init))
        },
    ]

    private init<Value>(
        _ name: String, _ valueName: String, _ doc: String,
        at path: any WritableKeyPath<SandboxOptions, Value> & Sendable, read: @escaping @Sendable (String) -> Value?
    ) {
        self.name = name
        self.valueName = valueName
        self.doc = doc
        apply = { (text: String, options: inout SandboxOptions) throws(SandboxError) in
            guard let value = read(text) else {
                throw SandboxError(message: "'\(text)' is no value for --\(name)", hint: doc)
            }
            options[keyPath: path] = value
        }
    }

    @Sendable
    private static func share(_ text: String) -> Double? {
        Double(text).flatMap { (0...1).contains($0) ? $0 : nil }
    }

    /// Reads `250ms`, `2s`, `1m`.
    @Sendable
    private static func duration(_ text: String) -> Duration? {
        let number = text.prefix { $0.isNumber || $0 == "." }
        guard let value = Double(number), value <= 86_400_000 else { return nil }
        return switch text.dropFirst(number.count) {
        case "us": .microseconds(value)
        case "ms": .milliseconds(value)
        case "s": .seconds(value)
        case "m": .seconds(value * 60)
        default: nil
        }
    }
}
