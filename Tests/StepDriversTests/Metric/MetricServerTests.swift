import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Synchronization
import Testing

/// The same questions to a real Prometheus and a real VictoriaMetrics.
@Suite(.serialized)
struct MetricServerTests {
    @Suite(
        .serialized,
        .enabled(if: MetricServer.has("prometheus"), "no prometheus here: scripts/unpack-metrics-servers fetches it"))
    struct Prometheus {
        /// Two samples a minute of a counter that grows by two each second, up to 20 minutes ago.
        private static let history: String = {
            let start = 1_769_860_800
            var text = "# TYPE sent counter\n"
            for second in stride(from: 0, through: 1200, by: 30) {
                text += "sent_total{job=\"a\"} \(second * 2) \(start + second)\n"
            }
            return text + "# EOF\n"
        }()

        @Test func `history is asked for at a time, over a range, and by series`() async throws {
            let server = try MetricServer.prometheus(history: Self.history)
            let rate = try await server.ask("{ query: 'rate(sent_total[5m])', at: 1769861400 }")
            #expect(rate["value"] == 2)
            #expect(rate["samples"]?.array?.first?["labels"] == ["job": "a"])
            let range = try await server.ask(
                "{ query: sent_total, range: { from: 2026-01-31T12:00:00Z, to: 1769860920, step: 1m } }")
            #expect(
                range["series"]?.array?.first?["values"] == [
                    [1_769_860_800, 0], [1_769_860_860, 120], [1_769_860_920, 240],
                ])
            let series = try await server.ask("{ match: 'sent_total{job=~\"a|b\"}' }")
            #expect(series["matches"] == [["__name__": "sent_total", "job": "a"]])
            #expect(try await server.ask("{ labels: job }")["values"] == ["a"])
            // Five minutes behind its last sample a series is stale: it is no zero, it is not there.
            #expect(try await server.ask("{ query: sent_total, at: 1769862600 }")["samples"] == [])
        }

        @Test func `a refusal has its type and the place in the query`() async throws {
            let server = try MetricServer.prometheus()
            _ = try await server.ask("vector(1)")
            let text = MarkedText("query: sum(rate(1️⃣up))")
            let bad = try await server.ask(text.text) { $0.error?.kind == .rejected }
            #expect(bad.error?.fields["error_type"] == "bad_data")
            #expect(bad.place?.column == text["1️⃣"] + 1)
            #expect(bad.error?.message.contains("expected type range vector") == true)
            #expect(try await server.ask("1 / 0")["value"] == "+Inf")
            #expect(try await server.ask("0 / 0")["value"] == "NaN")
        }

        @Test func `alerts, rules and targets of a server that scrapes`() async throws {
            let page = try SimpleHTTPServer { _ in .openMetrics("# TYPE load gauge\nload 9\n# EOF\n") }
            let server = try MetricServer.prometheus(
                scraping: ["app": "127.0.0.1:\(page.port)"],
                rules: "groups: [{ name: g, rules: [{ alert: Busy, expr: 'load > 5', labels: { severity: page } }] }]\n"
            )
            let alert = try await server.ask("{ alerts: Busy }") { $0["alerts"]?.array?.isEmpty == false }
            #expect(alert["alerts"]?.array?.first?["state"] == "firing")
            #expect(alert["alerts"]?.array?.first?["value"] == 9)
            let target = try await server.ask("{ targets: app }")["targets"]?.array?.first
            #expect(target?["health"] == "up")
            #expect(target?["last_error"]?.isNull == true)
            let rule = try await server.ask("{ rules: g }")["rules"]?.array?.first
            #expect(rule?["name"] == "Busy")
            #expect(rule?["type"] == "alerting")
            let metadata = try await server.ask("{ metadata: load }") { $0["metadata"]?.array?.isEmpty == false }
            #expect(metadata["metadata"]?.array?.first?["type"] == "gauge")
        }

