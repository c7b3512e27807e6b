/// Where the gateway keeps what it served: a database with a schema for each model.
protocol CompletionStore: Sendable {
    /// What callers need to reach the same database; nil where they know it themselves.
    var access: StoreAccess? { get }
    /// Makes the tables and their history.
    func prepare() async throws(StoreError)
    /// Opens a connection.
    func connect() async throws(StoreError) -> any StoreConnection
    /// Ends the store, when all of its connections are closed, and takes away what it made.
    func close() async
}

/// A connection to the store; it does one thing at a time.
protocol StoreConnection: Sendable {
    /// Runs a transaction of insertions; all of them stand afterwards, or none.
    ///
    /// - Parameters:
    ///   - rows: The rows in their order.
    ///   - failsAfter: How many insertions are made before it fails on purpose; nil for none.
    ///   - keepsHalf: Whether what was inserted before that failure stays; true only where a break wants it.
    /// - Throws: `failed`, `unavailable` or `timedOut`.
    func insert(_ rows: [StoreRow], failsAfter: Int?, keepsHalf: Bool) async throws(StoreError)
    func close() async
}

/// Why something is not stored.
struct StoreError: Error, Sendable, Hashable {
    enum Reason: String, Sendable {
        /// The database said no, or an operator has it fail.
        case failed
        /// The database cannot be reached.
        case unavailable
        /// No connection was free in time.
        case exhausted
        /// The transaction took too long.
        case timedOut = "timeout"
    }

    var reason: Reason
    var message: String
}

/// How callers reach the store's database: the settings of a target.
struct StoreAccess: Sendable, Hashable {
    var kind: String
    /// The main database's file.
    var path: String
    /// The other databases' files, by schema.
    var attached: [(schema: String, path: String)]
    /// Statements that show the tables of all schemas as one.
    var onConnect: [String]
    /// Whether callers are to change nothing.
    var isReadOnly = false

    var json: JSON {
        [
            "kind": .string(kind), "path": .string(path),
            "attach": .object(attached.map { JSON.Member(key: $0.schema, value: .string($0.path)) }),
            "on_connect": .array(onConnect.map(JSON.string)), "read_only": .bool(isReadOnly),
        ]
    }

    static func == (a: StoreAccess, b: StoreAccess) -> Bool { a.json == b.json }
    func hash(into hasher: inout Hasher) { hasher.combine(path) }
}
