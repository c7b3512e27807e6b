import Diagnostics
import EventLoop
import Expressions
import Glibc
import ScenarioCompiler
import ScenarioModel
import StepDrivers

/// Asks databases for the rows of `cases`, before the tests are known.
///
/// A process of its own does it, forked as a worker is: the command stays without threads, and what a database's
/// library does with hostile bytes does not reach it.
enum CaseReader {
    /// The most bytes that all rows together may have.
    private static let most = 64 << 20

    /// The rows of each query by the path of its scenario, or why there are none.
    static func read(_ queries: [RunPlanner.PreparedQuery]) -> [String: RunPlanner.QueriedRows] {
        guard !queries.isEmpty else { return [:] }
        var found: [String: RunPlanner.QueriedRows] = [:]
        for query in queries { found[query.path] = .failed(lost(query, "the process that asks for them died")) }
        let limit = queries.reduce(Duration.seconds(5)) { $0 + timeout(of: $1) }
        let bytes = ForkedAnswer.bytes(within: limit, most: most) { ask(queries, $0) }
        for line in (bytes ?? []).split(separator: 0x0A) {
            guard let value = try? JSON.parse(Array(line)).value, let path = value["path"]?.string,
                let query = queries.first(where: { $0.path == path })
            else { continue }
            if let rows = value["rows"]?.array {
                found[path] = .rows(rows)
            } else {
                found[path] = .failed(
                    failure(query, value["message"]?.string ?? "no answer", value["hint"]?.string, value["place"]))
            }
        }
        return found
    }

    private static func timeout(of query: RunPlanner.PreparedQuery) -> Duration {
        query.settings.timeout.value.known ?? .seconds(10)
    }

    private static func lost(_ query: RunPlanner.PreparedQuery, _ why: String) -> FailureReport {
        failure(query, why, nil, nil)
    }

    private static func failure(
        _ query: RunPlanner.PreparedQuery, _ message: String, _ hint: String?, _ place: Value?
    ) -> FailureReport {
        var report = FailureReport(
            code: "scenario.cases", verdict: .error, message: "the rows of 'cases' could not be read: \(message)",
            place: Place(query.span), hint: hint)
        if let place, let line = place["line"]?.number, let column = place["column"]?.number,
            let end = place["end_column"]?.number
        {
            report.place = Place(
                file: place["file"]?.string ?? query.span.file.path, line: Int(line), column: Int(column),
                endColumn: Int(end), text: place["text"]?.string ?? "")
        }
        return report
    }

    // MARK: The other side

    /// `@unchecked Sendable`: handed to the loop before it runs, and used on its thread only.
    private struct Work: @unchecked Sendable {
        let queries: [RunPlanner.PreparedQuery]
        let descriptor: Int32
    }

    private static func ask(_ queries: [RunPlanner.PreparedQuery], _ descriptor: Int32) {
        guard let loop = try? EventLoop() else { _exit(71) }
        let work = Work(queries: queries, descriptor: descriptor)
        loop.run { await carryOut(work, on: loop) }
    }

    private static func carryOut(_ work: Work, on loop: EventLoop) async {
        let drivers = StepKinds.drivers(on: loop, version: PlumbVersion.text)
        guard let driver = drivers.first(where: { $0.kind == "sql" }) else { return }
        let session = TestSession(test: "cases")
        for query in work.queries {
            let limits = AttemptLimits(
                timeout: timeout(of: query), connect: query.settings.connect.value, label: "\(query.path)/cases",
                pool: query.pool)
            let attempt = await driver.attempt(query.step, limits, in: session)
            var answer = Value.Object()
            answer["path"] = .string(query.path)
            if let error = attempt.error {
                answer["message"] = .string(error.message)
                answer["hint"] = error.hint.map { .string($0) } ?? .null
                answer["place"] = attempt.place.map { value(of: $0) } ?? .null
            } else {
                answer["rows"] = attempt.result.value["rows"] ?? .array([])
            }
            ForkedAnswer.write(Array(Value.object(answer).json().utf8) + [0x0A], to: work.descriptor)
        }
        for driver in drivers { await driver.shutDown() }
    }

    private static func value(of place: Place) -> Value {
        [
            "file": .string(place.file), "line": Value(place.line), "column": Value(place.column),
            "end_column": Value(place.endColumn), "text": .string(place.text),
        ]
    }
}
