import Expressions
import PlumbTesting
import Testing

/// What a scenario says is what goes on the wire, byte for byte (language.md, `http`).
struct HTTPRequestTests {
    /// Runs steps against a server that answers every request with `{}`, and returns what it read.
    private func requests(
        _ steps: String, target: String = "", at location: SourceLocation = #_sourceLocation
    ) async throws -> [RecordedRequest] {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let project = try HTTPProject("gw: { kind: http, url: \"\(server.url)\"\(target) }")
        try project.folder.write("a,b\n", to: "data.csv")
        let run = try await project.run(steps, at: location)
        run.expectAllPassed(at: location)
        return server.requests
    }

    @Test func `every method is sent, those of one's own too`() async throws {
        let methods = ["get", "post", "put", "patch", "delete", "head", "options"]
        let steps = methods.map { "  - http: { \($0): /x }" } + ["  - http: { method: PURGE, path: /y }"]
        let sent = try await requests(steps.joined(separator: "\n"))
        #expect(sent.map(\.method) == methods.map { $0.uppercased() } + ["PURGE"])
    }

    @Test func `a query keeps what is there, repeats lists, drops null and encodes`() async throws {
        let sent = try await requests(
            """
              - http:
                  get: /q?a=1
                  query: { b: [1, 2], c: null, d: "a&b=c d/é", "e f": "", g: '${{ "x\\ny" }}', n: "${{ null }}" }
            """)
        #expect(sent.map(\.target) == ["/q?a=1&b=1&b=2&d=a%26b%3Dc%20d%2F%C3%A9&e%20f=&g=x%0Ay"])
    }

    @Test func `headers keep order, case and repetition`() async throws {
        let sent = try await requests(
            """
              - http:
                  get: /
                  headers: { X-B: one, x-a: [1, two], X-Empty: "", User-Agent: null, Accept: text/csv, x-null: null }
            """, target: ", headers: { X-Target: t, x-b: replaced }")
        let lines = try #require(sent.first).head.split(separator: "\r\n").dropFirst(2)
        // What Plumb adds stands around what was written: first what differs from request to request.
        let written = ["X-Target: t", "X-B: one", "x-a: 1", "x-a: two", "X-Empty:", "Accept: text/csv"]
        #expect(lines.dropFirst().dropLast().map { String($0) } == written)
        #expect([lines.first, lines.last].map { $0?.prefix { $0 != ":" } } == ["traceparent", "X-Plumb-Step"])
    }

    @Test func `bodies are sent byte for byte`() async throws {
        let sent = try await requests(
            """
              - http: { post: /, json: { z: 1.10, a: [no, 9007199254740993, "é"], m: null } }
              - http: { post: /, form: { a: "x&y=z +/é", b: [1, 2], n: null } }
              - http: { post: /, text: "line\\r\\nline\\n" }
              - http: { post: /, base64: AP8KDQ== }
              - http: { post: /, file: data.csv }
              - http: { post: /, graphql: { query: "{ a }", variables: { n: 1 }, operation: q } }
              - http: { post: /, headers: { content-type: application/vnd.x+json }, json: [] }
            """)
        #expect(
            sent.map(\.body) == [
                Array(#"{"z":1.10,"a":["no",9007199254740993,"é"],"m":null}"#.utf8),
                Array("a=x%26y%3Dz+%2B%2F%C3%A9&b=1&b=2".utf8), Array("line\r\nline\n".utf8), [0, 255, 10, 13],
                Array("a,b\n".utf8), Array(#"{"query":"{ a }","variables":{"n":1},"operationName":"q"}"#.utf8),
                Array("[]".utf8),
            ])
        #expect(sent.map { $0.header("content-type") }.first == "application/json")
        #expect(sent.last?.fields.filter { $0.name.lowercased() == "content-type" }.count == 1)
    }

    @Test func `a multipart body holds its parts`() async throws {
        let sent = try await requests(
            """
              - http:
                  post: /
                  multipart:
                    plain: text
                    "a\\"b": { file: data.csv, content_type: text/csv }
            """)
        let request = try #require(sent.first)
        let boundary = try #require(request.header("content-type")?.split(separator: "boundary=").last)
        #expect(
            request.text == """
                --\(boundary)\r
                Content-Disposition: form-data; name="plain"\r
                \r
                text\r
                --\(boundary)\r
                Content-Disposition: form-data; name="a%22b"; filename="data.csv"\r
                Content-Type: text/csv\r
                \r
                a,b
                \r
                --\(boundary)--\r

                """)
    }

