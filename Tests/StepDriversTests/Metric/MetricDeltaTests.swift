import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Synchronization
import Testing

/// The change of counters between two scrapes of a page.
struct MetricDeltaTests {
    /// Looks twice at pages that a server gives in turn.
    private static func change(_ yaml: String, from first: HTTPReply, to last: HTTPReply) async throws -> Outcome {
        let turn = Mutex(0)
        let server = try SimpleHTTPServer { _ in
            turn.withLock { turn in
                defer { turn += 1 }
                return turn == 0 ? first : last
            }
        }
        return try await drive { driving in
            let request = try #require(try Parsed.request(yaml, by: MetricStep()) as? any WatchingRequest)
            let target = try target("{ url: '\(server.url)' }", kind: "openmetrics")
            let before = try await driving.attempt(
                try request.firstLook.prepare(driving.scope, target: target), kind: "metric")
            if before.error != nil { return before }
            let after = request.lastLook(after: before.result)
            return try await driving.attempt(try after.prepare(driving.scope, target: target), kind: "metric")
        }
    }

    private static func page(_ text: String, type: String = "counter") -> HTTPReply {
        .openMetrics("# TYPE r \(type)\n\(text)\n# EOF\n")
    }

    @Test func `counters that grew and one that appeared are summed, others left alone`() async throws {
        let outcome = try await Self.change(
            "{ delta: 'r_total{m!=\"z\"}', over: s }",
            from: Self.page("r_total{m=\"a\"} 5\nr_total{m=\"z\"} 100"),
            to: Self.page("r_total{m=\"a\"} 8\nr_total{m=\"b\"} 2\nr_total{m=\"z\"} 900"))
        #expect(outcome["value"] == 5)
        #expect(outcome["resets"] == 0)
        #expect(outcome["samples"]?.array?.map { $0["value"] } == [3, 2])
        #expect(outcome["samples"]?.array?.map { $0["before"] } == [5, .null])
        #expect(outcome.notes == [])
    }

    @Test func `a counter that fell began anew, which is told`() async throws {
        let outcome = try await Self.change(
            "{ delta: r_total, over: s }", from: Self.page("r_total 50"), to: Self.page("r_total 3"))
        #expect(outcome["value"] == 3)
        #expect(outcome["resets"] == 1)
        #expect(outcome.notes.first?.contains("began anew: 50 before, 3 after") == true)
    }

    @Test func `a counter that began anew and passed its old value is told by when it was created`() async throws {
        let outcome = try await Self.change(
            "{ delta: r_total, over: s }", from: Self.page("r_total 5\nr_created 100"),
            to: Self.page("r_total 7\nr_created 200"))
        #expect(outcome["value"] == 7)
        #expect(outcome["resets"] == 1)
    }

    @Test func `no counter at all is no zero`() async throws {
        let outcome = try await Self.change(
            "{ delta: q_total, over: s }", from: Self.page("r_total 5"), to: Self.page("r_total 5"))
        #expect(outcome["value"]?.isNull == true)
        #expect(outcome.notes == ["no counter: 'value' is null"])
    }

    @Test func `a counter that stood still changed by zero`() async throws {
        let outcome = try await Self.change(
            "{ delta: r_total, over: s }", from: Self.page("r_total 5"), to: Self.page("r_total 5"))
        #expect(outcome["value"] == 0)
    }

    @Test func `a gauge is refused`() async throws {
        let outcome = try await Self.change(
            "{ delta: r, over: s }", from: Self.page("r 5", type: "gauge"), to: Self.page("r 6", type: "gauge"))
        #expect(outcome.error?.kind == .rejected)
        #expect(outcome.error?.message == "'r' is of type gauge, and no counter")
    }

    @Test func `a counter that went away is told`() async throws {
        let outcome = try await Self.change(
            "{ delta: r_total, over: s }", from: Self.page("r_total{m=\"a\"} 5\nr_total{m=\"b\"} 1"),
            to: Self.page("r_total{m=\"b\"} 2"))
        #expect(outcome["value"] == 1)
        #expect(outcome.notes.first?.contains("is gone, and its change is not counted") == true)
    }
}
