import Expressions
import PlumbTesting
import Testing

/// Needed scenarios in traces and reports, from their steps to what cleans up after them.
@Suite(.onOwnThreads) struct NeedTraceTests {
    private func spans(_ output: String) -> [Value] {
        output.split(separator: "\n").compactMap { try? JSON.parse(Array($0.utf8)).value }.flatMap { line in
            line["resourceSpans"]?.array?.first?["scopeSpans"]?.array?.first?["spans"]?.array ?? []
        }
    }

    @Test func `the cleanup of a need leads from its request to the test that was the first to need it`() throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let user = """
            needs: { auth: { file: _login.yaml } }
            steps: [{ http: { get: /work } }]

            """
        let project = try TestProject(
            server: server.url,
            [
                "_login.yaml": """
                steps:
                  - id: in
                    http: { get: /login }
                    cleanup: [{ id: out, http: { delete: /login } }]
                outputs: { token: $steps.in.status }
                """,
                "a.yaml": user, "b.yaml": user,
            ])
        let run = try project.run(
            "run", "a.yaml", "b.yaml", "--report", "json=reports/run.json", "--report", "otlp=-", "--quiet")
        #expect(run.status == .exit(0), "\(run.standardError)")
        #expect(server.requests.map(\.path).filter { $0 == "/login" }.count == 2)
        let asked = try #require(server.requests.last)
        #expect(asked.method == "DELETE")
        let sent = try #require(asked.header("traceparent")?.split(separator: "-").map(String.init))

        let tests = try #require(try project.report()["tests"]?.array)
        let owner = try #require(tests.first { $0["needs"] != nil })
        let cleanups = tests.flatMap { $0["needs_cleanup"]?.array ?? [] }
        #expect(cleanups.count == 1 && owner["needs_cleanup"]?.array == cleanups)
        let step = try #require(cleanups.first?["children"]?.array?.first)
        #expect(step["id"] == "out" && step["verdict"] == "passed")
        #expect(step["trace"]?["attempt_span_id"]?.string == sent[2])
        #expect(step["trace"]?["trace_id"]?.string == sent[1])

        let spans = spans(run.standardOutput)
        let attempt = try #require(spans.first { $0["spanId"]?.string == sent[2] })
        let out = try #require(spans.first { $0["spanId"] == attempt["parentSpanId"] })
        let cleanup = try #require(spans.first { $0["spanId"] == out["parentSpanId"] })
        let test = try #require(spans.first { $0["spanId"] == cleanup["parentSpanId"] })
        #expect(attempt["name"] == "DELETE" && out["name"] == "out" && cleanup["name"] == "auth cleanup")
        #expect(test["name"] == owner["name"])
        #expect([attempt, out, cleanup, test].allSatisfy { $0["traceId"]?.string == sent[1] })
    }
}
