import Expressions
import Reporting
import RunHistory
import ScenarioModel
import Testing

/// Runs of one suite whose tests came to what is said.
enum SampleRun {
    static func of(_ id: String, _ verdicts: [(String, Verdict)], profile: String? = "embedded") -> RunResult {
        let tests = verdicts.enumerated().map { index, test in
            TestResult(
                test: TestName(index: index, name: test.0, file: "a.yaml", suite: "s", scenario: test.0, row: nil),
                verdict: test.1, ms: Double(index) + 1.5)
        }
        let start = RunStart(
            id: id, version: "1", seed: "s", profile: profile, started: "2026-01-01T00:00:00Z", jobs: 1,
            tests: tests.map(\.test))
        return RunResult(
            start: start, tests: tests, notes: [], end: RunEnd(ms: 10.25, isInterrupted: false, status: 0))
    }
}

/// Loads with intervals of one latency.
enum SampleLoad {
    static func of(
        _ id: String, tests: [String] = ["ask"], load: String? = "steady", profile: String? = "embedded",
        ms: Int = 10, failures: Bool = false, comparedWith baseline: LoadResult? = nil
    ) -> LoadResult {
        var start = LoadStart(
            id: id, version: "1", seed: "s", profile: profile, started: "2026-01-01T00:00:00Z", load: load,
            tests: tests)
        (start.rate, start.users) = (200, 50)
        var result = LoadResult(start: start)
        for number in 0..<20 {
            var interval = LoadInterval(startMs: Double(number) * 1000, lengthMs: 1000)
            interval.passed = 10
            interval.latencies = LatencyCounts([.init(microseconds: ms * 1000 + number, count: 10)])
            result.receive(.interval(interval))
        }
        let failure = FailureReport(code: "load.threshold", verdict: .failed, message: "too slow")
        result.receive(
            .finished(
                LoadOutcome(
                    aggregate: [
                        "runs": 200, "passed": 200, "per_second": 9.5, "ms": ["p95": .number(Double(ms) + 0.25)],
                    ], failures: failures ? [failure] : [])))
        result.comparison = baseline.map { LoadComparison(baseline: $0, current: result) }
        return result
    }
}

/// What holds of the loads of every history.
enum LoadExpectations {
    static func check(_ history: any RunHistory) throws {
        #expect(try history.last(10, profile: nil).loads == [])
        #expect(try history.load(.lastHeld("none")) == nil)
        let name = "a'b\"c\\d{e},f\n😀"
        let first = SampleLoad.of("one", load: name)
        try history.add(first, keeping: 3)
        var unknown = SampleLoad.of("two", load: nil, profile: nil, failures: true)
        (unknown.start.rate, unknown.start.users) = (nil, nil)
        unknown.outcome?.aggregate = .null
        try history.add(unknown, keeping: 3)
        try history.add(SampleRun.of("run", [("a", .passed)]), keeping: 1)
        let kept = try history.last(10, profile: nil)
        #expect(kept.runs.map(\.id) == ["run"])
        #expect(kept.loads == [KeptLoad(first), KeptLoad(unknown)])
        #expect(kept.loads[0].name == name)
        #expect(kept.loads[0].rate == 200)
        #expect(kept.loads[0].p95 == 10.25)
        #expect(kept.loads[1].status == 4)
        #expect(try history.last(1, profile: nil).loads.map(\.id) == ["two"])
        #expect(try history.last(9, profile: "embedded").loads.map(\.id) == ["one"])
        // A baseline is the last that held, of the same scenarios, and was not worse than its own.
        let identity = SampleLoad.of("x").start.identity
        try history.add(SampleLoad.of("good"), keeping: 3)
        try history.add(SampleLoad.of("bad", failures: true), keeping: 3)
        #expect(try history.load(.lastHeld(identity))?.start.id == "good")
        try history.add(SampleLoad.of("worse", ms: 99, comparedWith: SampleLoad.of("good")), keeping: 3)
        #expect(try history.load(.lastHeld(identity))?.start.id == "good")
        // Loads are bounded by themselves; the run stays.
        #expect(try history.last(10, profile: nil).loads.map(\.id) == ["good", "bad", "worse"])
        #expect(try history.last(10, profile: nil).loads.last?.comparison == .worse)
        #expect(try history.last(10, profile: nil).runs.map(\.id) == ["run"])
        #expect(try history.load(.named("one")) == nil)
        let good = try #require(try history.load(.named("good")))
        let worse = try #require(try history.load(.named("worse")))
        #expect(LoadComparison(baseline: good, current: worse).verdict == .worse)
    }
}
