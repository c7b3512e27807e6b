import Expressions
import PlumbTesting
import Synchronization
import Testing

/// What outlives a single request: cookies, redirects, tokens, connections.
struct HTTPSessionTests {
    @Test func `cookies are kept for a scenario, and not across tests`() async throws {
        let server = try SimpleHTTPServer { request in
            request.path == "/set" ? HTTPReply(200, [.init("set-cookie", "sid=abc; Path=/")]) : .json("{}")
        }
        let project = try HTTPProject("gw: { kind: http, url: \"\(server.url)\" }")
        let steps = """
            cases: [one, two]
            steps:
              - { http: { get: /before } }
              - { http: { get: /set }, assert: ['.cookies.sid == "abc"'] }
              - { http: { get: /sent } }
              - { http: { get: /without, cookies: false } }
            """
        try project.folder.write(steps, to: "cookies.yaml")
        try await project.run(["cookies.yaml"]).expectAllPassed()
        let sent = server.requests.filter { $0.header("cookie") != nil }
        #expect(sent.map(\.path) == ["/sent", "/sent"] && sent.allSatisfy { $0.header("cookie") == "sid=abc" })
        #expect(server.requests.count == 8)
    }

    @Test func `redirects are followed as far as the step says`() async throws {
        let server = try SimpleHTTPServer { request in
            switch request.path {
            case "/a": HTTPReply(302, [.init("location", "/b")])
            case "/b": HTTPReply(301, [.init("location", "/c")])
            case "/loop": HTTPReply(302, [.init("location", "/loop")])
            case "/file": HTTPReply(302, [.init("location", "file:///etc/passwd")])
            case "/gopher": HTTPReply(302, [.init("location", "gopher://127.0.0.1/")])
            case "/port": HTTPReply(302, [.init("location", "http://127.0.0.1:99999/")])
            case "/long": HTTPReply(302, [.init("location", "/" + String(repeating: "a", count: 60_000))])
            case "/nowhere": HTTPReply(302)
            default: .json("{}")
            }
        }
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            """
              - { id: stays, http: { get: /a } }
              - id: all
                http: { get: /a, follow_redirects: true }
                assert: ['.redirects | map(.status) == [302, 301]', '.url | endswith("/c")']
              - { id: one, http: { get: /a, follow_redirects: 1 } }
              - { id: loop, http: { get: /loop, follow_redirects: true } }
              - { id: file, http: { get: /file, follow_redirects: true } }
              - { id: gopher, http: { get: /gopher, follow_redirects: true } }
              - { id: port, http: { get: /port, follow_redirects: true } }
              - { id: long, http: { get: /long, follow_redirects: true } }
              - { id: nowhere, http: { get: /nowhere, follow_redirects: true }, expect: { status: 302 } }
              - { id: post, http: { post: /a, json: {}, follow_redirects: true } }
            """)
        try run.expect("stays", tells: "failed | expect.implied", "status is 302")
        #expect(run.output.contains("not followed to '/b': 'follow_redirects: true' does so"))
        for id in ["all", "nowhere", "post"] { #expect(try run.step(id)["verdict"]?.string == "passed", "\(id)") }
        try run.expect(
            "one", tells: "error | http.protocol", "more than 1 redirect, the next to '/c'", "follow_redirects")
        try run.expect("loop", tells: "error | http.protocol", "in a circle", "/loop' was asked before")
        try run.expect("file", tells: "a redirect to 'file:' is not followed", "only http and https")
        try run.expect("gopher", tells: "a redirect to 'gopher:' is not followed")
        try run.expect("port", tells: "the redirect's Location 'http://127.0.0.1:99999/' is no URL")
        try run.expect("long", tells: "the redirect's Location is over 8 KiB")
        #expect(server.requests.filter { $0.path == "/c" }.map(\.method) == ["GET", "GET"])
    }

