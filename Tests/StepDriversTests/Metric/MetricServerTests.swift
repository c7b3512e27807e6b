import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

/// The same questions to a real Prometheus and a real VictoriaMetrics; deltas are in ``MetricServerDeltaTests``.
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
            let targets = try await server.ask("{ targets: app }") {
                $0["targets"]?.array?.first?["health"] == "up"
            }
            let target = targets["targets"]?.array?.first
            #expect(target?["health"] == "up")
            #expect(target?["last_error"]?.isNull == true)
            let rule = try await server.ask("{ rules: g }")["rules"]?.array?.first
            #expect(rule?["name"] == "Busy")
            #expect(rule?["type"] == "alerting")
            let metadata = try await server.ask("{ metadata: load }") { $0["metadata"]?.array?.isEmpty == false }
            #expect(metadata["metadata"]?.array?.first?["type"] == "gauge")
        }

        @Test func `a query that is too long for an address is answered all the same`() async throws {
            let server = try MetricServer.prometheus(history: Self.history)
            let none = (0..<400).map { "none_\($0)" }.joined(separator: " or ")
            let outcome = try await server.ask("{ query: '\(none) or sent_total', at: 1769861400 }")
            #expect(outcome["value"] == 1200)
        }

        @Test func `exemplars are found by the series that have them`() async throws {
            let page = try SimpleHTTPServer { _ in
                .openMetrics("# TYPE sent counter\nsent_total{m=\"a\"} 5 # {trace_id=\"t1\"} 0.25\n# EOF\n")
            }
            let server = try MetricServer.prometheus(scraping: ["app": "127.0.0.1:\(page.port)"])
            let outcome = try await server.ask("{ exemplars: 'sent_total{m=\"a\"}' }") {
                $0["exemplars"]?.array?.isEmpty == false
            }
            let exemplar = try #require(outcome["exemplars"]?.array?.first)
            #expect(exemplar["labels"] == ["trace_id": "t1"])
            #expect(exemplar["value"] == 0.25)
            #expect(exemplar["series"]?["__name__"] == "sent_total")
            #expect((exemplar["time"]?.number ?? 0) > 1_700_000_000)
        }

        @Test func `a native histogram is a sample without a value, in queries of a moment and of a range`()
            async throws
        {
            let page = try SimpleHTTPServer { _ in
                var reply = HTTPReply.text("")
                reply.body = .whole(NativeHistogramPage.bytes)
                reply.fields = [HTTPReply.Field("content-type", NativeHistogramPage.contentType)]
                return reply
            }
            let server = try MetricServer.prometheus(scraping: ["app": "127.0.0.1:\(page.port)"])
            let outcome = try await server.ask("latency") { $0["samples"]?.array?.isEmpty == false }
            #expect(outcome["value"]?.isNull == true)
            let histogram = outcome["samples"]?.array?.first?["histogram"]
            #expect(histogram?["count"] == 3)
            #expect(histogram?["sum"] == 4.5)
            #expect(histogram?["buckets"] == [[0, 0.5, 1, 1], [0, 1, 2, 2]])
            #expect(outcome.notes == ["the sample is a native histogram: 'value' is null"])
            let range = try await server.ask("{ query: latency, range: { last: 10s, step: 1s } }") {
                $0["series"]?.array?.first?["histograms"]?.array?.isEmpty == false
            }
            #expect(range["series"]?.array?.first?["histograms"]?.array?.last?.array?.last?["count"] == 3)
            let count = try await server.ask("histogram_count(latency)") { $0["value"]?.number != nil }
            #expect(count["value"] == 3)
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
