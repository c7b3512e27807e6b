import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

/// Questions to a server with Prometheus's API, whose answers are given word by word.
struct MetricPrometheusTests {
    private static func answer(_ yaml: String, _ reply: HTTPReply) async throws -> Outcome {
        let server = try SimpleHTTPServer { _ in reply }
        return try await asked(yaml, of: "prometheus", at: server.url)
    }

    private static func vector(_ elements: String) -> HTTPReply {
        .json(#"{"status":"success","data":{"resultType":"vector","result":[\#(elements)]}}"#)
    }

    @Test func `an instant query gives samples, and the value of the only one`() async throws {
        let outcome = try await Self.answer(
            "up", Self.vector(#"{"metric":{"__name__":"up","job":"a"},"value":[1700000000.5,"1"]}"#))
        #expect(outcome["value"] == 1)
        #expect(
            outcome["samples"] == [
                ["labels": ["__name__": "up", "job": "a"], "value": 1, "time": 1_700_000_000.5]
            ])
        #expect(outcome["warnings"] == [])
        #expect(outcome.code == "200")
    }

    @Test func `an empty vector and two series have no single value`() async throws {
        let none = try await Self.answer("up < 1", Self.vector(""))
        #expect(none["value"]?.isNull == true)
        #expect(none.notes == ["no sample: 'value' is null"])
        let one = #"{"metric":{},"value":[1,"1"]}"#
        let two = try await Self.answer("up", Self.vector("\(one),\(one)"))
        #expect(two["value"]?.isNull == true)
    }

    @Test(arguments: [("NaN", "NaN"), ("+Inf", "+Inf"), ("-Inf", "-Inf")])
    func `NaN and the infinities are told apart from numbers`(_ text: String, _ name: String) async throws {
        let outcome = try await Self.answer("up", Self.vector(#"{"metric":{},"value":[1,"\#(text)"]}"#))
        #expect(outcome["value"] == .string(name))
    }

    @Test func `a native histogram is no number`() async throws {
        let outcome = try await Self.answer(
            "h",
            Self.vector(
                #"{"metric":{},"histogram":[1,{"count":"3","sum":"4.5","buckets":[[0,"0.5","1","2"],[3,"-1","1","1"]]}]}"#
            ))
        #expect(outcome["value"]?.isNull == true)
        let histogram = outcome["samples"]?.array?.first?["histogram"]
        #expect(histogram?["count"] == 3)
        #expect(histogram?["buckets"] == [[0, 0.5, 1, 2], [3, -1, 1, 1]])
        #expect(outcome.notes == ["the sample is a native histogram: 'value' is null"])
    }

    @Test func `scalars and texts are samples without labels`() async throws {
        let reply = HTTPReply.json(#"{"status":"success","data":{"resultType":"scalar","result":[5,"2.5"]}}"#)
        #expect(try await Self.answer("scalar(x)", reply)["value"] == 2.5)
        let text = HTTPReply.json(#"{"status":"success","data":{"resultType":"string","result":[5,"a"]}}"#)
        #expect(try await Self.answer("'\"a\"'", text)["value"] == "a")
    }

    @Test func `a range gives series of points`() async throws {
        let server = try SimpleHTTPServer { _ in
            .json(
                #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"a"},"values":[[10,"1"],[20,"NaN"]]}]}}"#
            )
        }
        let outcome = try await asked(
            "{ query: up, range: { last: 1m, to: 2026-01-31T12:00:00Z, step: 10s } }", of: "prometheus", at: server.url)
        #expect(outcome["series"] == [["labels": ["job": "a"], "values": [[10, 1], [20, "NaN"]]]])
        let request = try #require(server.requests.first)
        #expect(request.path == "/api/v1/query_range")
        #expect(request.query == "query=up&start=1769860740.0&end=2026-01-31T12%3A00%3A00Z&step=10.0")
    }

    @Test func `each question has its own address`() async throws {
        let server = try SimpleHTTPServer { _ in .json(#"{"status":"success","data":[]}"#) }
        for yaml in [
            "{ match: up }", "{ labels: job }", "{ alerts: '*' }", "{ rules: '*' }", "{ targets: '*' }",
            "{ metadata: up }", "{ exemplars: up }", "{ query: up, at: 5 }",
        ] {
            _ = try await asked(yaml, of: "prometheus", at: server.url + "/prefix", ", headers: { X-Scope-OrgID: t1 }")
        }
        #expect(
            server.requests.map(\.path)
                == [
                    "series", "label/job/values", "alerts", "rules", "targets", "metadata", "query_exemplars", "query",
                ].map { "/prefix/api/v1/\($0)" })
        #expect(server.requests.first?.query == "match%5B%5D=up")
        #expect(server.requests.last?.query == "query=up&time=5")
        #expect(server.requests.allSatisfy { $0.header("x-scope-orgid") == "t1" })
    }

    @Test func `a long query is sent as a form`() async throws {
        let server = try SimpleHTTPServer { _ in Self.vector("") }
        let names = (0..<400).map { "metric_\($0)" }.joined(separator: " or ")
        _ = try await asked("'\(names)'", of: "prometheus", at: server.url)
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.query == nil)
        #expect(request.header("content-type") == "application/x-www-form-urlencoded")
        #expect(request.text.hasPrefix("query=metric_0+or+metric_1"))
    }

    @Test func `warnings are in the result and in the report`() async throws {
        let outcome = try await Self.answer(
            "up",
            .json(
                #"{"status":"success","warnings":["one store is down"],"data":{"resultType":"vector","result":[]}}"#))
        #expect(outcome["warnings"] == ["one store is down"])
        #expect(outcome.notes.last == "warning: one store is down")
    }

    @Test func `an error of the server's has its type, and its place in the scenario`() async throws {
        let text = MarkedText("query: up{job=\"a\"}1️⃣!")
        let reply = HTTPReply.json(
            #"{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:12: parse error: unexpected character: '!'"}"#,
            status: 400)
        let outcome = try await Self.answer(text.text.replacing("!", with: "*"), reply)
        let error = try #require(outcome.error)
        #expect(error.kind == .rejected)
        #expect(error.message == "bad_data: parse error: unexpected character: '!'")
        #expect(error.fields["error_type"] == "bad_data")
        #expect(error.fields["position"] == ["line": 1, "column": 12])
        #expect(outcome.place?.column == text["1️⃣"] + 1)
        #expect(outcome.code == "400")
        #expect(outcome["error", "error_type"] == "bad_data")
    }

    @Test func `a place behind a template is found, and in a query of several lines`() async throws {
        let text = MarkedText("query: |\n  sum(\n    ${{ $vars.name }} 1️⃣%% 2\n  )\n")
        var scope = FixedScope()
        scope.values["$vars.name"] = "a_rather_long_name"
        let server = try SimpleHTTPServer { _ in
            .json(
                #"{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 2:22: parse error: x"}"#,
                status: 400)
        }
        let outcome = try await asked(text.text, of: "prometheus", at: server.url, scope: scope)
        #expect(outcome.place?.line == 3)
        #expect(outcome.place?.column == 23)
    }

    @Test func `HTML, other JSON and a cut answer are no answer of Prometheus`() async throws {
        var html = HTTPReply.text("<html>", status: 502)
        html.fields = [HTTPReply.Field("content-type", "text/html")]
        let proxy = try await Self.answer("up", html)
        #expect(proxy.error?.kind == .protocol)
        #expect(
            proxy.error?.message.hasSuffix("answered 502 Bad Gateway with text/html, which is no answer of Prometheus")
                == true)
        let other = try await Self.answer("up", .json(#"{"ok":true}"#))
        #expect(other.error?.kind == .protocol)
        let cut = try await Self.answer("up", .json(#"{"status":"success","data":{"resultType":"vec"#))
        #expect(cut.error?.message.contains("with JSON that is broken at byte") == true)
        #expect(try await Self.answer("up", .text("no", status: 401)).error?.kind == .auth)
    }

    @Test func `alerts, rules and targets are listed by name`() async throws {
        let alerts = HTTPReply.json(
            #"""
            {"status":"success","data":{"alerts":[
              {"labels":{"alertname":"Down","job":"a"},"annotations":{"s":"t"},"state":"firing","activeAt":"2026-01-31T12:00:00Z","value":"1e+00"},
              {"labels":{"alertname":"Other"},"annotations":{},"state":"pending","activeAt":"x","value":"0"}]}}
            """#)
        let found = try await Self.answer("{ alerts: Down }", alerts)["alerts"]
        #expect(
            found == [
                [
                    "name": "Down", "state": "firing", "labels": ["alertname": "Down", "job": "a"],
                    "annotations": ["s": "t"], "value": 1, "active_at": "2026-01-31T12:00:00Z",
                ]
            ])
        #expect(try await Self.answer("{ alerts: '*' }", alerts)["alerts"]?.array?.count == 2)
        #expect(try await Self.answer("{ alerts: None }", alerts)["alerts"] == [])
        let rules = HTTPReply.json(
            #"{"status":"success","data":{"groups":[{"name":"g","rules":[{"name":"Down","type":"alerting","health":"ok","query":"up == 0","state":"inactive"}]},{"name":"h","rules":[]}]}}"#
        )
        let rule = try await Self.answer("{ rules: g }", rules)["rules"]?.array?.first
        #expect(rule?["group"] == "g")
        #expect(rule?["last_error"]?.isNull == true)
        #expect(rule?["health"] == "ok")
        let targets = HTTPReply.json(
            #"{"status":"success","data":{"activeTargets":[{"labels":{"job":"n","instance":"h:1"},"health":"down","lastError":"refused","lastScrape":"t"}]}}"#
        )
        let target = try await Self.answer("{ targets: n }", targets)["targets"]?.array?.first
        #expect(target?["last_error"] == "refused")
        #expect(target?["instance"] == "h:1")
    }
}
