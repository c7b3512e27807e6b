import Dispatch
import EventLoop
import PlumbTesting
import PostgresTransport
import Reporting
import RunHistory
import ScenarioModel
import Testing

@Suite(.enabled(if: PrivatePostgres.isInstalled, "\(PrivatePostgres.reason)"))
struct PostgresHistoryTests {
    /// An address whose tables are a test's own.
    private func address(_ schema: String) throws -> String {
        let server = try PrivatePostgres.shared
        let role = "\(PrivatePostgres.guest):\(PrivatePostgres.password.replacing(" ", with: "%20"))"
        return "postgres://\(role)@127.0.0.1:\(server.port)/postgres?options=-csearch_path%3D\(schema)"
    }

    private func makeSchema(_ name: String) throws {
        try execute("CREATE SCHEMA \(name) AUTHORIZATION \(PrivatePostgres.guest)")
    }

    /// Does something as the server's owner.
    private func execute(_ statements: String) throws {
        let settings = PostgresSettings(
            try PrivatePostgres.shared.keywords.map { PostgresSettings.Keyword($0.0, $0.1) })
        let loop = try EventLoop()
        let problem = loop.run { () async -> PostgresError? in
            do throws(PostgresError) {
                let connection = try await PostgresConnection.open(settings, on: loop, until: .now + .seconds(30))
                defer { connection.close() }
                try await connection.run(.script(statements), into: NoRows(), until: .now + .seconds(30))
                return nil
            } catch {
                return error
            }
        }
        if let problem { throw problem }
    }

    @Test func `what is kept comes back, whatever its names`() throws {
        try makeSchema("kept")
        let hostile = "a'b\"c\\d{e},f\u{0}g\nNULL 😀 שלום"
        let history = try PostgresHistory(address("kept"), isWritable: true)
        try history.add(SampleRun.of("one", [("a", .passed), (hostile, .failed)]), keeping: 10)
        try history.add(SampleRun.of("two", [(hostile, .passed), ("NULL", .skipped)], profile: nil), keeping: 10)
        let kept = try PostgresHistory(address("kept"), isWritable: false).last(5)
        #expect(kept.runs.map(\.id) == ["one", "two"])
        #expect(kept.runs[0].failed == 1)
        #expect(kept.runs[0].ms == 10.25)
        #expect(kept.runs[1].profile == nil)
        #expect(kept.tests["a"] == [KeptTest(verdict: .passed, isFlaky: false, ms: 1.5), nil])
        let shown = hostile.replacing("\u{0}", with: "\u{2400}")
        #expect(kept.tests[shown]?.map { $0?.verdict } == [.failed, .passed])
        #expect(kept.tests["NULL"]?.map { $0?.verdict } == [nil, .skipped])
        #expect(try history.last(5, profile: "embedded").runs.map(\.id) == ["one"])
        let record = try #require(try history.suites(of: "one"))
        #expect(SuiteReport(record: record)?.isValid == false)
        #expect(try history.suites(of: "three") == nil)
    }

    @Test func `the oldest runs beyond the bound are forgotten, with what only they knew`() throws {
        try makeSchema("bounded")
        let history = try PostgresHistory(address("bounded"), isWritable: true)
        for number in 0..<5 { try history.add(SampleRun.of("r\(number)", [("t\(number)", .passed)]), keeping: 2) }
        let kept = try history.last(100)
        #expect(kept.runs.map(\.id) == ["r3", "r4"])
        #expect(kept.tests.keys.sorted() == ["t3", "t4"])
    }

    @Test func `loads are kept beside runs, found again and bounded by themselves`() throws {
        try makeSchema("loads")
        try LoadExpectations.check(try PostgresHistory(address("loads"), isWritable: true))
        #expect(try PostgresHistory(address("loads"), isWritable: false).load(.named("good")) != nil)
    }

    @Test func `a history whose tables a version made that keeps no loads takes them`() throws {
        try makeSchema("older")
        try PostgresHistory(address("older"), isWritable: true).add(SampleRun.of("one", [("a", .passed)]), keeping: 5)
        #expect(try PostgresHistory(address("older"), isWritable: false).last(5).loads == [])
        try PostgresHistory(address("older"), isWritable: true).add(SampleLoad.of("load"), keeping: 5)
        #expect(try PostgresHistory(address("older"), isWritable: false).last(5).loads.map(\.id) == ["load"])
    }

    @Test func `runs that end at once lose nothing, the first one's tables included`() throws {
        try makeSchema("shared")
        let address = try address("shared")
        DispatchQueue.concurrentPerform(iterations: 4) { writer in
            for number in 0..<5 {
                try? PostgresHistory(address, isWritable: true)
                    .add(SampleRun.of("\(writer)-\(number)", [("a", .passed)]), keeping: 1000)
            }
        }
        #expect(try PostgresHistory(address, isWritable: false).last(100).runs.count == 20)
    }

    @Test func `what is no history, what is newer and what is out of reach are told apart, without a password`() throws
    {
        try makeSchema("empty")
        let empty = try #require(throws: RunHistoryError.self) {
            try PostgresHistory(address("empty"), isWritable: false)
        }
        #expect(empty.message == "it holds no history of plumb")
        #expect(empty.isEmpty)
        try makeSchema("newer")
        _ = try PostgresHistory(address("newer"), isWritable: true)
        try execute("UPDATE newer.plumb_history SET version = 99")
        for isWritable in [true, false] {
            let newer = try #require(throws: RunHistoryError.self) {
                try PostgresHistory(address("newer"), isWritable: isWritable)
            }
            #expect(newer.message.hasPrefix("it has version 99 of the tables"))
        }
        let port = try Loopback.unusedPort()
        let lost = try #require(throws: RunHistoryError.self) {
            try PostgresHistory("postgres://me:sesame@127.0.0.1:\(port)/ci", isWritable: true)
        }
        #expect(lost.path == "postgres://127.0.0.1:\(port)/ci")
        #expect(!"\(lost)\(lost.hint ?? "")".contains("sesame"))
        let wrong = try #require(throws: RunHistoryError.self) {
            try PostgresHistory("postgres://[::1", isWritable: true)
        }
        #expect(wrong.message == "it is no address that libpq reads")
    }
}

private final class NoRows: PostgresReceiver {
    func begin(_ columns: [PostgresColumn]) {}
    func take(_ row: borrowing PostgresRow) -> RowDemand { .more }
    func end(_ tag: String) {}
}
