public import EventLoop
internal import Expressions
public import ScenarioModel

/// Carries out `sql` steps: statements on a connection of a pool or a session, their rows as the result.
public final class SQLDriver: StepDriver {
    private let loop: EventLoop
    private var targets: [SQLTarget] = []

    /// Creates a driver whose connections live on a loop.
    public init(on loop: EventLoop) { self.loop = loop }

    public var kind: String { "sql" }
    public var hasPools: Bool { true }

    /// Where a test keeps its sessions.
    private static let stateKey = "sql.state"

    public func attempt(_ step: any PreparedStep, _ limits: AttemptLimits, in session: TestSession) async -> Attempt {
        guard let prepared = step as? PreparedSQL else {
            preconditionFailure("an sql driver was handed a step of another kind")
        }
        prepared.attempts += 1
        prepared.comment = limits.origin?.comment ?? ""
        let begun = Instant.now
        let deadline = begun + limits.timeout
        let outcome = SQLOutcome(prepared)
        do throws(StepError) {
            let target: SQLTarget
            do throws(StepFailure) {
                target = try self.target(prepared.target, session)
            } catch {
                outcome.place = error.report.place
                throw StepError(.unreachable, error.report.message, hint: error.report.hint)
            }
            let pool = target.pool(limits.pool)
            if let name = prepared.session {
                try await run(
                    outcome, on: state(of: session).session(name, on: prepared.target.name, loop), pool, limits,
                    session, until: deadline)
            } else {
                try await run(outcome, from: pool, limits, until: deadline)
            }
        } catch {
            outcome.error = error
        }
        outcome.elapsed = Instant.now - begun
        return outcome.attempt()
    }

    private func state(of session: TestSession) -> SQLTestState {
        if let state = session[Self.stateKey] as? SQLTestState { return state }
        let state = SQLTestState()
        session[Self.stateKey] = state
        return state
    }

    private func target(_ resolved: ResolvedTarget, _ session: TestSession) throws(StepFailure) -> SQLTarget {
        let (target, isNew) = try SQLTarget.of(resolved, on: loop)
        if isNew {
            if resolved.isOfTest {
                state(of: session).ownTargets.append(target)
            } else {
                targets.append(target)
            }
        }
        return target
    }

    // MARK: Connections

    /// Runs a step on a connection of its own, which goes back to the pool with it.
    private func run(
        _ outcome: SQLOutcome, from pool: ConnectionPool, _ limits: AttemptLimits,
        until deadline: Instant
    ) async throws(StepError) {
        while true {
            let lease: ConnectionPool.Lease
            if let idle = pool.leaseIdle(limits.label) {
                lease = idle
            } else {
                lease = try await self.lease(limits.label, of: pool, for: outcome, limits, until: deadline)
            }
            outcome.take(lease)
            let run = await statements(outcome, lease, until: deadline)
            if lease.connection.isUnchanged {
                pool.giveBack(lease, isUsable: true)
            } else {
                if lease.connection.transaction == .open || lease.connection.transaction == .failed {
                    outcome.notes.append("the transaction that the step left open was rolled back")
                }
                pool.giveBack(lease, isUsable: await reset(lease))
            }
            // The server had closed an idle connection, and nothing was sent: another one is no second try.
            if let failure = run.failure?.failure, failure.connectionIsLost, !failure.mayHaveHappened, !lease.isNew,
                run.answers.isEmpty, Instant.now < deadline, !Task.isCancelled
            {
                continue
            }
            outcome.conclude(run)
            return
        }
    }

    /// Waits for a connection of the pool.
    private func lease(
        _ user: String, of pool: ConnectionPool, for outcome: SQLOutcome, _ limits: AttemptLimits,
        until deadline: Instant
    ) async throws(StepError) -> ConnectionPool.Lease {
        let asked = Instant.now
        do throws(StepError) {
            return try await pool.lease(user, limits: limits, until: deadline)
        } catch {
            outcome.failedToTake(from: pool, asked: asked, error)
            throw error
        }
    }

    /// Brings a connection into its first state, although the step may have been cancelled.
    private func reset(_ lease: ConnectionPool.Lease) async -> Bool {
        if lease.connection.transaction == .unknown { return false }
        if !Task.isCancelled { return await lease.connection.reset(until: .now + SQLTestState.grace) }
        return await loop.withoutCancellation {
            await lease.connection.reset(until: .now + SQLTestState.grace)
        }
    }

    /// Runs a step on the connection of a session.
    private func run(
        _ outcome: SQLOutcome, on session: SQLSession, _ pool: ConnectionPool, _ limits: AttemptLimits,
        _ test: TestSession, until deadline: Instant
    ) async throws(StepError) {
        try await session.enter(until: deadline)
        defer { session.leave() }
        if let step = session.lostIn {
            throw StepError(
                .reset, "the session '\(session.name)' lost its connection in \(step), and what it had begun with it",
                phase: "connect", hint: "begin a session of another name")
        }
        let lease: ConnectionPool.Lease
        if let known = session.lease {
            lease = known
            outcome.pool = pool.figures
        } else {
            lease = try await self.lease(
                "session \(session.name) of \(test.test)", of: pool, for: outcome, limits, until: deadline)
            session.lease = lease
            outcome.take(lease)
        }
        let wasInTransaction = lease.connection.transaction != .none
        let run = await statements(outcome, lease, until: deadline)
        outcome.conclude(run)
        // To begin again where a transaction was cut is up to the scenario, not to a retry of one step.
        if wasInTransaction { outcome.code = nil }
        if run.failure?.failure.connectionIsLost == true || lease.connection.transaction == .unknown {
            session.lostIn = limits.label
            session.lease = nil
            pool.giveBack(lease, isUsable: false)
        }
    }

    private func statements(
        _ outcome: SQLOutcome, _ lease: ConnectionPool.Lease, until deadline: Instant
    ) async -> SQLRun {
        let begun = Instant.now
        var run = SQLRun(outcome.prepared, on: lease.connection, loop, until: deadline)
        await run.run()
        outcome.querying = Instant.now - begun
        outcome.server = lease.connection.serverVersion
        return run
    }

    // MARK: Ends

    public func endSteps(_ session: TestSession) async {
        await (session[Self.stateKey] as? SQLTestState)?.endSessions()
    }

    public func endSession(_ session: TestSession) async {
        await (session[Self.stateKey] as? SQLTestState)?.end()
        session[Self.stateKey] = nil
    }

    public func shutDown() async {
        for target in targets { await target.close() }
        targets = []
    }

    public func examine(_ target: ResolvedTarget, _ limits: AttemptLimits) async -> Examination {
        await SQLExamination.of(target, limits, on: loop)
    }
}
