import Expressions
import Glibc
import PlumbTesting
import Synchronization
import Testing

/// What services and monitoring systems are told of a run; every run is held to leak no secret.
@Suite(.onOwnThreads) struct EmittedTests {
    private static func configuration(_ url: String) -> String {
        """
        secrets: [TOKEN]
        profiles:
          test:
            targets:
              api: { kind: http, url: "\(url)" }
              metrics: { kind: prometheus, url: "\(url)" }
              vectors: { kind: qdrant, url: "\(url)" }

        """
    }

    /// Says yes to whatever is asked, in the words of the service that is asked.
    private static func service(_ request: RecordedRequest) -> HTTPReply {
        switch request.path {
        case "/api/v1/query":
            .json(#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]}]}}"#)
        case "/collections/c/points/count": .json(#"{"result":{"count":1},"status":"ok","time":0.1}"#)
        default: .json("{}")
        }
    }

    @Test func `every request of every driver tells its step and its place in the trace`() throws {
        let server = try SimpleHTTPServer(Self.service)
        let project = try TestProject([
            "plumb.yaml": Self.configuration(server.url),
            "one.yaml": """
            cases: [{ name: "é; x" }, { name: bob }]
            steps:
              - { id: plain, http: { get: /plain } }
              - { id: each, each: "[1, 2]", http: { get: /each } }
              - { id: many, repeat: { times: 3 }, http: { get: /many } }
              - { id: again, http: { get: "\(server.url)/whole" } }
              - { id: up, metric: up }
              - { id: hits, vector: { count: c } }
            """,
        ])
        let run = try project.run("run", "one.yaml", "--report", "json=reports/run.json")
        #expect(run.status == .exit(0), "\(run.standardOutput)")
        let id = try #require(try project.report()["run"]?["id"]?.string)
        #expect(server.requests.count == 18)
        var spans: Set<String> = []
        var traces: Set<String> = []
        for request in server.requests {
            let parent = try #require(request.header("traceparent"), "\(request.target)")
            let parts = parent.split(separator: "-").map(String.init)
            #expect(parts.count == 4 && parts[0] == "00" && parts[3] == "01")
            traces.insert(parts[1])
            #expect(spans.insert(parts[2]).inserted, "two requests have one span")
            let step = try #require(request.header("X-Plumb-Step"))
            #expect(step.hasPrefix("one[%C3%A9%3B%20x]/") || step.hasPrefix("one[bob]/"), "\(step)")
            #expect(step.hasSuffix("; run=\(id)"))
        }
        #expect(traces.count == 2)
        // The ids lead from the report to the request.
        let tests = try #require(try project.report()["tests"]?.array)
        for test in tests {
            let step = try #require(test["steps"]?.array?.first { $0["id"] == "plain" })
            let told = step["trace"]?["attempt_span_id"]?.string ?? ""
            let request = try #require(server.requests.first { $0.header("traceparent")?.contains(told) == true })
            #expect(request.path == "/plain")
            #expect(request.header("traceparent")?.contains(step["trace"]?["trace_id"]?.string ?? "?") == true)
        }
    }

    @Test func `what a step writes itself is sent as it is, and null drops it`() throws {
        let server = try SimpleHTTPServer(Self.service)
        let project = try TestProject([
            "plumb.yaml": Self.configuration(server.url),
            "one.yaml": """
            steps:
              - http: { get: /own, headers: { Traceparent: mine, x-plumb-step: mine too } }
              - http: { get: /none, headers: { traceparent: null, X-Plumb-Step: null } }
            """,
        ])
        #expect(try project.run("run", "one.yaml").status == .exit(0))
        let own = try #require(server.requests.first)
        #expect(own.fields.filter { $0.name.lowercased() == "traceparent" }.map(\.value) == ["mine"])
        #expect(own.fields.filter { $0.name.lowercased() == "x-plumb-step" }.map(\.value) == ["mine too"])
        let none = try #require(server.requests.last)
        #expect(none.header("traceparent") == nil && none.header("x-plumb-step") == nil)
    }

    @Test func `each attempt has a span of its own, and the same trace`() throws {
        let answered = Mutex(0)
        let server = try SimpleHTTPServer { _ in
            answered.withLock { count in
                count += 1
                return count < 3 ? .text("busy", status: 503) : .json("{}")
            }
        }
        let project = try TestProject([
            "plumb.yaml": Self.configuration(server.url),
            "one.yaml": "steps:\n  - { http: { get: / }, retry: { max: 3, on: 503, backoff: 1ms } }\n",
        ])
        #expect(try project.run("run", "one.yaml", "--report", "json=reports/run.json").status == .exit(0))
        let sent = server.requests.compactMap { $0.header("traceparent")?.split(separator: "-").map(String.init) }
        #expect(Set(sent.map { $0[1] }).count == 1 && Set(sent.map { $0[2] }).count == 3)
        let step = try project.report()["tests"]?.array?.first?["steps"]?.array?.first
        let told =
            (step?["retries"]?.array ?? []).map { $0["span_id"]?.string } + [step?["trace"]?["attempt_span_id"]?.string]
        #expect(told == sent.map { $0[2] })
    }

    @Test func `a secret in a row, a header, a body or a URL reaches no monitoring system and no other header`() throws
    {
        let service = try SimpleHTTPServer(Self.service)
        let monitor = try SimpleHTTPServer { _ in .json("{}") }
        let secret = TestProject.secret
        let project = try TestProject([
            "plumb.yaml": Self.configuration(service.url),
            "a.yaml": """
            cases: [{ name: "\(secret)" }]
            keep_going: true
            steps:
              - http:
                  post: "/x?q=${{ $secrets.TOKEN | @uri }}"
                  headers: { x-key: "${{ $secrets.TOKEN }}" }
                  json: { token: "${{ $secrets.TOKEN }}" }
                assert: ['.body.a == $secrets.TOKEN']
              - metric: "up{a='${{ $secrets.TOKEN }}'}"
              - vector: { count: c, filter: { must: [{ key: k, match: { value: "${{ $secrets.TOKEN }}" } }] } }
            """,
        ])
        let run = try project.run(
            "run", "a.yaml", "--report", "otlp=\(monitor.url)", "--report", "pushgateway=\(monitor.url)/",
            "--report", "openmetrics=reports/run.prom")
        #expect(run.status == .exit(1), "\(run.standardError)")
        #expect(service.requests.count == 3)
        for request in service.requests {
            #expect(request.header("x-plumb-step")?.contains("SECRET") == false)
        }
        #expect(monitor.requests.count == 3)
        for request in monitor.requests {
            let text = try request.header("content-encoding") == "gzip" ? Gunzip.text(request.body) : request.text
            #expect(text.contains("plumb"))
            for form in [secret, "tok-SECRET", "SECRET%2F", "dG9rLVNFQ1JFVC8xMiYz"] {
                #expect(!text.contains(form) && !request.head.contains(form), "\(form) in \(request.target)")
            }
        }
    }

    @Test func `a collector gets the traces and metrics, compressed, and a gateway the page`() throws {
        let monitor = try SimpleHTTPServer { _ in .json("{}") }
        let project = try TestProject(["a.yaml": "steps:\n  - assert: ['$run.id != null']\n"])
        let run = try project.run(
            "run", "a.yaml", "--report", "otlp=\(monitor.url)/", "--report",
            "pushgateway=http://me:p%40ss@127.0.0.1:\(monitor.port)/metrics/job/nightly", "--report",
            "openmetrics=reports/run.prom", environment: ["OTEL_EXPORTER_OTLP_HEADERS": "x-scope=team%20a"])
        #expect(run.status == .exit(0), "\(run.standardError)")
        #expect(monitor.requests.map(\.path) == ["/v1/traces", "/v1/metrics", "/metrics/job/nightly"])
        #expect(monitor.requests.map(\.method) == ["POST", "POST", "PUT"])
        let traces = try #require(monitor.requests.first)
        #expect(traces.header("x-scope") == "team a")
        #expect(traces.header("content-type") == "application/json" && traces.header("content-encoding") == "gzip")
        let spans = try JSON.parse(Gunzip.text(traces.body)).value["resourceSpans"]?.array?.first
        #expect(spans?["scopeSpans"]?.array?.first?["spans"]?.array?.count == 3)
        let push = try #require(monitor.requests.last)
        #expect(push.header("authorization") == "Basic bWU6cEBzcw==")
        #expect(push.header("x-scope") == nil)
        #expect(push.text == (try project.read("reports/run.prom")))
        #expect(push.text.hasSuffix("# EOF\n"))
    }

    @Test func `a collector that is busy is asked again, and the run passes`() throws {
        let answered = Mutex(0)
        let monitor = try SimpleHTTPServer { _ in
            let count = answered.withLock { count in
                count += 1
                return count
            }
            var reply = count < 3 ? HTTPReply.text("later", status: 503) : .json("{}")
            if count == 1 { reply.fields.append(.init("retry-after", "0")) }
            return reply
        }
        let project = try TestProject(["a.yaml": "steps:\n  - assert: ['$run.id != null']\n"])
        let run = try project.run("run", "a.yaml", "--report", "otlp=\(monitor.url)")
        #expect(run.status == .exit(0), "\(run.standardError)")
        #expect(monitor.requests.map(\.path) == ["/v1/traces", "/v1/traces", "/v1/traces", "/v1/metrics"])
    }

    @Test func `a URL of one signal is sent that alone, and a service without the other is told of`() throws {
        let monitor = try SimpleHTTPServer { request in
            switch request.path {
            case "/v1/traces": .json("{}")
            case "/json/v1/traces": .text("no JSON", status: 415)
            default: .text("no such page", status: 404)
            }
        }
        let project = try TestProject(["a.yaml": "steps:\n  - assert: ['$run.id != null']\n"])
        let traces = try project.run("run", "a.yaml", "--report", "otlp=\(monitor.url)/v1/traces")
        #expect(traces.status == .exit(0), "\(traces.standardError)")
        #expect(monitor.requests.map(\.path) == ["/v1/traces"])
        let both = try project.run("run", "a.yaml", "--report", "otlp=\(monitor.url)")
        #expect(both.status == .exit(3))
        #expect(both.standardError.contains("has a URL that ends with /v1/traces"), "\(both.standardError)")
        let json = try project.run("run", "a.yaml", "--report", "otlp=\(monitor.url)/json")
        #expect(json.standardError.contains("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"), "\(json.standardError)")
    }

    @Test func `a date in Retry-After is waited for`() throws {
        let moments = Mutex<[Int]>([])
        let due = time(nil) + 3
        var parts = tm()
        var copy = due
        gmtime_r(&copy, &parts)
        var text = [CChar](repeating: 0, count: 64)
        strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        let date = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let monitor = try SimpleHTTPServer { _ in
            let isFirst = moments.withLock { moments in
                moments.append(time(nil))
                return moments.count == 1
            }
            guard isFirst else { return .json("{}") }
            var reply = HTTPReply.text("later", status: 503)
            reply.fields.append(.init("retry-after", date))
            return reply
        }
        let project = try TestProject(["a.yaml": "steps:\n  - assert: ['$run.id != null']\n"])
        let run = try project.run("run", "a.yaml", "--report", "otlp=\(monitor.url)")
        #expect(run.status == .exit(0), "\(run.standardError)")
        let all = moments.withLock { $0 }
        #expect(all.count == 3 && all[1] >= due, "\(all) for \(due)")
    }

    @Test func `a service that takes no report is told of, and a run that passed exits with 3`() throws {
        let monitor = try SimpleHTTPServer { _ in .text("no such job", status: 400) }
        let project = try TestProject([
            "a.yaml": "steps:\n  - assert: ['$run.id != null']\n",
            "b.yaml": "steps:\n  - assert: ['$run.id == null']\n",
        ])
        let refused = try project.run(
            "run", "a.yaml", "--report", "pushgateway=http://u:hidden@127.0.0.1:\(monitor.port)")
        #expect(refused.status == .exit(3))
        #expect(
            refused.standardError
                == "error: cannot send the report to 'http://127.0.0.1:\(monitor.port)': it answered with status 400\n  = hint: it said: no such job\n"
        )
        #expect(refused.standardOutput.contains("1 passed"))
        let failed = try project.run("run", "b.yaml", "--report", "otlp=\(monitor.url)")
        #expect(failed.status == .exit(1))
        #expect(failed.standardError.contains("status 400"))
        let gone = try project.run("run", "a.yaml", "--report", "otlp=http://127.0.0.1:\(try Loopback.unusedPort())")
        #expect(gone.status == .exit(3))
        #expect(gone.standardError.contains("refused the connection, 5 times in all"), "\(gone.standardError)")
    }

    @Test func `a service that never answers is waited for no longer than its time, and a signal ends that`() throws {
        let monitor = try SilentListener()
        let project = try TestProject(["a.yaml": "steps:\n  - assert: ['$run.id != null']\n"])
        let command = try project.start(["run", "a.yaml", "--report", "otlp=http://127.0.0.1:\(monitor.port)"])
        #expect(command.waitForOutput("1 passed"))
        command.signal(15)
        let run = project.finish(command, within: .seconds(60))
        #expect(run.status == .exit(3), "\(run.status)")
        #expect(run.standardError.contains("a signal ended it"), "\(run.standardError)")
    }

    @Test(arguments: [
        ("otlp", "--report takes FORMAT=URL, such as otlp=http://127.0.0.1:4318"),
        ("otlp=localhost:4318", "no http or https URL: write otlp=http://127.0.0.1:4318"),
        ("pushgateway=reports/x", "no http or https URL: write pushgateway=http://127.0.0.1:9091"),
        ("openmetric=x", "did you mean 'openmetrics'?"),
    ])
    func `a report that cannot be meant is a usage error`(report: String, message: String) throws {
        let project = try TestProject(["a.yaml": "steps:\n  - assert: ['$run.id != null']\n"])
        let run = try project.run("run", "a.yaml", "--report", report)
        #expect(run.status == .exit(2))
        #expect(run.standardError.contains(message), "\(run.standardError)")
    }
}
