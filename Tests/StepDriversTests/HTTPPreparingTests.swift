import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

/// What goes on the wire, read by a server.
struct HTTPPreparingTests {
    private static func sent(_ yaml: String, target extra: String = "", scope: FixedScope = FixedScope()) async throws
        -> RecordedRequest
    {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        _ = try await drive { driving in
            driving.scope = scope
            return try await driving.run(yaml, target: "{ url: '\(server.url)'\(extra) }")
        }
        return try #require(server.requests.first)
    }

    private static func failure(
        _ yaml: String, _ scope: FixedScope, target settings: String? = "{ url: 'http://h' }"
    ) throws -> FailureReport {
        let request = try Parsed.request(yaml)
        let resolved = try settings.map { try target($0) }
        do throws(StepFailure) {
            _ = try request.prepare(scope, target: resolved)
        } catch {
            return error.report
        }
        Issue.record("the request was prepared")
        return FailureReport(code: "", verdict: .passed, message: "")
    }

    static let addresses: [(String, [String: Value], String)] = [
        ("/users/${{ $vars.id }}", ["$vars.id": "a/b?c#d e%"], "/users/a%2Fb%3Fc%23d%20e%25"),
        ("/users/${{ $vars.id }}/x", ["$vars.id": ".."], "/users/%2E%2E/x"),
        ("/users/.${{ $vars.id }}/x", ["$vars.id": "."], "/users/%2E%2E/x"),
        ("/users/${{ $vars.id }}", ["$vars.id": 7], "/users/7"),
        ("/users/${{ $vars.id }}", ["$vars.id": "é\r\nX: y"], "/users/%C3%A9%0D%0AX%3A%20y"),
        ("/find?q=${{ $vars.id }}&n=1", ["$vars.id": "a&b=c+d"], "/find?q=a%26b%3Dc%2Bd&n=1"),
        ("/a b/ü", [:], "/a%20b/%C3%BC"),
        ("/a%2Fb/../c", [:], "/a%2Fb/../c"),
        ("${{ $vars.id }}", ["$vars.id": "/as/it?is=%20"], "/as/it?is=%20"),
        ("${{ $vars.id }}/b/${{ $vars.x }}", ["$vars.id": "/a", "$vars.x": "c/d"], "/a/b/c%2Fd"),
    ]

    @Test(arguments: addresses) func `a value stays inside its part of the address`(
        _ path: String, _ values: [String: Value], _ expected: String
    ) async throws {
        let request = try await Self.sent("{ get: '\(path)' }", scope: FixedScope(values: values))
        #expect(request.target == expected)
    }

