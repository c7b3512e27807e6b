import Expressions
import PlumbTesting
import Synchronization
import Testing

/// What a Prometheus, a page of metrics, or whatever stands in front of them may answer (bad input 57).
struct MetricBadInputTests {
    private static func vector(_ elements: String, _ more: String = "") -> HTTPReply {
        .json(#"{"status":"success"\#(more),"data":{"resultType":"vector","result":[\#(elements)]}}"#)
    }

    private static func html(_ status: Int) -> HTTPReply {
        var reply = HTTPReply.text("<html><h1>Bad Gateway</h1></html>", status: status)
        reply.fields = [HTTPReply.Field("content-type", "text/html")]
        return reply
    }

    /// Runs one step for each answer; the query's metric names it.
    private func check(
        _ kind: String, _ assertion: String, _ cases: [(name: String, reply: HTTPReply, words: [String])]
    ) async throws {
        let replies = Dictionary(uniqueKeysWithValues: cases.map { ($0.name, $0.reply) })
        let server = try SimpleHTTPServer { request in
            let name = kind == "prometheus" ? request.query ?? "" : request.path
            return replies.first { name.hasSuffix($0.key) }?.value ?? .text("no", status: 404)
        }
        let targets = cases.map { "\($0.name): { kind: \(kind), url: \"\(server.url)/\($0.name)\" }" }
        let project = try HTTPProject(
            kind == "prometheus"
                ? "m: { kind: prometheus, url: \"\(server.url)\" }" : targets.joined(separator: "\n      "))
        let steps = cases.map { item in
            let target = kind == "prometheus" ? "m" : item.name
            return "  - { id: \(item.name), target: \(target), metric: \(item.name), assert: ['\(assertion)'] }"
        }
        let run = try await project.run(steps.joined(separator: "\n"))
        #expect([.exit(1), .exit(3)].contains(run.ended.status))
        for item in cases {
            let text = try run.failures(of: item.name).joined(separator: "\n")
            for word in item.words { #expect(text.contains(word), "\(item.name) does not tell '\(word)': \(text)") }
        }
    }

    @Test func `whatever a Prometheus answers is told with its reason, and passes no threshold`() async throws {
        let one = #"{"metric":{"a":"b"},"value":[1,"0.5"]}"#
        try await check(
            "prometheus", ".value < 1",
            [
                (
                    "refused",
                    .json(
                        #"{"status":"error","errorType":"execution","error":"found duplicate series"}"#, status: 422),
                    ["failed", "metric.rejected", "execution: found duplicate series"]
                ),
                ("empty", Self.vector(""), ["failed", "null"]),
                (
                    "warned", Self.vector("", #","warnings":["one store is down"]"#),
                    ["failed", "null"]
                ),
                ("nan", Self.vector(#"{"metric":{},"value":[1,"NaN"]}"#), ["failed", "string"]),
                ("two", Self.vector("\(one),\(one)"), ["failed", "null"]),
                ("proxy", Self.html(502), ["error", "metric.protocol", "502 Bad Gateway with text/html"]),
                ("login", Self.html(200), ["error", "metric.protocol", "which is no answer of Prometheus"]),
                ("cut", .json(#"{"status":"success","da"#), ["error", "metric.protocol", "JSON that is broken"]),
                ("other", .json(#"{"answer":42}"#), ["error", "metric.protocol", "no answer of Prometheus"]),
                ("denied", Self.html(403), ["error", "metric.auth", "403"]),
            ])
    }

    @Test func `whatever a page of metrics is told with its reason, and passes no threshold`() async throws {
        func page(_ text: String, _ type: String = "text/plain; version=0.0.4") -> HTTPReply {
            var reply = HTTPReply.text(text)
            reply.fields = [HTTPReply.Field("content-type", type)]
            return reply
        }
        let open = "application/openmetrics-text; version=1.0.0"
        try await check(
            "openmetrics", ".value < 1",
            [
                ("gone", page("other 0\n"), ["failed", "null"]),
                ("nan", page("nan NaN\n"), ["failed", "string"]),
                ("two", page("two{a=\"b\"} 0\ntwo{a=\"c\"} 0\n"), ["failed", "null"]),
                (
                    "cut", page("cut 0\ncut{a=\"b"),
                    ["error", "metric.protocol", "line 2", "the page ends inside of a text"]
                ),
                ("halved", page("halved 0.1"), ["error", "metric.protocol", "the last line is cut"]),
                ("twice", page("twice 0\ntwice 0.5\n"), ["error", "metric.protocol", "the series stands twice"]),
                ("endless", page("endless 0\n", open), ["error", "metric.protocol", "'# EOF' is missing"]),
                ("mixed", page("mixed 0\n# EOF\nmixed 0\n", open), ["error", "text stands behind '# EOF'"]),
                ("proxy", Self.html(502), ["error", "metric.protocol", "502 Bad Gateway, and no page"]),
                ("site", Self.html(200), ["error", "metric.protocol", "text/html, which is no page of metrics"]),
                ("binary", page("\u{1}\u{2}\u{0}\n"), ["error", "metric.protocol", "expected a metric's name"]),
            ])
    }

    @Test func `the place of an error in a query is shown in the scenario`() async throws {
        let server = try SimpleHTTPServer { _ in
            .json(
                #"{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 2:3: parse error: bad"}"#,
                status: 400)
        }
        let project = try HTTPProject("m: { kind: prometheus, url: \"\(server.url)\" }")
        let run = try await project.run(
            """
              - id: bad
                metric: |
                  sum(
                    rate(up)
                  )
            """)
        try run.expect("bad", tells: "metric.rejected", "bad_data: parse error: bad", "error_type: bad_data")
        #expect(run.output.contains("scenario.yaml:6:9"))
        #expect(run.output.contains("        rate(up)\n"))
    }

    @Test func `a function for a page is refused before anything is sent`() async throws {
        let server = try SimpleHTTPServer { _ in .text("a 1\n") }
        let project = try HTTPProject("m: { kind: openmetrics, url: \"\(server.url)\" }")
        try project.folder.write("steps:\n  - metric: rate(a[1m])\n", to: "s.yaml")
        let run = try await project.command("run", "s.yaml")
        #expect(run.exitStatus == 2)
        #expect(run.standardError.contains("metric.driver") || run.standardOutput.contains("metric.driver"))
        #expect(server.connectionCount == 0)
    }

    @Test func `an endless page ends at its bound`() async throws {
        let server = try RawServer { connection in
            _ = try connection.readRequest()
            try connection.play(.send("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n"))
            let line = String(repeating: "a_metric_with_a_name{label=\"value\"} 1\n", count: 1000)
            while true { try connection.play(.send(line)) }
        }
        let project = try HTTPProject("m: { kind: openmetrics, url: \"\(server.url)\", max_bytes: 1MiB }")
        let run = try await project.run("  - { id: endless, metric: a }")
        try run.expect("endless", tells: "error", "metric.too-large")
        run.peak.expect(0..<200)
    }

    @Test func `what was sent is what a page counts, and one more is a failure`() async throws {
        let count = Mutex(7)
        let server = try SimpleHTTPServer { request in
            if request.path == "/metrics" {
                var page = HTTPReply.text("# TYPE sent counter\nsent_total \(count.withLock { $0 })\n# EOF\n")
                page.fields = [HTTPReply.Field("content-type", "application/openmetrics-text; version=1.0.0")]
                return page
            }
            count.withLock { $0 += request.path == "/twice" ? 2 : 1 }
            return .json("{}")
        }
        let project = try HTTPProject(
            "m: { kind: openmetrics, url: \"\(server.url)\" }", "gw: { kind: http, url: \"\(server.url)\" }")
        let run = try await project.run(
            """
              - { id: fifty, http: { get: /once }, repeat: { times: 50, parallel: 5 } }
              - { id: counted, metric: { delta: sent_total, over: fifty }, expect: { value: 50, resets: 0 } }
              - { id: one, http: { get: /twice } }
              - { id: too_many, metric: { delta: sent_total, over: one }, expect: { value: 1 } }
            """)
        #expect(run.ended.status == .exit(1))
        #expect(try run.step("counted")["verdict"] == "passed")
        try run.expect("too_many", tells: "failed", "expect.mismatch")
        let plan = try await project.command("plan", "scenario.yaml")
        #expect(plan.standardOutput.contains("delta sent_total"))
        #expect(plan.standardOutput.contains("locks"))
    }
}
