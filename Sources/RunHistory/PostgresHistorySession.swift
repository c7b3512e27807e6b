internal import EventLoop
internal import PostgresTransport
internal import Reporting
internal import ScenarioModel

/// What a history asks of its PostgreSQL server, over one connection.
///
/// `@unchecked Sendable`: made and used on the thread of one loop, which ends before anybody else could have it.
final class PostgresHistorySession: @unchecked Sendable {
    private let connection: PostgresConnection
    private let address: String
    private let deadline: Instant

    /// Connects, on the loop.
    init(
        _ settings: PostgresSettings, _ address: String, on loop: EventLoop
    ) async throws(RunHistoryError) {
        self.address = address
        deadline = .now + HistoryBounds.patience * 3
        do throws(PostgresError) {
            connection = try await PostgresConnection.open(settings, on: loop, until: .now + HistoryBounds.patience)
        } catch {
            let isAway = [.dns, .refused, .unreachable, .connectTimeout].contains(error.kind)
            throw RunHistoryError(
                path: address, message: error.message,
                hint: isAway ? "start the server, or correct the address of the history" : error.hint)
        }
    }

    func close() { connection.close() }

    /// Does all of it or nothing, while no other run writes.
    func transaction(_ work: () async throws(RunHistoryError) -> Void) async throws(RunHistoryError) {
        try await rows("BEGIN")
        // Where something fails the connection is closed, which takes everything back.
        try await rows("SELECT pg_advisory_xact_lock(hashtext('plumb history'))")
        try await work()
        try await rows("COMMIT")
    }

    // MARK: Tables

    /// The version of the tables, 0 where there are none.
    func version() async throws(RunHistoryError) -> Int {
        guard try await rows("SELECT to_regclass('plumb_history')").first?.first ?? nil != nil else { return 0 }
        let text = try await rows("SELECT version FROM plumb_history").first?.first ?? nil
        guard let version = text.flatMap({ Int($0) }), version > 0 else {
            throw error("its table 'plumb_history' is none of plumb's", "take another database or another search path")
        }
        guard version <= HistoryBounds.schema else {
            throw error(
                "it has version \(version) of the tables, and this plumb knows version \(HistoryBounds.schema)",
                "use a newer plumb, or another database")
        }
        return version
    }

    /// Makes the tables where there are none.
    func define() async throws(RunHistoryError) {
        guard try await version() == 0 else { return }
        do throws(PostgresError) {
            try await connection.run(.script(Self.tables), into: Rows { _ in }, until: deadline)
        } catch {
            throw self.error(error)
        }
    }

    private static let tables = """
        CREATE TABLE plumb_history (version integer NOT NULL);
        INSERT INTO plumb_history VALUES (\(HistoryBounds.schema));
        CREATE TABLE plumb_runs (
            number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL, started text NOT NULL,
            version text NOT NULL, profile text, seed text NOT NULL, ms double precision NOT NULL,
            status integer NOT NULL, passed integer NOT NULL, failed integer NOT NULL, errors integer NOT NULL,
            skipped integer NOT NULL, flaky integer NOT NULL, suites text);
        CREATE TABLE plumb_names (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
        CREATE UNIQUE INDEX plumb_names_by_name ON plumb_names (md5(name));
        CREATE TABLE plumb_results (
            run bigint NOT NULL REFERENCES plumb_runs ON DELETE CASCADE, name bigint NOT NULL REFERENCES plumb_names,
            verdict text NOT NULL, flaky boolean NOT NULL, ms double precision NOT NULL, PRIMARY KEY (run, name));
        CREATE INDEX plumb_results_by_name ON plumb_results (name);
        """

    // MARK: Writing

    func insert(_ result: RunResult) async throws(RunHistoryError) {
        let run = KeptRun(result)
        let counts = [run.status, run.passed, run.failed, run.errors, run.skipped, run.flaky].map { String($0) }
        let number =
            try await rows(
                """
                INSERT INTO plumb_runs
                (id, started, version, profile, seed, ms, status, passed, failed, errors, skipped, flaky, suites)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING number
                """,
                [run.id, run.started, run.version, run.profile, run.seed, String(run.ms)] + counts
                    + [SuiteReport(result).record]
            ).first?.first ?? nil
        let names = Self.array(result.tests.map(\.test.name))
        try await rows(
            "INSERT INTO plumb_names (name) SELECT DISTINCT unnest($1::text[]) ON CONFLICT DO NOTHING", [names])
        try await rows(
            """
            INSERT INTO plumb_results (run, name, verdict, flaky, ms)
            SELECT $1::bigint, kept.number, test.verdict, test.flaky, test.ms
            FROM unnest($2::text[], $3::text[], $4::boolean[], $5::double precision[]) AS test (name, verdict, flaky, ms)
            JOIN plumb_names AS kept ON md5(kept.name) = md5(test.name)
            ON CONFLICT DO NOTHING
            """,
            [
                number, names, Self.array(result.tests.map(\.verdict.rawValue)),
                Self.array(result.tests.map { String($0.isFlaky) }), Self.array(result.tests.map { String($0.ms) }),
            ])
    }

