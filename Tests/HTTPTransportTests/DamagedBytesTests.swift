import PlumbTesting
import Testing

@testable import HTTPTransport

/// Streams, cookies, heads and codings that chance has damaged: each is taken or refused, within its bounds.
@Suite struct DamagedBytesTests {
    private static let streams = [
        "event: add\nid: 7\ndata: one\ndata: two\n\nretry: 250\n: comment\n\ndata: {\"choices\":[]}\n\n",
        "data: a\r\ndata:b\r\n\r\n\u{FEFF}data: c\r\rid\ndata\n\n", "data: [DONE]\n\n",
    ]

    @Test(arguments: [1, 2, 3]) func `a damaged event stream gives the same events however it is cut`(seed: UInt64)
        throws
    {
        for bytes in Mutations(of: Self.streams, words: ["data:", "\n\n", "id:", "retry: 99"], count: 1500, seed: seed)
        {
            let whole = events([bytes])
            #expect(events(bytes.map { [$0] }) == whole, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
            #expect(whole?.allSatisfy { $0.data.utf8.count <= bytes.count * 3 } ?? true)
        }
    }

    /// The events of a stream that comes in pieces; nil where a line or an event is too long.
    private func events(_ pieces: [[UInt8]]) -> [SSEParser.Event]? {
        var parser = SSEParser(lineLimit: 1000, eventLimit: 4000)
        var events: [SSEParser.Event] = []
        do {
            for piece in pieces {
                try parser.take(piece.span) { event in
                    events.append(event)
                    return true
                }
            }
        } catch {
            return nil
        }
        return events
    }

    private static let cookies = [
        "sid=abc; Path=/x; Domain=.a.test; Secure; HttpOnly; Max-Age=10",
        "lang = en; Expires=Fri, 15 Jan 2027 08:00:10 GMT",
        "a=\"q\"; SameSite=Lax; Path=relative; Max-Age=-5", "a=b; Expires=Thu, 01-Jan-70 00:00:00 GMT; Domain=test",
    ]

    @Test(arguments: [1, 2, 3]) func `a damaged cookie breaks no header and goes to no other host`(seed: UInt64) throws
    {
        let own = try ParsedURL.parse("https://sub.a.test/x/y").get().url
        let foreign = try ParsedURL.parse("https://b.test/x/y").get().url
        let words = ["=", ";", "Domain=", "Path=/", "Max-Age=9223372036854775807", "Expires=", ".", "99", "GMT"]
        for bytes in Mutations(of: Self.cookies, words: words, count: 2000, seed: seed) {
            let text = String(decoding: bytes, as: UTF8.self)
            var store = CookieStore()
            store.set(text, from: own.origin, path: own.path, now: 1_800_000_000)
            let sent = store.header(for: own.origin, path: own.path, now: 1_800_000_000) ?? ""
            #expect(
                !sent.unicodeScalars.contains { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F },
                "seed \(seed): \(text)")
            #expect(
                store.header(for: foreign.origin, path: foreign.path, now: 1_800_000_000) == nil,
                "seed \(seed): \(text)")
        }
    }

    @Test(arguments: [1, 2, 3]) func `a damaged head is taken line by line or refused`(seed: UInt64) {
        let heads = [
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\nSet-Cookie: a=b\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 301 Moved\r\nLocation: /x\r\nTransfer-Encoding: chunked\r\n\r\n",
        ]
        for bytes in Mutations(of: heads, words: ["HTTP/", ":", "\r\n", " 999 ", "\r\n\r\n"], count: 2000, seed: seed) {
            var head = ResponseHead()
            for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
                let line = Array(line) + [0x0A]
                guard (try? line.withUnsafeBytes { try head.take($0) }) != nil else { break }
            }
            #expect(head.status == 0 || (100...999).contains(head.status))
            #expect(head.headers.allSatisfy { !$0.name.isEmpty && !$0.value.unicodeScalars.contains("\n") })
        }
    }

    @Test(arguments: [("gzip", Coded.gzip), ("deflate", Coded.zlib), ("br", Coded.brotli), ("zstd", Coded.zstandard)])
    func `a damaged coding fails or gives bytes within the bound`(coding: String, bytes: [UInt8]) throws {
        for damaged in Mutations(of: [bytes], count: 1500, seed: 5) {
            let decoder = try ContentDecoder([HTTPHeader("content-encoding", coding)])
            var count = 0
            do {
                _ = try damaged.withUnsafeBytes { bytes in
                    try decoder.decode(bytes) { piece in
                        count += piece.count
                        return count < 1 << 20
                    }
                }
                try decoder.finish()
            } catch {
                #expect(error is CodingFailure)
            }
            #expect(count < 2 << 20)
        }
    }
}
