import EventLoop
import Testing

@testable import FaultProxy

/// What becomes of bytes, decided without a socket or a clock.
@Suite struct PassageTests {
    private let start = Instant.now

    private func troubles(_ change: (inout Trouble) -> Void) -> Troubles {
        var trouble = Trouble()
        change(&trouble)
        var troubles = Troubles()
        troubles.add([trouble], strike: 1, seed: 7)
        return troubles
    }

    private func text(_ outcome: Passage.Outcome) -> String {
        String(decoding: outcome.pieces.flatMap(\.bytes), as: UTF8.self)
    }

    @Test func `latency holds answers back and lets requests through`() {
        var troubles = troubles { $0.latency = .milliseconds(300) }
        var passage = Passage(seed: 1)
        let request = passage.take(Array("ask".utf8), .request, at: start, &troubles)
        #expect(request.pieces.map(\.release) == [start])
        let answer = passage.take(Array("say".utf8), .response, at: start, &troubles)
        #expect(answer.pieces.map(\.release) == [start + .milliseconds(300)])
        #expect(passage.strikes == [1])
    }

    @Test func `jitter stays within its bound and bytes keep their order`() {
        var troubles = troubles {
            $0.latency = .milliseconds(100)
            $0.jitter = .milliseconds(50)
        }
        var passage = Passage(seed: 3)
        var last = start
        for _ in 0..<200 {
            let outcome = passage.take([1], .response, at: start, &troubles)
            let release = outcome.pieces[0].release
            #expect(release >= last && release <= start + .milliseconds(150))
            last = release
        }
        #expect(last > start + .milliseconds(50))
    }

    @Test func `bandwidth takes the time that all bytes need`() {
        var troubles = troubles { $0.bandwidth = 1000 }
        var passage = Passage(seed: 1)
        let outcome = passage.take([UInt8](repeating: 1, count: 500), .response, at: start, &troubles)
        #expect(outcome.pieces.count == 10)
        #expect(outcome.pieces.last?.release == start + .milliseconds(500))
        let next = passage.take([UInt8](repeating: 1, count: 500), .response, at: start, &troubles)
        #expect(next.pieces.last?.release == start + .seconds(1))
    }

    @Test func `slices are small and come one after another`() {
        var troubles = troubles { $0.slice = 2 }
        var passage = Passage(seed: 1)
        let outcome = passage.take(Array("abcde".utf8), .response, at: start, &troubles)
        #expect(outcome.pieces.map(\.bytes.count) == [2, 2, 1])
        #expect(text(outcome) == "abcde")
        #expect(outcome.pieces[2].release > outcome.pieces[0].release)
    }

    @Test func `truncate counts over the chunks of one answer and begins anew with the next`() {
        var troubles = troubles { $0.truncateAfter = 5 }
        var passage = Passage(seed: 1)
        _ = passage.take([1], .request, at: start, &troubles)
        let first = passage.take(Array("abc".utf8), .response, at: start, &troubles)
        #expect(first.end == nil && text(first) == "abc")
        let second = passage.take(Array("defg".utf8), .response, at: start, &troubles)
        #expect(second.end == .close && text(second) == "de")
        _ = passage.take([1], .request, at: start, &troubles)
        #expect(passage.take(Array("abc".utf8), .response, at: start, &troubles).end == nil)
    }

    @Test func `reset strikes what is asked, or behind so many bytes`() {
        var atOnce = troubles { $0.resetAfter = 0 }
        var passage = Passage(seed: 1)
        let asked = passage.take([1], .request, at: start, &atOnce)
        #expect(asked.end == .reset && asked.pieces.isEmpty)
        var later = troubles { $0.resetAfter = 4 }
        passage = Passage(seed: 1)
        #expect(passage.take([1], .request, at: start, &later).end == nil)
        let answer = passage.take(Array("abcdef".utf8), .response, at: start, &later)
        #expect(answer.end == .reset && text(answer) == "abcd")
    }

    @Test func `hang swallows the direction that it is for`() {
        var troubles = troubles { $0.hangs = true }
        var passage = Passage(seed: 1)
        #expect(passage.take([1], .request, at: start, &troubles).pieces.count == 1)
        let answer = passage.take([1], .response, at: start, &troubles)
        #expect(answer.pieces.isEmpty && answer.end == nil)
        var silent = passage.hidesEnd(.response, &troubles)
        #expect(silent)
        silent = passage.hidesEnd(.request, &troubles)
        #expect(!silent)
    }

