import EventLoop
import PlumbTesting
import Testing

@testable import HTTPTransport

/// Where answers end, without a socket.
@Suite struct AnswerReaderTests {
    /// What came of an answer's bytes, and of the end of the connection behind them.
    private struct Reading: Equatable {
        var outcome: AnswerReader.Outcome
        var status: Int
        var headers: [HTTPHeader]
        var body: [UInt8]
        var failure: String?
    }

    private func read(
        _ pieces: [[UInt8]], method: String = "GET", closes: Bool = true, known: KnownLines? = nil
    ) throws -> Reading {
        let url = try ParsedURL.parse("http://a.test/").get().url
        let exchange = Exchange(
            HTTPRequest(method: method, url: url.text, maxBytes: 1 << 20), url: url, cookieHeader: nil, upload: nil,
            start: .now, known: known)
        var reader = AnswerReader()
        var outcome = AnswerReader.Outcome.wantsMore
        for piece in pieces where outcome == .wantsMore && !piece.isEmpty {
            outcome = piece.withUnsafeBytes { reader.take($0, for: exchange) }
        }
        if closes, outcome == .wantsMore { outcome = reader.end(for: exchange) }
        var failure: String?
        if case .failed(let kind, let message, _) = exchange.stop { failure = "\(kind): \(message)" }
        return Reading(
            outcome: outcome, status: exchange.head.status, headers: exchange.head.headers, body: exchange.body,
            failure: failure)
    }

    private func read(_ text: String, method: String = "GET", closes: Bool = true) throws -> Reading {
        try read([Array(text.utf8)], method: method, closes: closes)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nok", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", false),
        ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n", false),
    ])
    func `a connection serves again where the answer leaves it in order`(text: String, isReusable: Bool) throws {
        let reading = try read(text, closes: false)
        #expect(reading.outcome == .whole(isReusable: isReusable))
        #expect(reading.body == Array("ok".utf8))
    }

    @Test(arguments: [("GET", 204), ("GET", 304), ("HEAD", 200)])
    func `an answer without a body ends with its head`(method: String, status: Int) throws {
        let reading = try read("HTTP/1.1 \(status) X\r\nContent-Length: 5\r\n\r\n", method: method, closes: false)
        #expect(reading.outcome == .whole(isReusable: true))
        #expect(reading.status == status)
    }

    @Test func `a body without a length goes on until the connection closes`() throws {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nall of it"
        #expect(try read(text, closes: false).outcome == .wantsMore)
        #expect(try read(text).outcome == .whole(isReusable: false))
    }

    @Test(arguments: [
        ("", "reset: the server closed the connection without an answer"),
        ("HTT", "truncated: the connection closed within the headers"),
        ("HTXP/", "protocol: not an HTTP answer: it has no status line"),
        ("HTTP/1.1 200 OK\r\nA: b\r\n", "truncated: the connection closed within the headers"),
        ("HTTP/1.1\r\n\r\n", "protocol: not an HTTP answer: it begins 'HTTP/1.1'"),
        (
            "HTTP/1.1\r1 200\r\n\r\n",
            "protocol: not an HTTP answer: it has the version '1.1\\r1' where HTTP/1.1 was spoken"
        ),
        ("HTTP/2 200\r\n\r\n", "protocol: not an HTTP answer: it has the version '2' where HTTP/1.1 was spoken"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "protocol: the Transfer-Encoding 'gzip, chunked' was not asked for"
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n",
            "protocol: the chunks of the body are damaged after 2 bytes: one goes on behind its end"
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
            "truncated: the connection closed after 2 bytes of the body"
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nhel",
            "protocol: the chunks of the body are damaged after 2 bytes: there is no size where one must be"
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nT: 1\rX: 2\r\n\r\n",
            "protocol: the chunks of the body are damaged after 2 bytes: behind them a line has a CR without its LF"
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\rX",
            "protocol: the chunks of the body are damaged after 2 bytes: behind them a line has a CR without its LF"
        ),
        (
            "HTTP/1.1 200 OK\r\nX\rContent-Length: 2\r\n\r\nok",
            "protocol: not a valid HTTP answer: a header has no colon"
        ),
        (
            "HTTP/1.1 200 OK\r\n Content-Length: 2\r\n\r\nok",
            "protocol: not a valid HTTP answer: its first header begins with a blank"
        ),
        (
            "HTTP/1.1 200 OK\r\n\r!\nContent-Length: 2\r\n\r\nok",
            "protocol: not a valid HTTP answer: a line of its head begins with a CR"
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n\(String(repeating: "0", count: 17))\r\n\r\n",
            "protocol: the chunks of the body are damaged after 2 bytes: there is no size where one must be"
        ),
    ])
    func `what is amiss is said`(text: String, message: String) throws {
        let reading = try read(text)
        #expect(reading.outcome == .refused)
        #expect(reading.failure == message)
    }

    private static let answers = [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-A: 1\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nT: 1\r\n\r\n",
        "HTTP/1.0 404 Not Found\r\nX-Fold: a\r\n b\r\n\r\nuntil the end",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
    ]

    @Test(arguments: [1, 2, 3]) func `an answer means the same however it is cut`(seed: UInt64) throws {
        let words = ["HTTP/1.1", "\r\n", "chunked", ": ", "Content-Length", "0", "100", "\r\n\r\n", "\0", "\n"]
        for bytes in Mutations(of: Self.answers, words: words, count: 1500, seed: seed) {
            var whole = try read([bytes])
            var cut = try read(bytes.map { [$0] })
            // Whether bytes follow an answer is seen where they come along with it.
            if case .whole = whole.outcome, case .whole = cut.outcome {
                whole.outcome = .whole(isReusable: false)
                cut.outcome = .whole(isReusable: false)
            }
            #expect(cut == whole, "seed \(seed): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
        }
    }

    @Test(arguments: [1, 2, 3]) func `an answer means the same whatever earlier ones said`(seed: UInt64) throws {
        let words = ["HTTP/1.1", "\r\n", "chunked", ": ", "Content-Length", "0", "close", "\r\n\r\n", "gzip", "1"]
        let known = KnownLines()
        for answer in Self.answers { _ = try read([Array(answer.utf8)], known: known) }
        for (index, bytes) in Mutations(of: Self.answers, words: words, count: 1500, seed: seed).enumerated() {
            let method = index.isMultiple(of: 7) ? "HEAD" : "GET"
            let fresh = try read([bytes], method: method)
            let comment: Comment = "seed \(seed): \(String(decoding: bytes, as: UTF8.self).debugDescription)"
            #expect(try read([bytes], method: method, known: known) == fresh, comment)
            // The second time its head is among those that are known.
            #expect(try read([bytes], method: method, known: known) == fresh, comment)
        }
    }

    @Test func `a head that is known takes what is behind it from the answer itself`() throws {
        let known = KnownLines()
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\n\r\n"
        let (first, second) = (Array((head + "ok").utf8), Array((head + "no").utf8))
        #expect(try read([first], known: known).body == Array("ok".utf8))
        #expect(first.withUnsafeBytes { known.head(of: $0) }?.byteCount == head.utf8.count)
        #expect(try read([second], known: known).body == Array("no".utf8))
        // Where it came in pieces there is nothing to compare.
        #expect(
            try read([Array(second.prefix(20)), Array(second.dropFirst(20))], known: known).body == Array("no".utf8))
    }
}
