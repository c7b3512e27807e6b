/// Where a running sandbox listens, and how to end it.
public struct SandboxEndpoints: Sendable {
    /// One thing that listens.
    public struct Endpoint: Sendable, Hashable {
        /// `gateway`, `admin`, a model's name (its first replica), or a replica's name such as `mixtral-1`.
        public let name: String
        /// The address without a trailing slash.
        public let url: String
    }

    /// Everything that listens: the gateway first.
    public private(set) var all: [Endpoint] = []
    /// The key that the gateway wants as bearer token.
    public let apiKey: String
    private let stack: Stack

    init(apiKey: String, stack: Stack) {
        self.apiKey = apiKey
        self.stack = stack
    }

    mutating func add(_ name: String, host: String, port: UInt16) {
        all.append(Endpoint(name: name, url: "http://\(host):\(port)"))
    }

    /// The address of an endpoint; nil for a name that is not known.
    public subscript(name: String) -> String? {
        all.first { $0.name == name }?.url
    }

    /// The endpoints as one JSON object: `{"endpoints": {NAME: URL, …}, "api_key": KEY}`.
    public var json: String {
        let endpoints = all.map { JSON.Member(key: $0.name, value: .string($0.url)) }
        let document: JSON = ["endpoints": .object(endpoints), "api_key": .string(apiKey)]
        return String(decoding: document.encoded, as: UTF8.self)
    }

    /// Closes all ports and connections; returns when they are closed.
    public func stop() async {
        await stack.stop()
    }
}
