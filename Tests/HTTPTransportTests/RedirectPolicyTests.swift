import Testing

@testable import HTTPTransport

/// The decision alone, without a server.
@Suite struct RedirectPolicyTests {
    private let start = "https://a.test/dir/page?q=1"

    private func decide(
        _ request: HTTPRequest, status: Int = 302, location: String?, limit: Int = 5
    ) throws -> RedirectPolicy.Decision {
        var policy = RedirectPolicy(limit: limit, firstCookies: nil)
        let url = try ParsedURL.parse(request.url).get().url
        return policy.decide(
            request, at: url, status: status, location: location, cookies: { _ in nil }, resolve: url.resolve)
    }

    private func followed(_ request: HTTPRequest, status: Int = 302, to location: String) throws -> HTTPRequest? {
        if case .follow(let next) = try decide(request, status: status, location: location) { next } else { nil }
    }

    private func refusal(to location: String) throws -> String? {
        if case .refuse(let message, _) = try decide(HTTPRequest(url: start), location: location) {
            message
        } else {
            nil
        }
    }

    @Test(arguments: [
        (301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (307, "POST", "POST"), (308, "POST", "POST"),
        (302, "HEAD", "HEAD"), (303, "PUT", "GET"), (307, "DELETE", "DELETE"),
    ])
    func `the status decides the method and whether the body goes along`(
        status: Int, method: String, expected: String
    ) throws {
        let headers = [HTTPHeader("Content-Type", "text/plain"), HTTPHeader("X-Kept", "1")]
        let request = HTTPRequest(method: method, url: start, headers: headers, body: .bytes([1]))
        let next = try #require(try followed(request, status: status, to: "/next"))
        #expect(next.method == expected)
        #expect(next.url == "https://a.test/next")
        #expect(next.body.isNone == (expected == "GET"))
        #expect(next.header("x-kept") == "1")
        #expect((next.header("content-type") == nil) == (expected == "GET"))
    }

    @Test(arguments: [
        ("next", "https://a.test/dir/next"), ("?x=2", "https://a.test/dir/page?x=2"), ("../up", "https://a.test/up"),
        ("//b.test/x", "https://b.test/x"), ("http://b.test", "http://b.test/"), ("/a b", "https://a.test/a%20b"),
        ("/x#frag", "https://a.test/x"),
    ])
    func `a location is read relative to the URL`(location: String, expected: String) throws {
        #expect(try followed(HTTPRequest(url: start), to: location)?.url == expected)
    }

    @Test(arguments: [
        ("https://a.test/other", true), ("https://A.TEST:443/other", true), ("https://b.test/", false),
        ("http://a.test/", false), ("https://a.test:444/", false), ("https://a.test.b.test/", false),
    ])
    func `credentials stay with their origin`(location: String, areKept: Bool) throws {
        var request = HTTPRequest(
            url: start,
            headers: [
                HTTPHeader("AUTHORIZATION", "Bearer x"), HTTPHeader("Cookie", "a=b"), HTTPHeader("X-Api-Key", "k"),
                HTTPHeader("Host", "a.test"), HTTPHeader("Accept", "*/*"),
            ], credentialHeaders: ["x-api-key"])
        request.settings.tls.certificate = "cert.pem"
        request.settings.tls.key = "key.pem"
        let next = try #require(try followed(request, to: location))
        #expect(next.headers.map(\.name) == (areKept ? request.headers.map(\.name) : ["Accept"]))
        #expect((next.settings == request.settings) == areKept)
        #expect((next.settings.tls.key != nil) == areKept)
    }

    @Test(arguments: [
        ("file:///etc/passwd", "a redirect to 'file:'"), ("gopher://a.test/", "a redirect to 'gopher:'"),
        ("ftp://a.test/", "a redirect to 'ftp:'"), ("https://a.test:99999/", "is no URL"), ("http://", "is no URL"),
        ("https://user:secret@a.test:99999/", "is no URL"),
        ("http://user:secret@b.test/", "brings a user name"),
        ("/" + String(repeating: "x", count: 60_000), "over 8 KiB"),
    ])
    func `a bad location is refused`(location: String, words: String) throws {
        let message = try #require(try refusal(to: location))
        #expect(message.contains(words), "\(message)")
        #expect(!message.contains("secret"))
        #expect(message.count < 300)
    }

    @Test(arguments: [(200, "/x"), (300, "/x"), (304, "/x"), (302, nil), (399, "/x")] as [(Int, String?)])
    func `other answers are final`(status: Int, location: String?) throws {
        guard case .stop = try decide(HTTPRequest(url: start), status: status, location: location) else {
            Issue.record("it was not final")
            return
        }
    }

    @Test func `without a limit the redirect itself is the answer`() throws {
        guard case .stop = try decide(HTTPRequest(url: start), location: "/x", limit: 0) else {
            Issue.record("it was followed")
            return
        }
    }

    @Test func `a circle is told unless the cookies have changed`() throws {
        func wasRefused(cookies: @escaping (Int) -> String?) throws -> String? {
            var policy = RedirectPolicy(limit: 20, firstCookies: cookies(0))
            var request = HTTPRequest(url: "http://a.test/0")
            for hop in 1...4 {
                let url = try ParsedURL.parse(request.url).get().url
                let decision = policy.decide(
                    request, at: url, status: 302, location: "/\(hop % 2)", cookies: { _ in cookies(hop) },
                    resolve: url.resolve)
                switch decision {
                case .follow(let next): request = next
                case .refuse(let message, _): return message
                case .stop: return "stop"
                }
            }
            return nil
        }
        #expect(try wasRefused { _ in nil }?.contains("circle") == true)
        #expect(try wasRefused { "session=\($0)" } == nil)
    }

    @Test func `the number of redirects is limited`() throws {
        var policy = RedirectPolicy(limit: 2, firstCookies: nil)
        var request = HTTPRequest(url: "http://a.test/0")
        for hop in 1...3 {
            let url = try ParsedURL.parse(request.url).get().url
            let decision = policy.decide(
                request, at: url, status: 302, location: "/\(hop)", cookies: { _ in nil }, resolve: url.resolve)
            switch decision {
            case .follow(let next):
                #expect(hop <= 2)
                request = next
            case .refuse(let message, _):
                #expect(hop == 3 && message.hasPrefix("more than 2 redirects"))
            case .stop: Issue.record("it stopped")
            }
        }
        #expect(policy.followed.map(\.url) == ["http://a.test/1", "http://a.test/2"])
    }
}
