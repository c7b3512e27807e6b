import EventLoop
import Testing

@testable import PostgresTransport

struct AddressTurnsTests {
    private let now = Instant.now

    private func entry(_ host: String, _ address: String? = nil) -> HostEntry {
        HostEntry(host: host, address: address, port: "5432")
    }

    private func failure(_ kind: PostgresError.Kind, _ message: String, state: String? = nil) -> PostgresError {
        PostgresError(
            kind, message, phase: .connect,
            complaint: state.map { ServerComplaint(sqlstate: $0, message: message) })
    }

    @Test func `a name is looked up, and its addresses are tried with equal shares of the time`() {
        var turns = AddressTurns([entry("db")], until: now + .seconds(6))
        #expect(turns.next(at: now) == .lookUp("db"))
        turns.found(["::1", "127.0.0.1"])
        #expect(turns.next(at: now) == .connect(entry("db", "::1"), until: now + .seconds(3)))
        let hasEnded = turns.failed(failure(.refused, "no"))
        #expect(!hasEnded)
        #expect(turns.next(at: now) == .connect(entry("db", "127.0.0.1"), until: now + .seconds(6)))
    }

    @Test func `a refusal that the others would repeat ends the round`() {
        var turns = AddressTurns([entry("/a"), entry("/b")], until: now)
        _ = turns.next(at: now)
        let hasEnded = turns.failed(failure(.auth, "wrong password", state: "28P01"))
        #expect(hasEnded)
    }

    @Test func `a standby where a primary is asked for does not end the round`() {
        var turns = AddressTurns([entry("/a"), entry("/b")], until: now)
        _ = turns.next(at: now)
        let hasEnded = turns.failed(failure(.rejected, "session is read-only"))
        #expect(!hasEnded)
    }

    @Test func `what all addresses came to is told at the end`() {
        var turns = AddressTurns([entry("a"), entry("/b")], until: now)
        #expect(turns.next(at: now) == .lookUp("a"))
        _ = turns.failed(failure(.dns, "'a' has no address"))
        _ = turns.next(at: now)
        _ = turns.failed(failure(.refused, "nothing listens at b"))
        let error = failure(.refused, "nothing listens at b; before that: 'a' has no address")
        #expect(turns.next(at: now) == .giveUp(error))
    }
}

struct HostEntryTests {
    private func list(_ keywords: [(String, String)]) throws -> [HostEntry] {
        try HostEntry.list(PostgresSettings(keywords.map { .init($0.0, $0.1) }), defaults: ["port": "5432"])
    }

    @Test func `hosts, addresses and ports are lists of equal length, a port may stand for all`() throws {
        let entries = try list([("host", "a,b"), ("hostaddr", "10.0.0.1,"), ("port", "1,2")])
        #expect(
            entries == [
                HostEntry(host: "a", address: "10.0.0.1", port: "1"), HostEntry(host: "b", address: nil, port: "2"),
            ])
        #expect(entries.map(\.needsLookup) == [false, true])
        #expect(try list([("host", "a,/tmp,")]).map(\.isLocal) == [false, true, true])
        #expect(throws: PostgresError.self) { try list([("host", "a,b"), ("hostaddr", "1.1.1.1")]) }
        #expect(throws: PostgresError.self) { try list([("host", "a,b"), ("port", "1,2,3")]) }
    }

    @Test func `no host at all is libpq's own default`() throws {
        #expect(try list([]) == [HostEntry(host: "", address: nil, port: "5432")])
        #expect(try list([])[0].isLocal)
    }
}
