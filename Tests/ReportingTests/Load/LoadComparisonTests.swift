import Expressions
import ScenarioModel
import Testing

@Suite struct LoadComparisonTests {
    /// A load of intervals that each have ten runs of about the given time, a little different each.
    private func load(_ microseconds: Int, intervals: Int = 20) -> LoadResult {
        var result = LoadResult(start: Self.start)
        for number in 0..<intervals {
            var interval = LoadInterval(startMs: Double(number) * 1000, lengthMs: 1000)
            interval.passed = 10
            let noise = number * 37 % 20 * microseconds / 1000
            interval.latencies = LatencyCounts([.init(microseconds: microseconds + noise, count: 10)])
            result.receive(.interval(interval))
        }
        return result
    }

    static let start = LoadStart(
        id: "i", version: "0", seed: "s", profile: nil, started: "2026-01-01T00:00:00Z", load: nil, tests: ["t"])

    private func verdict(_ measure: String, _ comparison: LoadComparison) -> LoadComparison.Verdict? {
        comparison.lines.first { $0.measure == measure }?.verdict
    }

    @Test func `a slower load is worse, a faster one better, an equal one neither`() {
        #expect(LoadComparison(baseline: load(10_000), current: load(12_000)).verdict == .worse)
        #expect(LoadComparison(baseline: load(10_000), current: load(8000)).verdict == .better)
        #expect(LoadComparison(baseline: load(10_000), current: load(10_000)).verdict == .noEvidence)
    }

    @Test func `a change of a few percent is no matter, however certain`() {
        #expect(LoadComparison(baseline: load(10_000), current: load(10_300)).verdict == .noEvidence)
    }

    @Test func `a few intervals prove nothing`() {
        let comparison = LoadComparison(baseline: load(10_000), current: load(50_000, intervals: 7))
        #expect(comparison.verdict == .noEvidence)
        #expect(comparison.lines.allSatisfy { $0.probability == nil })
    }

    @Test func `what a history keeps compares as the whole does, in a fraction of its size`() throws {
        for (before, after) in [(10_000, 12_000), (10_000, 8000), (10_000, 10_000)] {
            let (old, new) = (load(before, intervals: 500), load(after, intervals: 500))
            let whole = LoadComparison(baseline: old, current: new)
            let kept = try LoadComparison(
                baseline: #require(LoadResult(record: old.record)), current: #require(LoadResult(record: new.record)))
            #expect(kept.verdict == whole.verdict)
            #expect(kept.lines.map(\.verdict) == whole.lines.map(\.verdict))
            #expect(kept.lines.map(\.probability) == whole.lines.map(\.probability))
            #expect(zip(kept.lines, whole.lines).allSatisfy { abs($0.before - $1.before) < 0.001 * (1 + $1.before) })
        }
        var large = load(10_000, intervals: 600)
        large.start.tests = (0..<10_000).map { "scenarios/orders/row \($0)" }
        let sample = TestResult(
            test: TestName(index: 0, name: "t", file: "t.yaml", suite: "", scenario: "t", row: nil), verdict: .failed)
        large.receive(.finished(LoadOutcome(aggregate: ["runs": 6000], samples: [sample])))
        let record = try #require(LoadResult(record: large.record))
        #expect(record.outcome?.aggregate["runs"] == 6000)
        #expect(record.outcome?.samples.isEmpty == true)
        #expect(record.intervals.count <= 30)
        #expect(large.record.utf8.count < 40_000)
        #expect(LoadResult(record: "{\"kind\": \"other\"}") == nil)
    }

    @Test func `loads of other tests, names, profiles, rates or users have another identity`() {
        var open = Self.start
        open.rate = 50
        var others = [Self.start, open]
        for change in [
            { $0.tests.append("u") }, { $0.load = "steady" }, { $0.profile = "p" }, { $0.rate = 60 },
            { ($0.rate, $0.users) = (nil, 100) },
        ] as [(inout LoadStart) -> Void] {
            others.append(open)
            change(&others[others.count - 1])
        }
        #expect(Set(others.map(\.identity)).count == others.count)
        var wider = open
        (wider.id, wider.seed, wider.started) = ("j", "t", "later")
        #expect(wider.identity == open.identity)
    }

    @Test func `fewer runs per second and more failures are worse`() {
        var slow = LoadResult(start: Self.start)
        for interval in load(10_000).intervals {
            var changed = interval
            changed.passed = 6
            changed.failed = 2
            slow.receive(.interval(changed))
        }
        let comparison = LoadComparison(baseline: load(10_000), current: slow)
        #expect(verdict("per_second", comparison) == .worse)
        #expect(verdict("failed_share", comparison) == .worse)
        #expect(verdict("ms.p50", comparison) == .noEvidence)
    }

    @Test func `the rank test gives the probabilities of the books`() throws {
        // Two lists of ten without overlap: U = 0, z = (50 - 0.5) / sqrt(175), two-sided.
        let apart = try #require(RankTest((1...10).map(Double.init), (11...20).map(Double.init)))
        #expect(apart.share == 1)
        #expect(abs(apart.probability - 0.000183) < 0.000005)
        let same = try #require(RankTest([1, 2, 3, 4], [1, 2, 3, 4]))
        #expect(same.share == 0.5)
        #expect(same.probability > 0.999)
        #expect(try #require(RankTest([5, 5], [5, 5])).probability == 1)
        #expect(RankTest([], [1]) == nil)
    }
}
