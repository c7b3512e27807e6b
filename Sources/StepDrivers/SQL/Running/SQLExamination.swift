internal import EventLoop
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// Opens a database and asks it for a one, for `plumb doctor`.
enum SQLExamination {
    static func of(_ target: ResolvedTarget, _ limits: AttemptLimits, on loop: EventLoop) async -> Examination {
        let database: any Database
        do throws(StepFailure) {
            database = try SQLTarget.of(target, on: loop).target.database
        } catch {
            return Examination(isReachable: false, facts: [error.report.message], advice: error.report.hint)
        }
        let begun = Instant.now
        let deadline = begun + limits.timeout
        let connection: any DatabaseConnection
        do throws(StepError) {
            connection = try await database.open(label: "plumb doctor", until: min(begun + limits.connect, deadline))
        } catch {
            return Examination(
                isReachable: false, facts: [error.message] + error.facts.filter { !$0.hasPrefix("phase") },
                advice: error.hint ?? advice(error, database))
        }
        let connected = Instant.now
        var facts = [
            "\(connection.serverVersion) at \(database.place), connected in \(text(connected - begun))"
        ]
        var isReachable = true
        do throws(StatementFailure) {
            _ = try await connection.run(BoundStatement(text: "SELECT 1"), limits: RowLimits(), until: deadline)
            facts.append("answers in \(text(Instant.now - connected))")
        } catch {
            isReachable = false
            facts.append(error.error.message)
        }
        facts.append(
            "pool of \(limits.pool.size) and \(limits.pool.overflow) beyond, waited for up to "
                + DurationText.format(limits.pool.timeout))
        await connection.close()
        return Examination(isReachable: isReachable, facts: facts)
    }

    private static func text(_ duration: Duration) -> String {
        "\((duration.inMilliseconds * 10).rounded() / 10) ms"
    }

    /// What to do where the database itself gave no hint.
    private static func advice(_ error: StepError, _ database: any Database) -> String? {
        switch error.kind {
        case .refused: "start the database, or correct 'host' and 'port' of the target '\(database.name)'"
        case .dns: "correct 'host' of the target '\(database.name)'"
        case .connectTimeout, .unreachable:
            "look whether a firewall or VPN stands between, or correct 'host' and 'port'"
        case .auth: "correct 'user' and 'password' of the target '\(database.name)'"
        case .tls: "correct 'sslmode' and 'sslrootcert' of the target '\(database.name)'"
        default: nil
        }
    }
}
