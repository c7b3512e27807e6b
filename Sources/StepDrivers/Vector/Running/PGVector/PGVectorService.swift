internal import EventLoop
internal import Expressions
internal import ScenarioModel

/// Carries out steps whose collections are tables, on connections of pools.
///
/// Lives on its loop's thread.
final class PGVectorService {
    private let loop: EventLoop
    private var connections: [PGVectorConnection] = []

    /// Where a test keeps the connections of its own targets.
    private static let key = "vector.tables"

    init(on loop: EventLoop) { self.loop = loop }

    /// Does what a step asks for, once.
    func attempt(_ step: PreparedVectorStep, _ limits: AttemptLimits, in session: TestSession) async -> Attempt {
        let begun = Instant.now
        let deadline = begun + limits.timeout
        do throws(StepError) {
            let connection = try connection(step.target, session)
            let lease = try await connection.pool(limits.pool).lease(limits.label, limits: limits, until: deadline)
            lease.connection.comment = limits.origin?.comment ?? ""
            var run = PGVectorRun(lease, connection.names, step.collection, until: deadline)
            run.onProgress = limits.onProgress
            var fields: [(String, Value)] = []
            var failure: StepError?
            do throws(StepError) {
                fields = try await run.perform(step.operation)
            } catch {
                fields = run.fieldsSoFar
                failure = error
            }
            let elapsed = run.measured ?? (Instant.now - begun)
            let isUsable = run.connectionIsLost ? false : await reset(lease)
            lease.pool.giveBack(lease, isUsable: isUsable)
            var outcome = VectorOutcome(step: step, elapsed: elapsed, error: failure, last: nil)
            outcome.fields = fields
            outcome.requests = run.requests
            outcome.notes = run.notes
            outcome.statement = run.statement
            return outcome.attempt()
        } catch {
            return VectorOutcome(step: step, elapsed: .now - begun, error: error, last: nil).attempt()
        }
    }

    private func connection(_ target: ResolvedTarget, _ session: TestSession) throws(StepError) -> PGVectorConnection {
        do throws(StepFailure) {
            let (connection, isNew) = try PGVectorConnection.of(target, on: loop)
            if isNew, target.isOfTest {
                let kept = session[Self.key] as? OwnConnections ?? OwnConnections()
                kept.all.append(connection)
                session[Self.key] = kept
            } else if isNew {
                connections.append(connection)
            }
            return connection
        } catch {
            throw StepError(.unreachable, error.report.message, hint: error.report.hint)
        }
    }

    /// Brings a connection into its first state, although the step may have been cancelled.
    private func reset(_ lease: ConnectionPool.Lease) async -> Bool {
        if lease.connection.transaction == .unknown { return false }
        return await loop.withoutCancellation {
            await lease.connection.reset(until: .now + SQLTestState.grace)
        }
    }

    /// Asks a server for the version of its extension.
    func examine(_ target: ResolvedTarget, _ limits: AttemptLimits) async -> Examination {
        let deadline = Instant.now + limits.timeout
        do {
            let (connection, isNew) = try PGVectorConnection.of(target, on: loop)
            if isNew { connections.append(connection) }
            let lease = try await connection.pool(limits.pool).lease("plumb doctor", limits: limits, until: deadline)
            defer { lease.pool.giveBack(lease, isUsable: false) }
            let query = "SELECT extversion AS version FROM pg_extension WHERE extname = 'vector'"
            let answer = try await lease.connection.run(
                BoundStatement(text: query), limits: RowLimits(), until: deadline)
            let server = "\(lease.connection.serverVersion) at \(connection.place)"
            guard let version = answer.rows.first?["version"]?.string else {
                return Examination(
                    isReachable: false, facts: [server, "the extension 'vector' is not there"],
                    advice: "run CREATE EXTENSION vector in the database")
            }
            return Examination(isReachable: true, facts: [server, "pgvector \(version)"])
        } catch let failure as StepFailure {
            return Examination(isReachable: false, facts: [failure.report.message], advice: failure.report.hint)
        } catch let error as StepError {
            return Examination(isReachable: false, facts: [error.message], advice: error.hint)
        } catch let failure as StatementFailure {
            return Examination(isReachable: false, facts: [failure.error.message], advice: failure.error.hint)
        } catch {
            return Examination(isReachable: false, facts: ["\(error)"])
        }
    }

    func endSession(_ session: TestSession) async {
        for connection in (session[Self.key] as? OwnConnections)?.all ?? [] { await connection.close() }
        session[Self.key] = nil
    }

    func shutDown() async {
        for connection in connections { await connection.close() }
        connections = []
    }

    /// Connections of targets that belong to one test.
    private final class OwnConnections {
        var all: [PGVectorConnection] = []
    }
}
