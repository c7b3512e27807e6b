import Expressions
import PlumbTesting
import ScenarioModel
import Testing

@testable import ScenarioRuntime

@Suite struct LoopMessageTests {
    private static var tally: LoopTally {
        var counts = RunCounts()
        for ms in [0.4, 12.25, 12.26, 900] { counts.addPassed(ms) }
        counts.addFailed(31, isError: true, kind: "http.reset")
        counts.dropped = 3
        var tally = LoopTally()
        tally.total.counts = counts.record
        tally.total.unfinished = 2
        tally.total.steps = [
            StepRecord(
                id: "ask", runs: 5, passed: 4, errors: 1, latencies: counts.latencies.record,
                captures: [SampleRecord(name: "id", seen: 9, values: [7, "a\nb", true])])
        ]
        tally.interval = tally.total
        tally.isLast = true
        tally.inFlight = 4
        tally.peak = 6
        tally.lag = .microseconds(1500)
        tally.spent = .milliseconds(800)
        tally.passed = .seconds(1)
        tally.memory = 1 << 26
        tally.requests = 17
        tally.firstSkip = "if: false"
        tally.secrets = ["hush"]
        let name = TestName(index: 3, name: "ask#4", file: "ask.yaml", suite: "", scenario: "ask", row: nil)
        tally.samples = [
            .init(cause: "http.reset", result: TestResult(test: name, verdict: .error, startedMs: 1.5, ms: 31))
        ]
        return tally
    }

    private func read(_ line: [UInt8]) throws -> LoopReport { try LoopReport(line.dropLast()) }

    @Test func `a tally is read as it was written`() throws {
        let line = LoopReport.tally(Self.tally).line
        #expect(line.count { $0 == 0x0A } == 1)
        guard case .tally(let read) = try read(line) else { throw MessageProblem("no tally") }
        let written = Self.tally
        #expect(read.total == written.total)
        #expect(read.interval == written.interval)
        #expect(read.isLast && read.isStarting)
        #expect([read.inFlight, read.peak, read.memory, read.requests] == [4, 6, 1 << 26, 17])
        #expect(read.lag == written.lag)
        #expect(read.spent == written.spent)
        #expect(read.passed == written.passed)
        #expect(read.firstSkip == "if: false")
        #expect(read.secrets == ["hush"])
        #expect(read.samples.map(\.cause) == ["http.reset"])
        #expect(read.samples.first?.result == written.samples.first?.result)
    }

    @Test func `questions and orders are read as they were written`() throws {
        let question = NeedQuestion(test: 2, name: "login", parameters: .init([("user", "a")]), key: "k")
        guard case .need(let read) = try read(LoopReport.need(question).line) else { throw MessageProblem("no need") }
        #expect(read == question)
        let values = LoadPlan.Values(
            parallel: 9, rate: 12.5, warmup: .seconds(1), think: .milliseconds(3), extent: .duration(.seconds(86_400)))
        let beginning = LoadBeginning(index: 1, count: 3, at: .milliseconds(250), values: values)
        guard case .begin(let begun) = try LoopOrder(LoopOrder.begin(beginning).line.dropLast()) else {
            throw MessageProblem("no beginning")
        }
        #expect([begun.index, begun.count, begun.values.parallel] == [1, 3, 9])
        #expect(begun.at == .milliseconds(250))
        #expect(begun.values.rate == 12.5)
        #expect(begun.values.warmup == .seconds(1))
        #expect(begun.values.think == .milliseconds(3))
        guard case .duration(.seconds(86_400)) = begun.values.extent else { throw MessageProblem("another extent") }
        guard
            case .need("k", .outputs(["token": "t"]), ["t"]) = try LoopOrder(
                LoopOrder.need(key: "k", .outputs(["token": "t"]), secrets: ["t"]).line.dropLast())
        else { throw MessageProblem("another outcome") }
    }

    @Test(arguments: [
        ("", "the line is no object"), ("[1]", "the line is no object"), ("{}", "'report' is no text"),
        (#"{"report":"tea"}"#, "'report' is no known word"),
        (#"{"report":"need","test":-1,"name":"a","parameters":{},"key":"k"}"#, "'test' is no count"),
        (#"{"report":"need","test":1e300,"name":"a","parameters":{},"key":"k"}"#, "'test' is no count"),
        (#"{"report":"tally","interval":{"counts":{"passed":0.5}}}"#, "'interval.counts.passed' is no count"),
    ])
    func `what is no message is refused with the place`(_ line: String, _ words: String) {
        #expect(throws: MessageProblem(words)) { try LoopReport(Array(line.utf8)) }
    }

    @Test(arguments: [
        "[[-1,2]]", "[[1,0]]", "[[1,-7]]", "[[1,2,3]]", "[[9e18,1]]", "[[1,1e17]]", "[1]", "[[1.5,1]]", "[null]",
    ])
    func `buckets that no histogram has are refused`(_ buckets: String) throws {
        let line = #"{"sum":1,"least":1,"most":1,"buckets":\#(buckets)}"#
        let reader = try MessageReader(Array(line.utf8))
        #expect(throws: MessageProblem("'buckets' is no histogram")) { try LatencyRecord(reader) }
    }

    @Test(arguments: 1...4)
    func `a damaged message is an error or a tally, and never a trap`(_ seed: Int) throws {
        let line = String(decoding: LoopReport.tally(Self.tally).line.dropLast(), as: UTF8.self)
        var total = LoadTally(coarse: true)
        for damaged in Mutations(of: [line], count: 500, seed: UInt64(seed)) {
            guard case .tally(let tally) = try? LoopReport(damaged) else { continue }
            total.merge(tally.total)
        }
        #expect(total.value(elapsed: .seconds(1), withCaptures: true)["runs"] != nil)
    }

    @Test func `a message that ends half-way is refused`() {
        let line = LoopReport.tally(Self.tally).line
        for length in stride(from: 0, to: line.count - 1, by: 7) {
            #expect(throws: MessageProblem.self) { try LoopReport(Array(line.prefix(length))) }
        }
    }
}
