import Testing

@testable import HTTPTransport

@Suite struct CookieTests {
    private let now: Int64 = 1_800_000_000

    private func origin(_ url: String) throws -> ParsedURL { try ParsedURL.parse(url).get().url }

    /// Sets cookies from one place and tells what goes to another.
    private func sent(_ cookies: [String], from: String, to: String, after seconds: Int64 = 0) throws -> String? {
        var store = CookieStore()
        let from = try origin(from)
        for cookie in cookies { store.set(cookie, from: from.origin, path: from.path, now: now) }
        let to = try origin(to)
        return store.header(for: to.origin, path: to.path, now: now + seconds)
    }

    @Test(
        arguments: [
            ("a=b", "http://a.test/", "http://a.test/x", "a=b"),
            ("a=b", "http://a.test/", "http://a.test:8080/", "a=b"),
            ("a=b", "http://a.test/", "http://b.test/", nil),
            ("a=b", "http://a.test/", "http://sub.a.test/", nil),
            ("a=b; Domain=a.test", "http://a.test/", "http://sub.a.test/", "a=b"),
            ("a=b; Domain=.A.test", "http://sub.a.test/", "http://a.test/", "a=b"),
            ("a=b; Domain=a.test", "http://a.test/", "http://xa.test/", nil),
            ("a=b; Domain=b.test", "http://a.test/", "http://b.test/", nil),
            ("a=b; Domain=test", "http://a.test/", "http://b.test/", nil),
            ("a=b; Domain=127.0.0.1", "http://127.0.0.1/", "http://127.0.0.1/", "a=b"),
            ("a=b; Domain=0.0.1", "http://127.0.0.1/", "http://127.0.0.1/", nil),
            ("a=b; Path=/x", "http://a.test/", "http://a.test/x", "a=b"),
            ("a=b; Path=/x", "http://a.test/", "http://a.test/x/y", "a=b"),
            ("a=b; Path=/x", "http://a.test/", "http://a.test/xy", nil),
            ("a=b; Path=/x/", "http://a.test/", "http://a.test/x", nil),
            ("a=b", "http://a.test/x/y", "http://a.test/x/z", "a=b"),
            ("a=b", "http://a.test/x/y", "http://a.test/", nil),
            ("a=b; Path=relative", "http://a.test/x/y", "http://a.test/x/", "a=b"),
            ("a=b; Secure", "https://a.test/", "https://a.test/", "a=b"),
            ("a=b; Secure", "https://a.test/", "http://a.test/", nil),
            ("a=b; Secure", "http://a.test/", "https://a.test/", nil),
            ("a=b; Secure", "http://127.0.0.1/", "http://127.0.0.1/", "a=b"),
            ("a=", "http://a.test/", "http://a.test/", "a="),
            (" a = b = c ; HttpOnly", "http://a.test/", "http://a.test/", "a=b = c"),
            ("a=\"q\"", "http://a.test/", "http://a.test/", "a=\"q\""),
            ("nothing", "http://a.test/", "http://a.test/", nil),
            ("=x", "http://a.test/", "http://a.test/", nil),
            ("a=b\u{1}c", "http://a.test/", "http://a.test/", nil),
        ] as [(String, String, String, String?)])
    func `a cookie goes where it belongs`(cookie: String, from: String, to: String, expected: String?) throws {
        #expect(try sent([cookie], from: from, to: to) == expected)
    }

    @Test(
        arguments: [
            ("Max-Age=10", 9, true), ("Max-Age=10", 10, false), ("Max-Age=0", 0, false), ("Max-Age=-5", 0, false),
            ("Max-Age=99999999999999999999", 1000, true), ("Max-Age=x", 1000, true),
            ("Expires=Fri, 15 Jan 2027 08:00:10 GMT", 9, true), ("Expires=Fri, 15 Jan 2027 08:00:10 GMT", 10, false),
            ("Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0, false), ("Expires=yesterday", 1000, true),
            ("Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=10", 5, true),
        ] as [(String, Int64, Bool)])
    func `a cookie lives as long as it says`(attribute: String, seconds: Int64, isSent: Bool) throws {
        let header = try sent(["a=b; \(attribute)"], from: "http://a.test/", to: "http://a.test/", after: seconds)
        #expect((header != nil) == isSent)
    }

    @Test(
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
            ("Sun Nov  6 08:49:37 1994", 784_111_777), ("1 Jan 1970 00:00:00", 0),
            ("29 Feb 2024 12:00:00", 1_709_208_000),
            ("31 Dec 1969 23:59:59", -1), ("32 Jan 2020 00:00:00", nil), ("1 Jan 2020 25:00:00", nil), ("", nil),
            ("1 Jan 99999 00:00:00", nil),
        ] as [(String, Int64?)])
    func `dates are read in every spelling`(text: String, expected: Int64?) {
        #expect(CookieDate.seconds(text) == expected)
    }

    @Test func `a new value replaces the old and an expired one removes it`() throws {
        #expect(try sent(["a=1", "b=2", "a=3"], from: "http://a.test/", to: "http://a.test/") == "a=3; b=2")
        #expect(try sent(["a=1", "b=2", "a=; Max-Age=0"], from: "http://a.test/", to: "http://a.test/") == "b=2")
    }

    @Test func `longer paths come first`() throws {
        let cookies = ["a=1; Path=/", "b=2; Path=/x/y", "c=3; Path=/x"]
        #expect(try sent(cookies, from: "http://a.test/", to: "http://a.test/x/y") == "b=2; c=3; a=1")
    }

    @Test func `a store keeps the newest thousand`() throws {
        let header = try sent((0..<1500).map { "n\($0)=" }, from: "http://a.test/", to: "http://a.test/")
        #expect(header?.split(separator: ";").count == 1000)
        #expect(header?.contains("n1499=") == true)
    }
}