    /// Forgets the oldest runs beyond a number of runs and of results, and the names that only they knew.
    func forget(keeping most: Int) async throws(RunHistoryError) {
        try await rows(
            "DELETE FROM plumb_runs WHERE number NOT IN (SELECT number FROM plumb_runs ORDER BY number DESC LIMIT $1)",
            [String(most)])
        try await rows(
            """
            DELETE FROM plumb_runs WHERE number IN (
                SELECT run FROM (
                    SELECT run, sum(count(*)) OVER (ORDER BY run DESC) AS total FROM plumb_results GROUP BY run
                ) AS sizes WHERE total > $1::bigint)
            AND number < (SELECT max(number) FROM plumb_runs)
            """, [String(HistoryBounds.mostResults)])
        try await rows(
            "DELETE FROM plumb_names AS kept WHERE NOT EXISTS (SELECT 1 FROM plumb_results WHERE name = kept.number)")
    }

    /// A list as PostgreSQL reads arrays; it has no text for a zero byte.
    private static func array(_ texts: [String]) -> String {
        let quoted = texts.map { text in
            let plain = text.replacing("\0", with: "\u{2400}")
            return "\"\(plain.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        }
        return "{\(quoted.joined(separator: ","))}"
    }

    // MARK: Reading

    func read(_ count: Int, _ profile: String?) async throws(RunHistoryError) -> KeptHistory {
        let kept = try await rows(
            """
            SELECT number, id, started, version, profile, seed, ms, status, passed, failed, errors, skipped, flaky
            FROM plumb_runs WHERE $1::text IS NULL OR profile = $1 ORDER BY number DESC LIMIT $2
            """, [profile, String(count)]
        ).reversed()
        var history = KeptHistory(runs: [], tests: [:])
        var places: [Int: Int] = [:]
        for row in kept {
            func text(_ column: Int) -> String { row[column] ?? "" }
            func number(_ column: Int) -> Int { Int(text(column)) ?? 0 }
            places[number(0)] = history.runs.count
            history.runs.append(
                KeptRun(
                    id: text(1), started: text(2), version: text(3), profile: row[4], seed: text(5),
                    ms: Double(text(6)) ?? 0, status: number(7), passed: number(8), failed: number(9),
                    errors: number(10), skipped: number(11), flaky: number(12)))
        }
        guard let oldest = places.keys.min() else { return history }
        let empty: [KeptTest?] = Array(repeating: nil, count: history.runs.count)
        let receiver = Rows { row in
            guard let place = row[0].flatMap({ Int($0) }).flatMap({ places[$0] }), let name = row[1],
                let verdict = row[2].flatMap({ Verdict(rawValue: $0) })
            else { return }
            history.tests[name, default: empty][place] = KeptTest(
                verdict: verdict, isFlaky: row[3] == "t", ms: row[4].flatMap { Double($0) } ?? 0)
        }
        try await ask(
            """
            SELECT run, kept.name, verdict, flaky, ms FROM plumb_results AS result
            JOIN plumb_names AS kept ON kept.number = result.name WHERE run >= $1::bigint
            """, [String(oldest)], receiver)
        return history
    }

    // MARK: Below

    /// Runs a statement and returns its rows.
    @discardableResult
    func rows(_ text: String, _ parameters: [String?] = []) async throws(RunHistoryError) -> [[String?]] {
        var rows: [[String?]] = []
        try await ask(text, parameters, Rows { rows.append($0) })
        return rows
    }

    private func ask(_ text: String, _ parameters: [String?], _ receiver: Rows) async throws(RunHistoryError) {
        do throws(PostgresError) {
            try await connection.run(.statement(text, parameters), into: receiver, until: deadline)
        } catch {
            throw self.error(error)
        }
    }

    func error(_ message: String, _ hint: String? = nil) -> RunHistoryError {
        RunHistoryError(path: address, message: message, hint: hint)
    }

    private func error(_ error: PostgresError) -> RunHistoryError {
        if error.kind == .timeout {
            return self.error("it took longer than 30 s; another run may hold it locked")
        }
        return self.error(error.message, error.hint)
    }
}

/// Hands the cells of each row on.
private final class Rows: PostgresReceiver {
    private let body: ([String?]) -> Void
    private var width = 0

    init(_ body: @escaping ([String?]) -> Void) { self.body = body }

    func begin(_ columns: [PostgresColumn]) { width = columns.count }

    func take(_ row: borrowing PostgresRow) -> RowDemand {
        var cells: [String?] = []
        for column in 0..<width { cells.append(row.text(column)) }
        body(cells)
        return .more
    }

    func end(_ tag: String) {}
}
