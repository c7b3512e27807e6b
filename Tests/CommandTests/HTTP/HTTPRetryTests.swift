import Expressions
import PlumbTesting
import Synchronization
import Testing

/// What is sent again, when, and what is not (bad inputs 47, 49 and 68).
struct HTTPRetryTests {
    /// Answers the first request to each path as the path says, and all others with 200.
    private func server() throws -> SimpleHTTPServer {
        let seen = Mutex<Set<String>>([])
        return try SimpleHTTPServer { request in
            guard seen.withLock({ $0.insert(request.target).inserted }) else { return .json("{}") }
            switch request.path {
            case "/drop":
                var reply = HTTPReply(200)
                reply.drops = true
                return reply
            case "/after": return HTTPReply(503, [.init("retry-after", request.query?.replacing("_", with: " ") ?? "")])
            default: return .json("{}", status: 503)
            }
        }
    }

    @Test func `a status is retried where the step names it, after the time that the service asks for`() async throws {
        let server = try server()
        let project = try HTTPProject("gw: { kind: http, url: \"\(server.url)\" }")
        let retry = "retry: { max: 2, on: [503, 429], backoff: 10ms }"
        let run = try await project.run(
            """
              - { id: plain, http: { get: /plain }, \(retry) }
              - { id: seconds, http: { get: "/after?1" }, \(retry) }
              - { id: past, http: { get: "/after?Sun,_06_Nov_1994_08:49:37_GMT" }, \(retry) }
              - { id: garbage, http: { get: "/after?soon" }, \(retry) }
              - { id: post, http: { post: /post, json: {} }, \(retry) }
              - { id: not, http: { get: /not } }
              - { id: expected, http: { get: /expected }, expect: { status: 503 }, \(retry) }
              - { id: cut, http: { get: "/after?86400" }, timeout: 2s, \(retry), until: .status == 200, within: 1s }
            """)
        for id in ["plain", "past", "garbage", "post"] {
            #expect(try run.step(id)["verdict"]?.string == "passed", "\(id)")
            #expect(try run.seconds(of: id) < 0.9, "\(id)")
            #expect(try run.step(id)["retries"]?.array?.first?["cause"]?.string == "status 503")
        }
        #expect(try run.seconds(of: "seconds") >= 1 && run.step("seconds")["flaky"]?.bool == true)
        try run.expect("not", tells: "status is 503")
        #expect(try run.step("expected")["verdict"]?.string == "passed" && run.step("expected")["retries"] == nil)
        // A day is asked for and a second is left: there is no waiting for it.
        #expect(try run.seconds(of: "cut") < 2)
    }

    @Test func `a lost answer is asked for again only where that does no harm`() async throws {
        let server = try server()
        let project = try HTTPProject("gw: { kind: http, url: \"\(server.url)\" }")
        let retry = "retry: { max: 1, on: [reset, timeout], backoff: 10ms }"
        let run = try await project.run(
            """
              - { id: default, http: { get: "/drop?5" } }
              - { id: get, http: { get: "/drop?1" }, \(retry) }
              - { id: put, http: { put: "/drop?2" }, \(retry) }
              - { id: post, http: { post: "/drop?3" }, \(retry) }
              - { id: marked, http: { post: "/drop?4" }, idempotent: true, \(retry) }
            """)
        for id in ["get", "put", "marked"] { #expect(try run.step(id)["verdict"]?.string == "passed", "\(id)") }
        try run.expect("post", tells: "error | http.reset")
        try run.expect("default", tells: "error | http.reset")
        #expect(server.requests.filter { $0.target == "/drop?3" }.count == 1)
    }

    @Test func `a POST that timed out is not sent twice by itself`() async throws {
        let server = try RawServer([[.readRequest, .hang]])
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            """
              - { id: post, http: { post: /, json: {} }, timeout: 300ms, retry: { max: 3, on: [timeout], backoff: 1ms } }
              - { id: get, http: { get: / }, timeout: 300ms, retry: { max: 1, on: [timeout], backoff: 1ms } }
            """)
        try run.expect("post", tells: "error | http.timeout")
        let notes = try run.step("post")["notes"]?.array?.compactMap(\.string) ?? []
        #expect(notes.contains { $0.contains("not sent again") && $0.contains("idempotent: true") }, "\(notes)")
        #expect(server.requests.map(\.method) == ["POST", "GET", "GET"])
    }

