internal import Diagnostics
internal import EventLoop
internal import ScenarioModel

/// What a target is to the driver: its database, and a pool for each set of bounds; kept with the target.
///
/// Suites may bound the connections that they open to a target, so each has a pool of its own size.
final class SQLTarget {
    let database: any Database
    private let loop: EventLoop
    private var pools: [PoolBounds: ConnectionPool] = [:]
    /// The one that was asked for last, as it mostly will be next.
    private var last: ConnectionPool?

    init(_ database: any Database, on loop: EventLoop) {
        self.database = database
        self.loop = loop
    }

    /// The driver's form of a target, made once; nothing is opened.
    static func of(_ target: ResolvedTarget, on loop: EventLoop) throws(StepFailure) -> (target: SQLTarget, isNew: Bool)
    {
        if let known = target.connection as? SQLTarget { return (known, false) }
        guard let kind = DatabaseKinds.named(target.kind) else {
            throw StepFailure.refused(
                .sqlSetting, "this build of plumb has no driver for targets of kind '\(target.kind)'", at: nil)
        }
        let made = SQLTarget(try kind.database(target, loop), on: loop)
        target.connection = made
        return (made, true)
    }

    /// The pool of some bounds.
    func pool(_ bounds: PoolBounds) -> ConnectionPool {
        if let last, last.bounds == bounds { return last }
        let pool = pools[bounds] ?? ConnectionPool(database, bounds, on: loop)
        pools[bounds] = pool
        last = pool
        return pool
    }

    /// Closes everything.
    func close() async {
        for pool in pools.values { await pool.drain() }
        pools = [:]
        last = nil
        await database.close()
    }
}
