import Testing

@testable import HTTPTransport

@Suite struct SSEParserTests {
    private func parse(_ pieces: [[UInt8]], _ parser: SSEParser = SSEParser()) throws -> [SSEParser.Event] {
        var parser = parser
        var events: [SSEParser.Event] = []
        for piece in pieces {
            try parser.take(piece.span) { event in
                events.append(event)
                return true
            }
        }
        return events
    }

    private func parse(_ text: String) throws -> [SSEParser.Event] { try parse([Array(text.utf8)]) }

    private func message(_ data: String, event: String = "message", id: String = "") -> SSEParser.Event {
        SSEParser.Event(event: event, data: data, id: id)
    }

    @Test func `an event is its lines up to an empty one`() throws {
        #expect(try parse("event: add\nid: 7\ndata: one\n\n") == [message("one", event: "add", id: "7")])
    }

    @Test func `several data lines are joined by line feeds`() throws {
        #expect(try parse("data: a\ndata\ndata: b\n\n") == [message("a\n\nb")])
    }

    @Test func `one space after the colon is dropped, no more`() throws {
        #expect(try parse("data:a\n\ndata: a\n\ndata:  a\n\n") == [message("a"), message("a"), message(" a")])
    }

    @Test func `an event without data is none, and its type is forgotten`() throws {
        #expect(try parse("event: x\n\ndata: a\n\n: comment\n\n\n") == [message("a")])
    }

    @Test func `the id stays for later events and an empty one clears it`() throws {
        let events = try parse("id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\nid: x\0y\ndata: d\n\n")
        #expect(events.map(\.id) == ["1", "1", "", ""])
    }

    @Test func `unknown fields and comments are read over`() throws {
        #expect(try parse(": hi\nfoo: bar\nfoo\ndata: a\nDATA: b\n\n") == [message("a")])
    }

    @Test func `an event that the stream cuts off is dropped`() throws {
        #expect(try parse("data: a\n\ndata: b\n") == [message("a")])
    }

    @Test func `the retry time is digits only`() throws {
        var parser = SSEParser()
        try parser.take(Array("retry: 3x\nretry: 250\nretry: -1\nretry:\n\n".utf8).span) { _ in true }
        #expect(parser.retry == 250)
    }

    @Test(arguments: ["\n", "\r", "\r\n"])
    func `every line end, a byte order mark and every cut give the same events`(end: String) throws {
        let text = "\u{FEFF}: c|data: é😀|data: b||event: x|data: y|||id: 1|data: [DONE]||".replacing("|", with: end)
        let bytes = Array(text.utf8)
        let expected = [message("é😀\nb"), message("y", event: "x"), message("[DONE]", id: "1")]
        #expect(try parse(bytes.map { [$0] }) == expected)
        for cut in bytes.indices {
            #expect(try parse([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected, "cut at \(cut)")
        }
    }

    @Test func `a byte order mark counts at the beginning only`() throws {
        #expect(try parse("data: a\n\n\u{FEFF}data: b\n\n") == [message("a")])
    }

    @Test func `invalid UTF-8 becomes the replacement character`() throws {
        #expect(try parse([Array("data: a".utf8) + [0xFF, 0x0A, 0x0A]]) == [message("a\u{FFFD}")])
    }

    @Test func `a receiver that wants no more gets no more`() throws {
        var parser = SSEParser()
        var count = 0
        try parser.take(Array("data: a\n\ndata: b\n\n".utf8).span) { _ in
            count += 1
            return false
        }
        #expect(count == 1)
    }

    @Test func `lines and events are bounded`() {
        let line = SSEParser(lineLimit: 100)
        #expect(throws: SSEParser.Overflow.self) { try parse([[UInt8](repeating: 0x61, count: 101)], line) }
        let event = SSEParser(eventLimit: 100)
        #expect(throws: SSEParser.Overflow.self) {
            try parse([Array(String(repeating: "data: 0123456789\n", count: 11).utf8)], event)
        }
    }
}