    @Test func `a connection that was closed while idle costs one silent try, for what may be sent twice`() async throws
    {
        let server = try RawServer { connection in
            // The second request on each connection finds it closed.
            guard try connection.readRequest() != nil else { return }
            try connection.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            _ = try connection.readRequest()
            connection.reset()
        }
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            """
              - { http: { get: /1 } }
              - { id: get, http: { get: /2 }, assert: [.tries == 1] }
              - { id: post, http: { post: /3 } }
              - { http: { get: /4 } }
              - { id: marked, http: { post: /5, json: {} }, idempotent: true, assert: [.tries == 1] }
            """)
        #expect(try run.step("get")["verdict"]?.string == "passed" && run.step("get")["flaky"] == nil)
        #expect(try run.step("marked")["verdict"]?.string == "passed" && run.step("marked")["flaky"] == nil)
        try run.expect("post", tells: "error | http.reset", "a POST is not sent twice unless it is marked idempotent")
        #expect(server.requests.map(\.target) == ["/1", "/2", "/2", "/3", "/4", "/5", "/5"])
    }

    @Test func `until takes trouble for not yet`() async throws {
        let plain = try RawServer([[.read(1), .send("HTTP/1.1 400 Bad Request\r\n\r\n")]])
        let count = Mutex(0)
        let server = try SimpleHTTPServer { _ in
            let number = count.withLock { value in
                value += 1
                return value
            }
            if number < 3 {
                var reply = HTTPReply(200)
                reply.drops = true
                return reply
            }
            return number < 5 ? .json("{}", status: 500) : .json(#"{"state":"done"}"#)
        }
        let run = try await HTTPProject(
            "gw: { kind: http, default: true, url: \"\(server.url)\" }",
            "dead: { kind: http, url: \"http://127.0.0.1:1\" }",
            "tls: { kind: http, url: \"https://127.0.0.1:\(plain.port)\" }"
        ).run(
            """
              - { id: done, http: { get: / }, until: '.body.state == "done"', within: 10s, every: 20ms }
              - { id: dead, target: dead, http: { get: / }, until: .status == 200, within: 400ms, every: 100ms }
              - { id: tls, target: tls, http: { get: / }, until: .status == 200, within: 9s }
              - { id: given, http: { get: / }, until: '.body.state == "other"', give_up: '.body.state == "done"', within: 9s }
            """)
        #expect(try run.step("done")["polls"]?["count"]?.number == 5)
        try run.expect("dead", tells: "failed | until.time", "'.status == 200' did not come to hold")
        // What is left for the last poll may be too short even for a refusal.
        #expect(run.output.contains(/last value error (refused: 127.0.0.1:1 refused the connection|timeout: )/))
        try run.expect("tls", tells: "error | http.tls", "does not speak TLS")
        #expect(try run.seconds(of: "tls") < 2)
        try run.expect("given", tells: "failed | until")
        #expect(try run.seconds(of: "given") < 2)
    }

    @Test func `a header is captured, and one that is missing fails the step`() async throws {
        let server = try SimpleHTTPServer { _ in
            HTTPReply(201, [.init("Location", "/items/7"), .init("ETag", "\"x\"")])
        }
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            """
              - { id: made, http: { post: / }, capture: { at: .headers.location, tag: '.headers["etag"]' } }
              - { http: { get: "${{ $steps.made.at }}" }, expect: { headers: { ETag: '"x"' } } }
              - { id: missing, http: { get: / }, capture: { other: .headers.other } }
            """)
        #expect(server.requests[1].target == "/items/7")
        try run.expect("missing", tells: "failed | capture.failed", "'.headers' has no 'other'")
        #expect(try run.step("made")["verdict"]?.string == "passed")
    }
}
