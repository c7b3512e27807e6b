import Diagnostics
import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

struct HTTPParsingTests {
    static let wrong: [Wrong] = [
        Wrong("http.method", "1️⃣/health2️⃣", "write 'http: { get: /path }'"),
        Wrong("http.method", "1️⃣path2️⃣: /x", "write 'get: /path', or 'method' with 'path'"),
        Wrong("http.method", "{ get: /a, 1️⃣post2️⃣: /b }", "make two steps of it"),
        Wrong("http.method", "{ method: 1️⃣'G ET'2️⃣, path: /a }", "it holds a space"),
        Wrong("http.method", "{ method: 1️⃣GÉT2️⃣, path: /a }", #"it holds \u{C9}"#),
        Wrong("http.method", "{ method: 1️⃣get2️⃣, path: /a }", "write 'GET'"),
        Wrong("http.path", "{ 1️⃣method2️⃣: PURGE }", "add 'path: /…'"),
        Wrong("http.path", "{ get: /a, 1️⃣path2️⃣: /b }", "remove 'path', or write 'method' in place of 'get'"),
        Wrong("http.path", "{ get: 1️⃣v1/users2️⃣ }", "write '/v1/users'"),
        Wrong("http.path", "{ get: 1️⃣example.test/users2️⃣ }", "write 'http://example.test/users'"),
        Wrong("http.path", "{ get: '1️⃣ftp2️⃣://host/x' }", "write http:// or https://"),
        Wrong("http.path", "{ get: 1️⃣'http://'2️⃣ }", "write http://HOST/PATH"),
        Wrong("http.path", #"{ get: 1️⃣"/a\r\nX: y"2️⃣ }"#, "percent-encode or remove it"),
        Wrong("http.fragment", "{ get: /a1️⃣#top2️⃣ }", "write %23 for the character itself"),
        Wrong("http.body", "{ post: /a, json: {}, 1️⃣text2️⃣: x }", "keep one of them"),
        Wrong("http.body", "{ head: /a, 1️⃣json2️⃣: {} }", "remove it, or use another method"),
        Wrong("http.header", "{ get: /a, headers: { 1️⃣'x y'2️⃣: z } }", "it holds a space"),
        Wrong("http.header", "{ get: /a, headers: { 1️⃣'x:y'2️⃣: z } }", "it holds ':'"),
        Wrong(
            "http.header", #"{ get: /a, headers: { x: 1️⃣"a\r\nevil: 1"2️⃣ } }"#,
            "write it in one line; a block scalar ends with '|-' or '>-'"),
        Wrong(
            "http.header", #"{ get: /a, headers: { x: 1️⃣"a\n${{ $vars.x }}"2️⃣ } }"#,
            "write it in one line; a block scalar ends with '|-' or '>-'"),
        Wrong("http.value", "{ get: /a, query: 1️⃣a=b2️⃣ }", "write 'query: { name: value }'"),
        Wrong(
            "http.value", "{ get: /a, query: { f: 1️⃣{ a: 1 }2️⃣ } }",
            "write a text, or a list of texts, which is sent once per element"),
        Wrong("http.value", "{ post: /a, form: 1️⃣[a, b]2️⃣ }", "write 'form: { name: value }'"),
        Wrong("http.json-number", "{ post: /a, json: { x: [1️⃣.inf2️⃣] } }", "quote it to send it as text"),
        Wrong("http.base64", "{ post: /a, base64: 1️⃣a$b2️⃣ }", "send plain text with 'text'"),
        Wrong("http.stream", "{ get: /a, stream: 1️⃣ws2️⃣ }", "write 'stream: sse' for server-sent events"),
        Wrong("http.stream", "{ get: /a, 1️⃣max_events2️⃣: 3 }", "add 'stream: sse'"),
        Wrong("http.setting", "{ get: /a, stream: sse, max_events: 1️⃣02️⃣ }", "write 1 or more"),
        Wrong("http.setting", "{ get: /a, follow_redirects: 1️⃣-12️⃣ }", "write 0 or more"),
        Wrong(
            "http.credentials", "{ get: /a, auth: 1️⃣secret2️⃣ }",
            "write 'auth: { bearer: … }' or 'auth: { basic: { user: …, password: … } }'"),
        Wrong("http.credentials", "{ get: /a, auth: 1️⃣{}2️⃣ }", "write one of the two"),
        Wrong(
            "http.credentials", "{ get: /a, auth: { basic: { user: 1️⃣'a:b'2️⃣, password: c } } }",
            "write the header 'authorization' yourself if the server wants it so"),
        Wrong(
            "http.credentials", "{ get: /a, auth: { bearer: t }, headers: { 1️⃣Authorization2️⃣: x } }",
            "keep one of them"),
        Wrong(
            "http.multipart", "{ post: /a, multipart: { f: 1️⃣{ text: a, file: b }2️⃣ } }",
            "a part has either 'file' or 'text'"),
        Wrong("http.multipart", "{ post: /a, multipart: { f: 1️⃣{}2️⃣ } }", "a part has either 'file' or 'text'"),
        Wrong("http.misplaced-key", "{ get: /a, 1️⃣expect2️⃣: { status: 200 } }", "indent 'expect' as far as 'http'"),
        Wrong("syntax.unknown-key", "{ get: /a, 1️⃣querry2️⃣: {} }", "did you mean 'query'?"),
        Wrong("syntax.unknown-key", "{ 1️⃣gett2️⃣: /a }", "did you mean 'get'?"),
        Wrong("syntax.unknown-key", "{ post: /a, 1️⃣body2️⃣: {} }", "here it is called 'json'"),
        Wrong("syntax.missing-key", "{ post: /a, graphql: 1️⃣{ variables: {} }2️⃣ }", "add 'query': text"),
        Wrong("syntax.template-in-key", "{ post: /a, json: { 1️⃣'${{ $vars.k }}'2️⃣: 1 } }", ""),
    ]

    @Test(arguments: wrong) func `a problem is told once, at its place`(_ wrong: Wrong) throws {
        let marked = MarkedText(wrong.text)
        let parsed = Parsed(marked.text)
        let problem = try #require(parsed.diagnostics.first)
        #expect(parsed.diagnostics.map(\.code.id) == [wrong.code])
        #expect(problem.primary?.span.range == marked["1️⃣", "2️⃣"])
        #expect(problem.hint?.text ?? "" == wrong.hint)
    }

    @Test func `each code that a request can have is listed once for explain`() {
        let ids = Diagnostic.Code.allHTTPCodes.map(\.id) + Diagnostic.Code.allExecCodes.map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(Set(Self.wrong.map(\.code).filter { $0.hasPrefix("http.") }).isSubset(of: ids))
    }

    @Test(arguments: [
        "{ get: / }", "{ get: /a, json: { a: 1 } }", "{ method: PROPFIND, path: /a }",
        "{ get: 'https://host/a?b=c' }", "{ get: '${{ $vars.url }}' }", "{ get: '${{ $vars.url }}/x' }",
        "{ post: /a, query: { a: [1, 2], b: null }, form: { c: d }, follow_redirects: true, max_bytes: 10KiB }",
        "{ post: /a, graphql: { query: '{ me { id } }', variables: { a: 1 }, operation: Me }, cookies: false }",
        "{ get: /a, query: '${{ $vars.query }}', headers: '${{ $vars.headers }}', auth: none }",
        "{ post: /a, multipart: { a: b, c: { file: d, content_type: text/csv, filename: e }, f: [{ text: g }, h] } }",
    ]) func `what the language has is taken`(_ yaml: String) {
        let parsed = Parsed(yaml)
        #expect(parsed.diagnostics.isEmpty)
        #expect(parsed.request != nil)
    }

    @Test func `a request says what it needs and what it is`() throws {
        let get = try Parsed.request("{ get: /a }")
        #expect(get.needsTarget && get.isIdempotent && get.codesOfNothingToUndo.isEmpty)
        #expect(get.impliedExpectation?.holds(204) == true)
        #expect(get.impliedExpectation?.holds(302) == false)
        #expect(!get.resultFields.contains { $0.name == "ttft_ms" })
        let delete = try Parsed.request("{ delete: 'http://h/a' }")
        #expect(!delete.needsTarget && delete.isIdempotent && delete.codesOfNothingToUndo == ["404", "410"])
        let post = try Parsed.request("{ post: /a, stream: sse }")
        #expect(!post.isIdempotent && post.resultFields.contains { $0.name == "ttft_ms" })
        let late = try Parsed.request("{ method: '${{ $case.m }}', path: '${{ $vars.p }}' }")
        #expect(!late.isIdempotent && late.needsTarget)
    }
}