    @Test func `a captured value with line breaks, quotes or ampersands injects nothing`() async throws {
        let server = try SimpleHTTPServer { request in
            request.path == "/evil"
                ? .json(#"{"text":"a\r\nEvil: 1\r\n\r\nGET /smuggled HTTP/1.1","more":"\"},&x=1"}"#)
                : .json("{}")
        }
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            """
              - { id: evil, http: { get: /evil }, capture: { evil: .body.text, more: .body.more } }
              - { id: header, http: { get: /h, headers: { X-A: "${{ $steps.evil.evil }}" } } }
              - { id: name, http: { get: /n, headers: "${{ {($steps.evil.evil): 1} }}" } }
              - { id: bearer, http: { get: /b, auth: { bearer: "${{ $steps.evil.evil }}" } } }
              - { id: path, http: { get: "/p/${{ $steps.evil.evil }}" } }
              - { id: query, http: { get: /q, query: { a: "${{ $steps.evil.evil }}" } } }
              - { id: form, http: { post: /f, form: { a: "${{ $steps.evil.more }}" } } }
              - { id: json, http: { post: /j, json: { a: "${{ $steps.evil.more }}" } } }
              - { id: part, http: { post: /m, multipart: { "a": { text: x, filename: "${{ $steps.evil.evil }}" } } } }
            """)
        for id in ["header", "name"] { try run.expect(id, tells: "error | http.header") }
        try run.expect("header", tells: "the value of 'X-A' has a line break or a NUL, and is not sent", "smuggle")
        try run.expect("bearer", tells: "error | http.credentials", "line break")
        #expect(
            server.requests.map(\.path).prefix(2) == [
                "/evil", "/p/a%0D%0AEvil%3A%201%0D%0A%0D%0AGET%20%2Fsmuggled%20HTTP%2F1.1",
            ])
        #expect(server.requests.allSatisfy { $0.header("evil") == nil && $0.path != "/smuggled" })
        let bodies = server.requests.map(\.text)
        #expect(bodies.contains("a=%22%7D%2C%26x%3D1"))
        #expect(bodies.contains(#"{"a":"\"},&x=1"}"#))
        #expect(bodies.contains { $0.contains("filename=\"a%0D%0AEvil") })
    }

    @Test func `numbers beyond a double stay exact, and the report says so`() async throws {
        let server = try SimpleHTTPServer { request in
            request.method == "GET" ? .json(#"{"id":9007199254740993,"price":0.12345678901234567890}"#) : .json("{}")
        }
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            """
              - { id: get, http: { get: / }, capture: { id: .body.id }, assert: ['.body.id == "9007199254740993"'] }
              - { http: { post: /, json: { id: "${{ $steps.get.id }}" }, query: { id: "${{ $steps.get.id }}" } } }
              - { id: less, http: { get: / }, assert: [.body.id > 5] }
            """)
        let sent = server.requests
        #expect(sent[1].text == #"{"id":"9007199254740993"}"# && sent[1].target == "/?id=9007199254740993")
        try run.expect("less", tells: "assert.unordered", "\"9007199254740993\"")
        #expect(run.output.contains("carried as exact text"))
    }

    @Test func `a length of the author's own is sent, and harms no later request`() async throws {
        let sent = try await requests(
            """
              - { http: { post: /short, text: abcdef, headers: { Content-Length: "2" } } }
              - { http: { get: /next } }
            """)
        #expect(sent.filter { $0.path == "/short" }.map(\.text) == ["ab"])
        #expect(sent.first { $0.path == "/next" }.map { $0.method == "GET" && $0.connection == 1 } == true)
    }

    @Test func `plan sends nothing, and says which status it takes for granted`() async throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let project = try HTTPProject("gw: { kind: http, url: \"\(server.url)\" }")
        try project.folder.write("steps: [{ http: { get: /x } }]", to: "scenario.yaml")
        let plan = try await project.command("plan", "scenario.yaml")
        #expect(plan.status == .exit(0) && plan.standardOutput.contains("GET \(server.url)/x"))
        #expect(plan.standardOutput.contains("status is 2xx (implied)"))
        #expect(server.connectionCount == 0)
    }

    @Test func `compression is asked for where the target wants it`() async throws {
        let sent = try await requests("  - http: { get: / }", target: ", compressed: true")
        #expect(sent.first?.header("accept-encoding")?.hasPrefix("gzip") == true)
    }

    @Test func `2xx is expected unless the step speaks of the status`() async throws {
        let server = try SimpleHTTPServer { _ in .json("{}", status: 404) }
        let run = try await HTTPProject("gw: { kind: http, url: \"\(server.url)\" }").run(
            """
              - { id: implied, http: { get: / } }
              - { id: expected, http: { get: / }, expect: { status: 404 } }
              - { id: asserted, http: { get: / }, assert: [.status < 500] }
              - { id: polled, http: { get: / }, until: .status == 404, within: 1s }
              - { id: accepted, http: { get: / }, expect: { error: null } }
            """)
        try run.expect("implied", tells: "failed | expect.implied", "status is 404", "expect: { status: 404 }")
        for id in ["expected", "asserted", "polled", "accepted"] {
            #expect(try run.step(id)["verdict"]?.string == "passed", "\(id)")
        }
    }
}
