import Expressions
import ScenarioModel
import Testing

@Suite struct LoadResultTests {
    private func interval(_ number: Int) -> LoadInterval {
        var interval = LoadInterval(startMs: Double(number) * 1000, lengthMs: 1000)
        interval.passed = 1
        interval.latencies = LatencyCounts([.init(microseconds: 1000 + number, count: 1)])
        return interval
    }

    @Test func `counts are merged, and percentiles go by nearest rank`() {
        let first = LatencyCounts([.init(microseconds: 1000, count: 90), .init(microseconds: 3000, count: 1)])
        let second = LatencyCounts([.init(microseconds: 2000, count: 8), .init(microseconds: 3000, count: 1)])
        let both = first.merged(with: second)
        #expect(both.count == 100)
        #expect(both.buckets.map(\.count) == [90, 8, 2])
        #expect(both.percentile(50) == 1)
        #expect(both.percentile(90) == 1)
        #expect(both.percentile(98) == 2)
        #expect(both.percentile(99) == 3)
        #expect(LatencyCounts().percentile(50) == nil)
        #expect(LatencyCounts(both.value) == both)
    }

    @Test func `however long a load is, so many intervals are kept and nothing is lost`() {
        var result = LoadResult(start: LoadComparisonTests.start)
        let count = LoadResult.mostIntervals * 5 + 7
        for number in 0..<count { result.receive(.interval(interval(number))) }
        #expect(result.intervals.count <= LoadResult.mostIntervals)
        #expect(result.intervals.reduce(0) { $0 + $1.runs } == count)
        #expect(result.intervals.reduce(0) { $0 + $1.latencies.count } == count)
        #expect(result.intervals.reduce(0) { $0 + $1.lengthMs } == Double(count) * 1000)
        let starts = result.intervals.map(\.startMs)
        #expect(starts == starts.sorted())
    }

    @Test func `events and reports come back from their JSON as they went`() throws {
        var outcome = LoadOutcome(aggregate: ["runs": 3], end: .aborted, requests: 4)
        outcome.failures = [FailureReport(code: "load.none", verdict: .failed, message: "nothing")]
        outcome.latencies = LatencyCounts([.init(microseconds: 7, count: 3)])
        var told = interval(4)
        told.failing = ["x"]
        told.steps = Value.Object([("a", Value.object(Value.Object([("runs", Value(1))])))])
        var result = LoadResult(start: LoadComparisonTests.start)
        for event in [LoadEvent.interval(told), .note("n"), .finished(outcome)] {
            var line: [UInt8] = []
            event.appendJSONLine(to: &line)
            #expect(try LoadEvent(json: JSON.parse(line).value) == event)
            result.receive(event)
        }
        var bytes: [UInt8] = []
        result.appendJSON(to: &bytes)
        let read = try LoadResult(json: JSON.parse(bytes).value)
        #expect(read.outcome == outcome)
        #expect(read.intervals == result.intervals)
        #expect(throws: ResultFormatError.self) { try LoadResult(json: ["kind": "run"]) }
    }

    @Test func `a secret in an event is masked`() throws {
        var line: [UInt8] = []
        LoadEvent.note("the key is hunter22").appendJSONLine(to: &line, masking: SecretMask(["hunter22"]))
        #expect(!String(decoding: line, as: UTF8.self).contains("hunter22"))
    }

    @Test func `the exit status tells how a load ended`() {
        func status(_ end: LoadOutcome.End, _ verdicts: [Verdict]) -> Int {
            let failures = verdicts.map { FailureReport(code: "c", verdict: $0, message: "m") }
            return LoadOutcome(aggregate: .null, failures: failures, end: end).status
        }
        #expect(status(.completed, []) == 0)
        #expect(status(.completed, [.failed]) == 4)
        #expect(status(.completed, [.failed, .error]) == 3)
        #expect(status(.interrupted, [.failed]) == 130)
    }
}