    @Test func `first strikes so many turns and no more`() {
        var troubles = troubles {
            $0.resetAfter = 0
            $0.first = 2
        }
        var ends: [Passage.End?] = []
        for number in 0..<4 {
            var passage = Passage(seed: UInt64(number))
            ends.append(passage.take([1], .request, at: start, &troubles).end)
        }
        #expect(ends == [.reset, .reset, nil, nil])
    }

    @Test func `a turn is drawn once, and the next one anew`() {
        var troubles = troubles {
            $0.latency = .seconds(1)
            $0.first = 1
        }
        var passage = Passage(seed: 1)
        _ = passage.take([1], .request, at: start, &troubles)
        #expect(passage.take([1], .response, at: start, &troubles).pieces[0].release > start)
        #expect(passage.take([1], .response, at: start, &troubles).pieces[0].release > start)
        _ = passage.take([1], .request, at: start, &troubles)
        let later = start + .seconds(5)
        #expect(passage.take([1], .response, at: later, &troubles).pieces[0].release == later)
    }

    @Test func `chance is the same for the same seed, and near its share`() {
        func struck(_ seed: UInt64) -> [Bool] {
            var trouble = Trouble()
            trouble.resetAfter = 0
            trouble.chance = 0.3
            var troubles = Troubles()
            troubles.add([trouble], strike: 1, seed: seed)
            return (0..<1000).map { _ in
                var passage = Passage(seed: 1)
                return passage.take([1], .request, at: start, &troubles).end == .reset
            }
        }
        #expect(struck(5) == struck(5))
        #expect(struck(5) != struck(6))
        #expect((250...350).contains(struck(5).count { $0 }))
    }

    @Test func `corrupt changes its share of bytes and never their number`() {
        var troubles = troubles { $0.corrupt = 0.1 }
        var passage = Passage(seed: 9)
        let bytes = [UInt8](repeating: 0x55, count: 10_000)
        let outcome = passage.take(bytes, .response, at: start, &troubles)
        let changed = outcome.pieces.flatMap(\.bytes)
        #expect(changed.count == bytes.count)
        #expect((800...1200).contains(zip(bytes, changed).count { $0 != $1 }))
    }

    @Test func `an answer in the service's place lets nothing through`() {
        var troubles = troubles { $0.respond = [1, 2] }
        var passage = Passage(seed: 1)
        let outcome = passage.take([9], .request, at: start, &troubles)
        #expect(outcome.end == .respond([1, 2]) && outcome.pieces.isEmpty)
    }

    @Test func `events are counted by their lines, in whatever chunks they come`() {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
        let answer = head + "8\r\ndata: a\n\n\r\n8\r\ndata: b\n\n\r\n"
        var troubles = troubles { $0.cutEventsAfter = 1 }
        var whole = Passage(seed: 1)
        let outcome = whole.take(Array(answer.utf8), .response, at: start, &troubles)
        #expect(outcome.end == .close)
        #expect(text(outcome).hasSuffix("data: a\n\n"))
        var pieces = Passage(seed: 1)
        var passed = ""
        for byte in answer.utf8 {
            let outcome = pieces.take([byte], .response, at: start, &troubles)
            passed += text(outcome)
            if outcome.end != nil { break }
        }
        #expect(passed == text(outcome))
    }

    @Test func `several troubles act together`() {
        var troubles = Troubles()
        var slow = Trouble()
        slow.latency = .milliseconds(10)
        var cut = Trouble()
        cut.truncateAfter = 1
        troubles.add([slow, cut], strike: 1, seed: 1)
        var passage = Passage(seed: 1)
        let outcome = passage.take([1, 2], .response, at: start, &troubles)
        #expect(outcome.end == .close)
        #expect(outcome.pieces.map(\.bytes.count) == [1])
        #expect(outcome.pieces[0].release == start + .milliseconds(10))
        troubles.remove(strike: 1)
        #expect(troubles.isCalm)
    }

    @Test func `the system refuses only where nothing has to be counted`() {
        #expect(troubles { $0.refuses = true }.refusesAll)
        var counted = troubles {
            $0.refuses = true
            $0.first = 1
        }
        #expect(!counted.refusesAll)
        let drawn = [counted.refusesNext(), counted.refusesNext()]
        #expect(drawn == [true, false])
    }

    @Test(arguments: [
        ("127.0.0.1:80", "127.0.0.1:80"), ("[::1]:5432", "[::1]:5432"), ("db.test:1", "db.test:1"),
    ])
    func `addresses are read as they are written`(_ text: String, _ shown: String) {
        #expect(ServiceAddress(text)?.description == shown)
    }

    @Test(arguments: ["", "host", ":80", "host:", "host:0", "host:65536", "::1:80"])
    func `what is no address is none`(_ text: String) {
        #expect(ServiceAddress(text) == nil)
    }
}