        @Test func `a delta waits for scrapes around the watched step, and counts exactly`() async throws {
            let count = Mutex(40)
            let page = try SimpleHTTPServer { _ in
                .openMetrics("# TYPE sent counter\nsent_total{m=\"a\"} \(count.withLock { $0 })\n# EOF\n")
            }
            let server = try MetricServer.prometheus(scraping: ["app": "127.0.0.1:\(page.port)"])
            _ = try await server.ask("sent_total") { $0["value"]?.number != nil }
            let url = server.url
            let outcome = try await drive { driving in
                driving.timeout = .seconds(30)
                let request = try #require(
                    try Parsed.request("{ delta: sent_total, over: s }", by: MetricStep()) as? any WatchingRequest)
                let target = try target("{ url: '\(url)' }", kind: "prometheus")
                // What stands before the watched step is none of its effects, scraped or not.
                count.withLock { $0 += 5 }
                let before = try await driving.attempt(
                    try request.firstLook.prepare(driving.scope, target: target), kind: "metric")
                count.withLock { $0 += 50 }
                let last = request.lastLook(after: before.result)
                return try await driving.attempt(try last.prepare(driving.scope, target: target), kind: "metric")
            }
            #expect(outcome.error == nil)
            #expect(outcome["value"] == 50)
            #expect(outcome["samples"]?.array?.first?["before"] == 45)
        }

        @Test func `a counter that began anew within the watched step is told`() async throws {
            let count = Mutex(40)
            let page = try SimpleHTTPServer { _ in
                .openMetrics("# TYPE sent counter\nsent_total \(count.withLock { $0 })\n# EOF\n")
            }
            let server = try MetricServer.prometheus(scraping: ["app": "127.0.0.1:\(page.port)"])
            _ = try await server.ask("sent_total") { $0["value"]?.number != nil }
            let url = server.url
            let outcome = try await drive { driving in
                driving.timeout = .seconds(30)
                let request = try #require(
                    try Parsed.request("{ delta: sent_total, over: s }", by: MetricStep()) as? any WatchingRequest)
                let target = try target("{ url: '\(url)' }", kind: "prometheus")
                let before = try await driving.attempt(
                    try request.firstLook.prepare(driving.scope, target: target), kind: "metric")
                count.withLock { $0 = 3 }
                let last = request.lastLook(after: before.result)
                return try await driving.attempt(try last.prepare(driving.scope, target: target), kind: "metric")
            }
            #expect(outcome["value"] == 3)
            #expect(outcome["resets"] == 1)
        }

        @Test func `a counter that nobody scrapes is a time-out, not a zero`() async throws {
            let server = try MetricServer.prometheus()
            _ = try await server.ask("vector(1)")
            let url = server.url
            let outcome = try await drive { driving in
                driving.timeout = .seconds(2)
                let request = try #require(
                    try Parsed.request("{ delta: none_total, over: s }", by: MetricStep()) as? any WatchingRequest)
                let target = try target("{ url: '\(url)' }", kind: "prometheus")
                let before = try await driving.attempt(
                    try request.firstLook.prepare(driving.scope, target: target), kind: "metric")
                let last = request.lastLook(after: before.result)
                return try await driving.attempt(try last.prepare(driving.scope, target: target), kind: "metric")
            }
            #expect(outcome.error?.kind == .timeout)
            #expect(outcome.error?.message.hasPrefix("no sample of 'none_total'") == true)
        }

        @Test func `doctor tells the version`() async throws {
            let server = try MetricServer.prometheus()
            _ = try await server.ask("vector(1)")
            let url = server.url
            let examination = try await drive { driving in
                let driver = try #require(driving.drivers.first { $0.kind == "metric" })
                return await driver.examine(
                    try target("{ url: '\(url)' }", kind: "prometheus"),
                    AttemptLimits(timeout: .seconds(5), connect: .seconds(5)))
            }
            #expect(examination.isReachable)
            #expect(examination.facts.contains { $0.hasPrefix("version 2.") })
        }
    }

    @Suite(
        .serialized,
        .enabled(
            if: MetricServer.has("victoria-metrics"),
            "no victoria-metrics here: scripts/unpack-metrics-servers fetches it"))
    struct VictoriaMetrics {
        @Test func `what was imported is asked for, and a refusal is told`() async throws {
            let server = try MetricServer.victoriaMetrics()
            _ = try await server.ask("vector(1)")
            let url = server.url
            let imported = try await drive { driving in
                try await driving.run(
                    "{ post: /api/v1/import/prometheus, text: \"load{job=\\\"a\\\"} 7\\n\" }",
                    target: "{ url: '\(url)' }")
            }
            #expect(imported["status"] == 204)
            let found = try await server.ask("{ match: 'load{job=\"a\"}' }") { $0["matches"]?.array?.isEmpty == false }
            #expect(found["matches"] == [["__name__": "load", "job": "a"]])
            let range = try await server.ask("'last_over_time(load[1h])'") { $0["value"]?.number != nil }
            #expect(range["value"] == 7)
            let refused = try await server.ask("load load") { $0.error?.kind == .rejected }
            #expect(refused.error?.kind == .rejected)
        }
    }
}
