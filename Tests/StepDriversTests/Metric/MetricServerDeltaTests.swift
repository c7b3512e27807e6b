import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Synchronization
import Testing

/// The change of counters that a real Prometheus and a real VictoriaMetrics scrape.
@Suite(.serialized)
struct MetricServerDeltaTests {
    /// A service whose page has what it counted, by label.
    private final class Counting: Sendable {
        private let counts: Mutex<[String: Int]>

        init(_ counts: [String: Int]) { self.counts = Mutex(counts) }

        func add(_ count: Int, to name: String) { counts.withLock { $0[name, default: 0] += count } }

        func restart(_ name: String, at count: Int) { counts.withLock { $0[name] = count } }

        func serve() throws -> SimpleHTTPServer {
            try SimpleHTTPServer { [self] _ in
                let lines = counts.withLock { $0 }.map { "sent_total{m=\"\($0.key)\"} \($0.value)\n" }
                return .openMetrics("# TYPE sent counter\n\(lines.sorted().joined())# EOF\n")
            }
        }
    }

    /// The two looks of a delta, and what happens between them.
    private static func change(
        of selector: String, at url: String, timeout: Duration = .seconds(60), while run: @escaping @Sendable () -> Void
    ) async throws -> Outcome {
        try await drive { driving in
            driving.timeout = timeout
            let yaml = "{ delta: '\(selector)', over: s }"
            let request = try #require(try Parsed.request(yaml, by: MetricStep()) as? any WatchingRequest)
            let target = try target("{ url: '\(url)' }", kind: "prometheus")
            let before = try await driving.attempt(
                try request.firstLook.prepare(driving.scope, target: target), kind: "metric")
            if before.error != nil { return before }
            run()
            let last = request.lastLook(after: before.result)
            return try await driving.attempt(try last.prepare(driving.scope, target: target), kind: "metric")
        }
    }

    @Suite(
        .serialized,
        .enabled(if: MetricServer.has("prometheus"), "no prometheus here: scripts/unpack-metrics-servers fetches it"))
    struct Prometheus {
        @Test func `a delta waits for scrapes around the watched step, and counts exactly`() async throws {
            let counting = Counting(["a": 40])
            let page = try counting.serve()
            let server = try MetricServer.prometheus(scraping: ["app": "127.0.0.1:\(page.port)"])
            _ = try await server.ask("sent_total") { $0["value"]?.number != nil }
            // What stands before the watched step is none of its effects, scraped or not.
            counting.add(5, to: "a")
            let outcome = try await MetricServerDeltaTests.change(of: "sent_total", at: server.url) {
                counting.add(50, to: "a")
            }
            #expect(outcome.error == nil)
            #expect(outcome["value"] == 50)
            #expect(outcome["samples"]?.array?.first?["before"] == 45)
        }

        @Test func `a counter that began anew within the watched step is told`() async throws {
            let counting = Counting(["a": 40])
            let page = try counting.serve()
            let server = try MetricServer.prometheus(scraping: ["app": "127.0.0.1:\(page.port)"])
            _ = try await server.ask("sent_total") { $0["value"]?.number != nil }
            let outcome = try await MetricServerDeltaTests.change(of: "sent_total", at: server.url) {
                counting.restart("a", at: 3)
            }
            #expect(outcome["value"] == 3)
            #expect(outcome["resets"] == 1)
        }

        @Test func `what begins on a second target is counted with what goes on on the first`() async throws {
            let (first, second) = (Counting(["a": 40]), Counting([:]))
            let (one, two) = (try first.serve(), try second.serve())
            let server = try MetricServer.prometheus(
                scraping: ["one": "127.0.0.1:\(one.port)", "two": "127.0.0.1:\(two.port)"])
            _ = try await server.ask("sum(up)") { $0["value"] == 2 }
            let outcome = try await MetricServerDeltaTests.change(of: "sent_total", at: server.url) {
                first.add(1, to: "a")
                second.add(7, to: "b")
            }
            #expect(outcome["value"] == 8)
            #expect(outcome["samples"]?.array?.count == 2)
        }

        @Test func `a target that goes down in the watched step is a time-out with its name`() async throws {
            let counting = Counting(["a": 40])
            let page = try counting.serve()
            let server = try MetricServer.prometheus(scraping: ["app": "127.0.0.1:\(page.port)"])
            _ = try await server.ask("sent_total") { $0["value"]?.number != nil }
            let outcome = try await MetricServerDeltaTests.change(
                of: "sent_total", at: server.url, timeout: .seconds(10)
            ) { page.stop() }
            #expect(outcome.error?.kind == .timeout)
            #expect(
                outcome.error?.message.hasPrefix("no answer of '127.0.0.1:\(page.port)' of job 'app', which is down")
                    == true)
        }

        @Test func `a counter that nobody scrapes is a time-out, not a zero`() async throws {
            let server = try MetricServer.prometheus()
            _ = try await server.ask("vector(1)")
            let outcome = try await MetricServerDeltaTests.change(
                of: "none_total", at: server.url, timeout: .seconds(2)
            ) {}
            #expect(outcome.error?.kind == .timeout)
            #expect(outcome.error?.message.hasPrefix("no sample of 'none_total'") == true)
        }
    }

    @Suite(
        .serialized,
        .enabled(
            if: MetricServer.has("victoria-metrics"),
            "no victoria-metrics here: scripts/unpack-metrics-servers fetches it"))
    struct VictoriaMetrics {
        @Test func `a delta counts exactly, new series too, though answers are half a minute late by default`()
            async throws
        {
            let counting = Counting(["a": 40])
            let page = try counting.serve()
            let server = try MetricServer.victoriaMetrics(scraping: "127.0.0.1:\(page.port)")
            // The raw samples are told at once.
            _ = try await server.ask("'sent_total[1m]'") { $0["series"]?.array?.isEmpty == false }
            counting.add(5, to: "a")
            let outcome = try await MetricServerDeltaTests.change(of: "sent_total", at: server.url) {
                counting.add(50, to: "a")
                counting.add(2, to: "b")
            }
            #expect(outcome.error == nil)
            #expect(outcome["value"] == 52)
            #expect(outcome["samples"]?.array?.count == 2)
            #expect(outcome["resets"] == 0)
        }

        @Test func `a counter that began anew within the watched step is told`() async throws {
            let counting = Counting(["a": 40])
            let page = try counting.serve()
            let server = try MetricServer.victoriaMetrics(scraping: "127.0.0.1:\(page.port)")
            _ = try await server.ask("'sent_total[1m]'") { $0["series"]?.array?.isEmpty == false }
            let outcome = try await MetricServerDeltaTests.change(of: "sent_total", at: server.url) {
                counting.restart("a", at: 3)
            }
            #expect(outcome["value"] == 3)
            #expect(outcome["resets"] == 1)
        }
    }
}
