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
    /// How the gateway's store is reached.
    var database: StoreAccess?
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

    /// The endpoints as one JSON object: `{"endpoints": {NAME: URL, …}, "api_key": KEY, "database": {…}}`.
    ///
    /// The database is told by the settings of a target: `kind`, `path`, `attach`, `on_connect`.
    public var json: String {
        let endpoints = all.map { JSON.Member(key: $0.name, value: .string($0.url)) }
        var members = [
            JSON.Member(key: "endpoints", value: .object(endpoints)),
            JSON.Member(key: "api_key", value: .string(apiKey)),
        ]
        if let database { members.append(JSON.Member(key: "database", value: database.json)) }
        return String(decoding: JSON.object(members).encoded, as: UTF8.self)
    }

    /// Closes all ports and connections; returns when they are closed.
    public func stop() async {
        await stack.stop()
    }
}
