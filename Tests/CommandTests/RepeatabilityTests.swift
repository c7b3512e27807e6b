import Expressions
import PlumbTesting
import Testing

/// What a run sends, and that it sends and tells the same again.
@Suite(.onOwnThreads) struct RepeatabilityTests {
    @Test func `a POST is not sent again after a time-out, and a GET is`() throws {
        let server = try RawServer { connection in
            while try connection.readRequest() != nil { try connection.hang() }
        }
        let project = try TestProject(
            server: server.url,
            [
                "post.yaml":
                    "steps:\n  - {http: {post: /p, json: {}}, timeout: 300ms, retry: {max: 2, on: [timeout, reset], backoff: 1ms}}\n",
                "get.yaml":
                    "steps:\n  - {http: {get: /g}, timeout: 300ms, retry: {max: 2, on: [timeout, reset], backoff: 1ms}}\n",
                "own.yaml":
                    "steps:\n  - {http: {post: /o, json: {}}, idempotent: true, timeout: 300ms, retry: {max: 2, on: [timeout], backoff: 1ms}}\n",
            ])
        let run = try project.run("run", "post.yaml", "get.yaml", "own.yaml")
        #expect(run.status == .exit(3))
        let paths = server.requests.map(\.path)
        #expect(paths.count { $0 == "/p" } == 1)
        #expect(paths.count { $0 == "/g" } == 3)
        #expect(paths.count { $0 == "/o" } == 3)
    }

    @Test func `lint and plan open no connection`() throws {
        let server = try RawServer([RawServer.Step.answer("{}")])
        let project = try TestProject(
            server: server.url,
            ["a.yaml": "steps:\n  - {http: {get: /a, query: {t: '${{ $secrets.TOKEN }}'}}, expect: {status: 200}}\n"])
        #expect(try project.run("lint", "a.yaml").status == .exit(0))
        for format in ["text", "json", "mermaid", "dot"] {
            #expect(try project.run("plan", "a.yaml", "--format", format).status == .exit(0))
        }
        #expect(server.connectionCount == 0)
        #expect(try project.run("run", "a.yaml").status == .exit(0))
        #expect(server.connectionCount == 1, "the server does count")
    }

    @Test func `the same seed gives the same report apart from times, in file order`() throws {
        let server = try SimpleHTTPServer { request in
            // The first files take longest, so that their tests end last.
            var reply = HTTPReply.json("{\"echo\": \"\(request.query ?? "")\"}")
            reply.delay = request.path == "/0" ? .milliseconds(200) : .zero
            return reply
        }
        var files: [String: String] = [:]
        for number in 0..<12 {
            files["f\(number + 10).yaml"] = """
                steps:
                  - http: {get: /\(number), query: {u: "${{ uuid }}", n: "${{ rand_int(1; 1000000) }}", s: "${{ rand_str(8) }}"}}
                    assert: ['.body.echo == "\(number % 3 == 0 ? "" : "x")"', .status == 200]

                """
        }
        let project = try TestProject(server: server.url, files)
        var reports: [Value] = []
        for (round, jobs) in ["1", "6", "12"].enumerated() {
            let run = try project.run(
                "run", ".", "--seed", "42", "--jobs", jobs, "--report", "json=reports/run\(round).json")
            #expect(run.status == .exit(1))
            reports.append(Self.withoutTimes(try project.report("run\(round).json")))
        }
        #expect(reports[0]["tests"]?.array?.compactMap { $0["name"]?.string } == (10..<22).map { "f\($0)" })
        #expect(reports[0].json().contains("&n="), "the report holds what was made of the seed")
        #expect(reports[1] == reports[0])
        #expect(reports[2] == reports[0])
        _ = try project.run("run", ".", "--seed", "43", "--report", "json=reports/other.json")
        #expect(Self.withoutTimes(try project.report("other.json")) != reports[0])
    }

    /// The report without its times and without the run's own name, for another run has others.
    private static func withoutTimes(_ value: Value) -> Value {
        // A run's ids are its own, whatever its seed, and so are those of its traces.
        let times: Set = [
            "ms", "started_ms", "started", "started_unix_ms", "timing", "id_of_run", "jobs", "trace", "span_id",
        ]
        if let array = value.array {
            let headers = ["traceparent: ", "X-Plumb-Step: "]
            return .array(
                array.filter { element in !headers.contains { element.string?.hasPrefix($0) == true } }
                    .map(withoutTimes))
        }
        guard let object = value.object else { return value }
        var kept = Value.Object()
        for (key, member) in object where !times.contains(key) && !(key == "id" && object["seed"] != nil) {
            kept[key] = withoutTimes(member)
        }
        return .object(kept)
    }
}
