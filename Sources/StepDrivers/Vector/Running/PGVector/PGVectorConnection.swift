internal import EventLoop
internal import ScenarioModel

/// What a target of pgvector means to the driver: the database, its pools, and the names of the columns.
///
/// Lives on its loop's thread, kept with the target.
final class PGVectorConnection {
    let names: PGVectorNames
    private let database: PostgresDatabase
    private let loop: EventLoop
    private var pools: [PoolBounds: ConnectionPool] = [:]

    private init(_ target: ResolvedTarget, on loop: EventLoop) throws(StepFailure) {
        names = try PGVectorNames(target)
        database = try PostgresDatabase(target, on: loop)
        self.loop = loop
    }

    /// The driver's form of a target, made once; nothing is opened.
    static func of(
        _ target: ResolvedTarget, on loop: EventLoop
    ) throws(StepFailure) -> (connection: PGVectorConnection, isNew: Bool) {
        if let known = target.connection as? PGVectorConnection { return (known, false) }
        let made = try PGVectorConnection(target, on: loop)
        target.connection = made
        return (made, true)
    }

    var place: String { database.place }

    /// The pool of some bounds.
    func pool(_ bounds: PoolBounds) -> ConnectionPool {
        if let known = pools[bounds] { return known }
        let pool = ConnectionPool(database, bounds, on: loop)
        pools[bounds] = pool
        return pool
    }

    /// Closes everything.
    func close() async {
        for pool in pools.values { await pool.drain() }
        pools = [:]
        await database.close()
    }
}

/// How the columns of a target's tables are called, as SQL writes them.
struct PGVectorNames {
    let id: String
    let vector: String
    let payload: String
    let distance: Distance

    init(_ target: ResolvedTarget) throws(StepFailure) {
        let reader = TargetSettings(target, code: .vectorSetting)
        id = (try reader.text("id_column") ?? "id").quotedIdentifier
        vector = (try reader.text("vector_column") ?? "vector").quotedIdentifier
        payload = (try reader.text("payload_column") ?? "payload").quotedIdentifier
        distance = Distance(rawValue: try reader.text("distance") ?? "cosine") ?? .cosine
    }

    /// The column of a vector: its own name, or the one of vectors without.
    func column(_ name: String?) -> String { name.map(\.quotedIdentifier) ?? vector }
}

extension String {
    /// The text as a name in SQL; a NUL cannot stand in one.
    var quotedIdentifier: String {
        "\"" + filter { $0 != "\0" }.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }
    /// The text as a literal in SQL.
    var quotedLiteral: String { "'" + filter { $0 != "\0" }.map { $0 == "'" ? "''" : String($0) }.joined() + "'" }
}

extension Distance {
    /// The operator of pgvector; nil for what it does not have in every version.
    var pgOperator: String? {
        switch self {
        case .cosine: "<=>"
        case .dot: "<#>"
        case .euclid: "<->"
        case .manhattan: nil
        }
    }

    /// The operators of an index.
    var pgOperators: String {
        switch self {
        case .cosine: "vector_cosine_ops"
        case .dot: "vector_ip_ops"
        case .euclid, .manhattan: "vector_l2_ops"
        }
    }

    /// The score that reads alike everywhere, of what the operator yields.
    func score(_ distance: String) -> String {
        switch self {
        case .cosine: "1 - (\(distance))"
        case .dot: "-(\(distance))"
        case .euclid, .manhattan: distance
        }
    }
}