    @Test func `a query is encoded, a list repeated, null dropped, what is there kept`() async throws {
        let scope = FixedScope(values: ["$vars.none": nil, "$vars.ids": ["x", nil, 2], "$vars.id": "ä&"])
        let request = try await Self.sent(
            """
            get: /a?first=1
            query: { q: 'a b', v: 1.10, none: "${{ $vars.none }}", ids: "${{ $vars.ids }}", 'k&': "<${{ $vars.id }}>",
              list: [yes, 007], empty: '' }
            """, scope: scope)
        #expect(
            request.target
                == "/a?first=1&q=a%20b&v=1.10&ids=x&ids=2&k%26=%3C%C3%A4%26%3E&list=yes&list=007&empty=")
    }

    @Test func `the path of the target's url comes first`() async throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        _ = try await drive { try await $0.run("{ get: /users }", target: "{ url: '\(server.url)/api/v2/' }") }
        #expect(server.requests.first?.target == "/api/v2/users")
    }

    @Test func `headers keep order and spelling, and replace the target's by name`() async throws {
        let scope = FixedScope(values: ["$vars.none": nil])
        let request = try await Self.sent(
            "{ get: /a, headers: { X-B: 2, x-a: [1, '2'], X-Gone: '${{ $vars.none }}', accept: text/html } }",
            target: ", headers: { X-Kept: 1.10, X-A: old, x-gone: old }", scope: scope)
        let fields = request.fields.map { "\($0.name): \($0.value)" }.filter { !$0.hasPrefix("Host:") }
        #expect(fields == ["User-Agent: plumb/9.9", "X-Kept: 1.10", "X-B: 2", "x-a: 1", "x-a: 2", "accept: text/html"])
    }

    @Test func `what Plumb sends by itself can be dropped`() async throws {
        let request = try await Self.sent("{ get: /a, headers: { user-agent: null, Accept: null } }")
        #expect(request.fields.map(\.name) == ["Host"])
    }

    @Test(arguments: ["a\r\nEvil: 1", "a\nb", "a\0b"]) func `a header cannot be smuggled in by a value`(
        _ value: String
    ) throws {
        let scope = FixedScope(values: ["$vars.x": .string(value)])
        let report = try Self.failure("{ get: /a, headers: { x: '<${{ $vars.x }}>' } }", scope)
        #expect(report.code == "http.header")
        #expect(report.verdict == .error)
        #expect(report.place?.column == 26)
        let bearer = try Self.failure("{ get: /a, auth: { bearer: '${{ $vars.x }}' } }", scope)
        #expect(bearer.code == "http.credentials")
    }

    @Test func `JSON keeps the order of its keys and the digits of its numbers`() async throws {
        let scope = FixedScope(values: [
            "$vars.n": 5, "$vars.s": "say \"hi\"", "$vars.o": ["k": [true, nil]],
            "$vars.nanoseconds": 1_234_567_890_500_000_000,
        ])
        let request = try await Self.sent(
            """
            post: /a
            json:
              z: 1.10
              a: 9007199254740993
              n: "${{ $vars.n }}"
              s: "<${{ $vars.s }}>"
              o: ${{ $vars.o }}
              text: '1.10'
              t: ${{ $vars.nanoseconds }}
              "no": no
              list: [0x10, 1e3, ~, true, {}]
            """, scope: scope)
        #expect(
            request.text
                == #"{"z":1.10,"a":9007199254740993,"n":5,"s":"<say \"hi\">","o":{"k":[true,null]},"text":"1.10","#
                + #""t":1234567890500000000,"no":"no","list":[16,1e3,null,true,{}]}"#)
        #expect(request.header("content-type") == "application/json")
    }

    @Test func `a content type that is written is the only one`() async throws {
        let request = try await Self.sent(
            "{ post: /a, json: {}, headers: { content-type: application/vnd.api+json } }")
        #expect(
            request.fields.filter { $0.name.lowercased() == "content-type" }.map(\.value) == [
                "application/vnd.api+json"
            ])
        let none = try await Self.sent("{ post: /a, text: x, headers: { content-type: null } }")
        #expect(none.header("content-type") == nil)
    }

    @Test func `a form is encoded, so that a value stays one`() async throws {
        let scope = FixedScope(values: ["$vars.x": "1&admin=true", "$vars.none": nil])
        let request = try await Self.sent(
            "{ post: /a, form: { 'a b': 'c d', x: '${{ $vars.x }}', n: '${{ $vars.none }}', l: [1, 2] } }", scope: scope
        )
        #expect(request.text == "a+b=c+d&x=1%26admin%3Dtrue&l=1&l=2")
        #expect(request.header("content-type") == "application/x-www-form-urlencoded")
    }

    @Test func `a multipart body is the same each time`() async throws {
        let folder = try TemporaryFolder()
        let scope = FixedScope(files: ["data/a.csv": try folder.write("x,y\n", to: "a.csv")])
        let yaml = """
            post: /a
            multipart:
              'na"me': value
              file: { file: data/a.csv, content_type: text/csv }
              note: { text: hi, filename: n.txt }
            """
        let first = try await Self.sent(yaml, scope: scope)
        let second = try await Self.sent(yaml, scope: scope)
        #expect(first.body == second.body)
        let type = try #require(first.header("content-type"))
        let boundary = try #require(type.split(separator: "=").last)
        #expect(type == "multipart/form-data; boundary=\(boundary)")
        let expected = [
            "--\(boundary)", "Content-Disposition: form-data; name=\"na%22me\"", "", "value",
            "--\(boundary)", "Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"",
            "Content-Type: text/csv", "", "x,y\n",
            "--\(boundary)", "Content-Disposition: form-data; name=\"note\"; filename=\"n.txt\"", "", "hi",
            "--\(boundary)--", "",
        ]
        #expect(first.text == expected.joined(separator: "\r\n"))
    }

    @Test func `a file is sent, and one that is missing is told before anything is sent`() async throws {
        let folder = try TemporaryFolder()
        let scope = FixedScope(files: ["a.bin": try folder.write([0, 255, 10], to: "a.bin")])
        let request = try await Self.sent("{ put: /a, file: a.bin }", scope: scope)
        #expect(request.body == [0, 255, 10])
        #expect(request.header("content-type") == "application/octet-stream")
        #expect(try Self.failure("{ put: /a, file: b.bin }", scope).code == "file.unreadable")
        #expect(try Self.failure("{ put: /a, multipart: { f: { file: b.bin } } }", scope).code == "file.unreadable")
    }

    @Test func `base64 is decoded, and what is none is refused`() async throws {
        let scope = FixedScope(values: ["$vars.b": "not base64!"])
        #expect(try await Self.sent("{ put: /a, base64: 'AP8K' }").body == [0, 255, 10])
        #expect(try Self.failure("{ put: /a, base64: '${{ $vars.b }}' }", scope).code == "http.base64")
    }

    @Test func `a GraphQL request has the members of its interface`() async throws {
        let scope = FixedScope(values: ["$vars.id": 3])
        let request = try await Self.sent(
            "{ post: /graphql, graphql: { query: 'query Q($id: Int) { u(id: $id) }', variables: { id: '${{ $vars.id }}' }, "
                + "operation: Q } }", scope: scope)
        #expect(
            request.text
                == #"{"query":"query Q($id: Int) { u(id: $id) }","variables":{"id":3},"operationName":"Q"}"#)
    }

    @Test func `a whole URL goes to its own place, without the target's headers and credentials`() async throws {
        let other = try SimpleHTTPServer { _ in .json("{}") }
        let scope = FixedScope(values: ["$vars.url": .string(other.url + "/x?y=1")])
        _ = try await drive { driving in
            driving.scope = scope
            return try await driving.run(
                "{ get: '${{ $vars.url }}' }",
                target: "{ url: 'http://127.0.0.1:1', headers: { x-key: k }, auth: { bearer: secret } }")
        }
        let request = try #require(other.requests.first)
        #expect(request.target == "/x?y=1")
        #expect(request.header("x-key") == nil && request.header("authorization") == nil)
    }

    @Test(arguments: [
        ("", ", auth: { bearer: t0k }", "Bearer t0k"),
        ("", ", auth: { basic: { user: u, password: 'p:w' } }", "Basic dTpwOnc="),
        (", auth: { bearer: own }", ", auth: { bearer: t0k }", "Bearer own"),
        (", auth: { basic: { user: a, password: b } }", "", "Basic YTpi"),
        (", headers: { AUTHORIZATION: mine }", ", auth: { bearer: t0k }", "mine"),
        (", auth: none", ", auth: { bearer: t0k }", nil),
        (", headers: { authorization: null }", ", auth: { bearer: t }", nil),
    ]) func `credentials are the step's own before the target's`(
        _ step: String, _ target: String, _ expected: String?
    ) async throws {
        let request = try await Self.sent("{ get: /a\(step) }", target: target)
        #expect(
            request.fields.filter { $0.name.lowercased() == "authorization" }.map(\.value)
                == [expected].compactMap { $0 })
    }

    @Test func `compression is asked for only where the target wants it`() async throws {
        #expect(try await Self.sent("{ get: /a }").header("accept-encoding") == nil)
        let asked = try await Self.sent("{ get: /a }", target: ", compressed: true").header("accept-encoding")
        #expect(asked?.contains("gzip") == true)
    }

    static let refusals: [(String, [String: Value], String?, String)] = [
        ("{ get: /a }", [:], nil, "the path '/a' needs a target"),
        (
            "{ get: '/a/${{ $vars.x }}' }", ["$vars.x": nil], "{ url: 'http://h' }",
            "an address needs text, and '$vars.x' is null"
        ),
        (
            "{ get: '${{ $vars.x }}' }", ["$vars.x": "users"], "{ url: 'http://h' }",
            "'users' is neither a path nor a URL"
        ),
        (
            "{ get: '${{ $vars.x }}' }", ["$vars.x": "file:///etc"], "{ url: 'http://h' }",
            "'file:///etc' is neither a path nor a URL"
        ),
        (
            "{ get: 'http://${{ $vars.x }}/a' }", ["$vars.x": "h@evil"], "{ url: 'http://h' }",
            "'h@evil' cannot stand in the host of a URL"
        ),
        (
            "{ get: '${{ $vars.x }}' }", ["$vars.x": "/a\r\nb"], "{ url: 'http://h' }",
            "an address cannot hold a control character"
        ),
        (
            "{ method: '${{ $vars.x }}', path: /a }", ["$vars.x": "GET /"], "{ url: 'http://h' }",
            "'GET /' is no HTTP method"
        ),
        (
            "{ method: '${{ $vars.x }}', path: /a, text: b }", ["$vars.x": "HEAD"], "{ url: 'http://h' }",
            "a HEAD request has no body"
        ),
        (
            "{ get: /a, query: { q: '${{ $vars.x }}' } }", ["$vars.x": ["a": 1]], "{ url: 'http://h' }",
            "'q' in 'query' takes text, found object"
        ),
        (
            "{ get: /a, max_bytes: '${{ $vars.x }}' }", ["$vars.x": "many"], "{ url: 'http://h' }",
            "expected a size such as 10MiB, found 'many'"
        ),
        ("{ get: /a }", [:], "{ url: 'h:80' }", "target 'gateway' has the url 'h:80', which is none"),
        ("{ get: /a }", [:], "{ url: 'http://h?x=1' }", "target 'gateway' has a url with a space, a '?' or a '#'"),
        ("{ get: /a }", [:], "{ url: 'http://h', http_version: 4 }", "target 'gateway' has no HTTP version '4'"),
    ]

    @Test(arguments: refusals) func `what cannot be sent is refused with its reason`(
        _ yaml: String, _ values: [String: Value], _ target: String?, _ message: String
    ) throws {
        #expect(try Self.failure(yaml, FixedScope(values: values), target: target).message == message)
    }
}