    @Test func `a token is fetched once for many steps, and again once after a 401`() async throws {
        let fetched = Mutex(0)
        let server = try SimpleHTTPServer { request in
            if request.path == "/token" {
                let number = fetched.withLock { count in
                    count += 1
                    return count
                }
                return .json("{\"access_token\":\"token-\(number)\",\"expires_in\":3600}")
            }
            let isWithdrawn = request.path == "/withdrawn" && request.header("authorization") == "Bearer token-1"
            return isWithdrawn || request.path == "/never" ? .json("{}", status: 401) : .json("{}")
        }
        let project = try HTTPProject(
            """
            gw: { kind: http, url: "\(server.url)", auth: { oauth2_client_credentials: { token_url: "\(server.url)/token", \
            client_id: me, client_secret: "${{ $secrets.PW }}", scope: read } } }
            """, secrets: ["PW": "p@ss-word"])
        let run = try await project.run(
            """
              - { group: { parallel: true, steps: [{ http: { get: /1 } }, { http: { get: /2 } }, { http: { get: /3 } }] } }
              - { http: { get: /withdrawn } }
              - { http: { get: /after } }
              - { id: never, http: { get: /never } }
              - { id: none, http: { get: /none, auth: none } }
            """)
        try run.expect("never", tells: "status is 401")
        let asked = server.requests.filter { $0.path == "/token" }
        #expect(asked.count == 3 && asked[0].text == "grant_type=client_credentials&scope=read")
        #expect(asked[0].header("authorization") == "Basic bWU6cCU0MHNzLXdvcmQ=")
        let tokens = server.requests.filter { $0.path.count == 2 }.compactMap { $0.header("authorization") }
        #expect(tokens == ["Bearer token-1", "Bearer token-1", "Bearer token-1"])
        #expect(server.requests.first { $0.path == "/after" }?.header("authorization") == "Bearer token-2")
        #expect(server.requests.filter { $0.path == "/never" }.count == 2)
        #expect(server.requests.first { $0.path == "/none" }.map { $0.header("authorization") == nil } == true)
    }

    @Test func `a token that ends is renewed before it does`() async throws {
        let server = try SimpleHTTPServer { request in
            request.path == "/token" ? .json(#"{"access_token":"short-lived","expires_in":1}"#) : .json("{}")
        }
        let project = try HTTPProject(
            """
            gw: { kind: http, url: "\(server.url)", auth: { oauth2_client_credentials: { token_url: "\(server.url)/token", \
            client_id: me, client_secret: nope } } }
            """)
        try await project.run("  - { http: { get: /1 } }\n  - { wait: 700ms }\n  - { http: { get: /2 } }")
            .expectAllPassed()
        #expect(server.requests.map(\.path) == ["/token", "/1", "/token", "/2"])
    }

    @Test func `a token that cannot be had is told with its reason`() async throws {
        let server = try SimpleHTTPServer { _ in
            .json(#"{"error":"invalid_client","error_description":"no such client"}"#, status: 401)
        }
        let project = try HTTPProject(
            """
            gw: { kind: http, url: "\(server.url)", auth: { oauth2_client_credentials: { token_url: "\(server.url)/token", \
            client_id: me, client_secret: nope } } }
            """)
        let run = try await project.run("  - { id: step, http: { get: /never-asked } }")
        try run.expect(
            "step", tells: "error | http.auth", "/token answered 401 Unauthorized, invalid_client: no such client",
            "client_id, client_secret and scope")
        #expect(server.requests.map(\.path) == ["/token"])
    }

    @Test func `auth is sent as basic or bearer, and the step's replaces the target's`() async throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let project = try HTTPProject(
            "gw: { kind: http, url: \"\(server.url)\", auth: { basic: { user: joe, password: secret } } }")
        let run = try await project.run(
            """
              - { http: { get: /basic } }
              - { http: { get: /bearer, auth: { bearer: abc } } }
              - { http: { get: /header, headers: { authorization: own } } }
              - { http: { get: /none, auth: none } }
              - { http: { get: "\(server.url)/absolute" } }
            """)
        run.expectAllPassed()
        let sent = server.requests.map { $0.header("authorization") }
        #expect(sent == ["Basic am9lOnNlY3JldA==", "Bearer abc", "own", nil, nil])
    }

    @Test func `scenarios share the connections of a target`() async throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let project = try HTTPProject("gw: { kind: http, url: \"\(server.url)\" }")
        for number in 0..<20 {
            try project.folder.write(
                "steps: [{ http: { get: /\(number) } }, { http: { get: /x } }]", to: "s/\(number).yaml")
        }
        try await project.run(["s", "--jobs", "1"]).expectAllPassed()
        #expect(server.requestCount == 40 && server.connectionCount == 1)
    }

    @Test func `a rate limit spaces the attempts, and waiting for it is no time of the attempt`() async throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let project = try HTTPProject("gw: { kind: http, url: \"\(server.url)\", rate_limit: 10/s }")
        let steps = (0..<5).map { "  - { id: r\($0), http: { get: / }, timeout: 90ms }" }
        let run = try await project.run(steps.joined(separator: "\n"))
        run.expectAllPassed()
        #expect(run.ended.duration > .milliseconds(350), "\(run.ended.duration)")
    }

    @Test func `the phases of a request add up`() async throws {
        let server = try SimpleHTTPServer { _ in
            var reply = HTTPReply.json("{}")
            reply.delay = .milliseconds(200)
            return reply
        }
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            """
              - http: { get: / }
                assert:
                  - .timing.total >= 200
                  - .timing.first_byte >= 195
                  - (.timing | .dns + .connect + .tls + .first_byte) <= .timing.total + 1
                  - .timing.tls == 0
                  - .ms >= .timing.total - 1
                  - .version == "1.1"
            """)
        run.expectAllPassed()
    }
}
