import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

/// Questions to a page of metrics.
struct MetricPageTests {
    private static let page = HTTPReply.openMetrics(
        """
        # TYPE requests counter
        # HELP requests Requests answered.
        requests_total{model="a",status="200"} 7 # {trace_id="t1"} 0.25 10
        requests_total{model="b",status="503"} 2
        requests_created{model="a",status="200"} 5
        # TYPE load gauge
        load NaN
        # EOF

        """)

    @Test func `a selector that picks one sample gives its value`() async throws {
        let outcome = try await scraped("'requests_total{model=\"b\"}'", Self.page)
        #expect(outcome.error == nil)
        #expect(outcome["value"] == 2)
        #expect(
            outcome["samples"]?.array?.first?["labels"]
                == ["__name__": "requests_total", "model": "b", "status": "503"])
        #expect((outcome["samples"]?.array?.first?["time"]?.number ?? 0) > 1_700_000_000)
    }

    @Test func `several samples have no single value`() async throws {
        let outcome = try await scraped("requests_total", Self.page)
        #expect(outcome["value"]?.isNull == true)
        #expect(outcome["samples"]?.array?.count == 2)
    }

    @Test func `no sample is no zero, and the nearest name is told`() async throws {
        let outcome = try await scraped("request_total", Self.page)
        #expect(outcome.error == nil)
        #expect(outcome["value"]?.isNull == true)
        #expect(outcome["samples"] == [])
        #expect(
            outcome.notes == [
                "no sample: 'value' is null", "the page has no 'request_total'; the nearest name is 'requests_total'",
            ])
    }

    @Test func `NaN is told apart from numbers`() async throws {
        #expect(try await scraped("load", Self.page)["value"] == "NaN")
    }

    @Test func `labels, types and exemplars are read`() async throws {
        #expect(try await scraped("{ labels: status }", Self.page)["values"] == ["200", "503"])
        #expect(
            try await scraped("{ match: requests_created }", Self.page)["matches"]
                == [["__name__": "requests_created", "model": "a", "status": "200"]])
        let metadata = try await scraped("{ metadata: requests }", Self.page)["metadata"]
        #expect(metadata == [["metric": "requests", "type": "counter", "help": "Requests answered.", "unit": ""]])
        let exemplars = try await scraped("{ exemplars: requests_total }", Self.page)["exemplars"]
        #expect(exemplars?.array?.first?["labels"] == ["trace_id": "t1"])
        #expect(exemplars?.array?.first?["time"] == 10)
    }

    @Test func `a page is asked for as OpenMetrics first, at /metrics or at the target's own path`() async throws {
        let server = try SimpleHTTPServer { _ in Self.page }
        _ = try await asked("load", of: "openmetrics", at: server.url)
        _ = try await asked("load", of: "openmetrics", at: server.url + "/deep/page")
        _ = try await asked("load", of: "openmetrics", at: server.url + "/deep", ", path: stats")
        #expect(server.requests.map(\.path) == ["/metrics", "/deep/page", "/deep/stats"])
        #expect(server.requests.first?.header("accept")?.hasPrefix("application/openmetrics-text") == true)
    }

    @Test(arguments: [
        ("a 1\nb 2", "the page cannot be read at line 2, column 4: the last line is cut: no line feed ends it"),
        (
            "a{x=\"1\"} 1\na{x=\"1\"} 2\n",
            "the page cannot be read at line 2, column 1: the series stands twice: a{x=\"1\"}"
        ),
        ("a one\n", "the page cannot be read at line 1, column 3: 'one' is no value"),
    ])
    func `a broken page is an error with its place, not a smaller page`(
        _ text: String, _ message: String
    ) async throws {
        let outcome = try await scraped("a", .plainMetrics(text))
        #expect(outcome.error?.kind == .protocol)
        #expect(outcome.error?.message == message)
        #expect(outcome["samples"] == nil)
    }

    @Test func `OpenMetrics without its end is an error`() async throws {
        let outcome = try await scraped("a", .openMetrics("a 1\n"))
        #expect(outcome.error?.kind == .protocol)
        #expect(outcome.error?.message.hasSuffix("'# EOF' is missing at its end") == true)
    }

    @Test func `HTML from a proxy is no page`() async throws {
        var html = HTTPReply.text("<html>Bad Gateway</html>", status: 502)
        html.fields = [HTTPReply.Field("content-type", "text/html")]
        let bad = try await scraped("a", html)
        #expect(bad.error?.kind == .protocol)
        #expect(bad.error?.message.hasSuffix("answered 502 Bad Gateway, and no page") == true)
        html.status = 200
        #expect(try await scraped("a", html).error?.message.hasSuffix("text/html, which is no page of metrics") == true)
        var login = HTTPReply.text("who are you", status: 401)
        login.fields = []
        #expect(try await scraped("a", login).error?.kind == .auth)
    }

    @Test func `values that a metric cannot have are warnings`() async throws {
        let outcome = try await scraped("a_sum", .openMetrics("# TYPE a summary\na_sum -1\n# EOF\n"))
        #expect(outcome["value"] == -1)
        #expect(outcome["warnings"] == ["line 2: a counter is not negative"])
    }

    @Test func `a function that only the run knows of is refused there`() async throws {
        var scope = FixedScope()
        scope.values["$vars.query"] = "sum(up)"
        let request = try Parsed.request("'${{ $vars.query }}'", by: MetricStep())
        let target = try target("{ url: 'http://127.0.0.1:9' }", kind: "openmetrics")
        #expect(throws: StepFailure.self) { try request.prepare(scope, target: target) }
    }

    @Test func `a value between backticks stands as it is, and one that would end them is refused`() async throws {
        var scope = FixedScope()
        scope.values["$vars.model"] = "x\"\\y"
        let server = try SimpleHTTPServer { _ in
            .openMetrics("# TYPE a gauge\na{model=\"x\\\"\\\\y\"} 3\na{model=\"y\"} 4\n# EOF\n")
        }
        let yaml = "'a{model=`${{ $vars.model }}`}'"
        let outcome = try await asked(yaml, of: "openmetrics", at: server.url, scope: scope)
        #expect(outcome["value"] == 3)
        scope.values["$vars.model"] = "y`} or up{a=`"
        for kind in ["openmetrics", "prometheus"] {
            let request = try Parsed.request(yaml, by: MetricStep())
            let target = try target("{ url: '\(server.url)' }", kind: kind)
            let failure = #expect(throws: StepFailure.self) { try request.prepare(scope, target: target) }
            #expect(
                failure?.report.message == "the value of '$vars.model' has a backtick, and stands between backticks")
        }
    }

    @Test func `a quotation mark in a comment opens no text`() async throws {
        var scope = FixedScope()
        scope.values["$vars.matchers"] = "model=\"y\""
        let server = try SimpleHTTPServer { _ in .openMetrics("# TYPE a gauge\na{model=\"y\"} 4\n# EOF\n") }
        let outcome = try await asked(
            "\"# it's so\\na{${{ $vars.matchers }}}\"", of: "openmetrics", at: server.url, scope: scope)
        #expect(outcome["value"] == 4)
    }

    @Test func `a value inside of quotes cannot end them`() async throws {
        var scope = FixedScope()
        scope.values["$vars.model"] = "x\"} or up{a=\"\\"
        let server = try SimpleHTTPServer { _ in
            .openMetrics("# TYPE a gauge\na{model=\"x\\\"} or up{a=\\\"\\\\\"} 3\na{model=\"y\"} 4\n# EOF\n")
        }
        let outcome = try await asked(
            "'a{model=\"${{ $vars.model }}\"}'", of: "openmetrics", at: server.url, scope: scope)
        #expect(outcome["value"] == 3)
    }
}
