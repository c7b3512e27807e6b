import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Synchronization
import Testing

/// A server with Prometheus's API that has what a test says, one state for each time that its targets are asked for.
///
/// Its clock stands where a test puts it, so that nothing depends on how fast anybody is.
final class ScriptedPrometheus: Sendable {
    /// What the server has at a time; series and targets are named by their labels: `job/instance` and `job/instance/m`.
    struct State: Sendable {
        /// When a target was scraped last, negative where it did not answer.
        var targets: [String: Int] = [:]
        var series: [String: [Point]] = [:]
        /// The series that are stale.
        var stale: Set<String> = []
    }

    /// A raw sample.
    struct Point: Sendable {
        var time: Int
        var value: Int
    }

    private struct Script {
        var now = 0
        var states: [State] = []
        var current = State()
        var queries: [String] = []
    }

    private let script = Mutex(Script())

    /// The address of the server, which lives as long as `server` does.
    func start() throws -> SimpleHTTPServer {
        try SimpleHTTPServer { [self] request in script.withLock { Self.answer(request, &$0) } }
    }

    /// Sets the clock, and the states of the questions that follow; the last one stays.
    func play(at now: Int, _ states: State...) {
        script.withLock { script in
            script.now = now
            script.states = states
        }
    }

    /// The queries so far.
    var queries: [String] { script.withLock { $0.queries } }

    private static func answer(_ request: RecordedRequest, _ script: inout Script) -> HTTPReply {
        let query = request.query?.split(separator: "&").first { $0.hasPrefix("query=") }?.dropFirst(6) ?? ""
        script.queries.append(String(query))
        if query == "time%28%29" { return result("scalar", "[\(script.now), \"\(script.now)\"]") }
        if query.hasPrefix("timestamp") {
            if !script.states.isEmpty { script.current = script.states.removeFirst() }
            let elements = script.current.targets.map { name, time in
                "{\"metric\": {\(labels(name))}, \"value\": [\(script.now), \"\(time)\"]}"
            }
            return result("vector", "[\(elements.joined(separator: ","))]")
        }
        let isRaw = query.contains("%5B")
        let elements = script.current.series.filter { isRaw || !script.current.stale.contains($0.key) }.map {
            name, points in
            let pairs = points.map { "[\($0.time), \"\($0.value)\"]" }
            let last = isRaw ? "\"values\": [\(pairs.joined(separator: ","))]" : "\"value\": \(pairs.last ?? "[]")"
            return "{\"metric\": {\"__name__\": \"c_total\", \(labels(name))}, \(last)}"
        }
        return result(isRaw ? "matrix" : "vector", "[\(elements.joined(separator: ","))]")
    }

    private static func labels(_ name: String) -> String {
        zip(["job", "instance", "m"], name.split(separator: "/")).map { "\"\($0)\": \"\($1)\"" }.joined(separator: ",")
    }

    private static func result(_ type: String, _ text: String) -> HTTPReply {
        .json("{\"status\": \"success\", \"data\": {\"resultType\": \"\(type)\", \"result\": \(text)}}")
    }
}
