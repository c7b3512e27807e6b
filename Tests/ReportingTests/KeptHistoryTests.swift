import Reporting
import ScenarioModel
import Testing

@Suite struct KeptHistoryTests {
    private static func run(_ id: String) -> KeptRun {
        KeptRun(
            id: id, started: "2026-01-31T12:00:00Z", version: "1", profile: "embedded", seed: "s", ms: 1000, status: 0,
            passed: 1, failed: 0, errors: 0, skipped: 0, flaky: 0)
    }

    private static func test(_ verdict: Verdict, ms: Double = 10, isFlaky: Bool = false) -> KeptTest {
        KeptTest(verdict: verdict, isFlaky: isFlaky, ms: ms)
    }

    private static let history = KeptHistory(
        runs: ["a", "b", "c", "d"].map(run),
        tests: [
            "steady": [test(.passed), test(.passed), test(.passed), test(.passed)],
            "broke": [test(.passed), test(.passed), test(.failed), test(.failed)],
            "unsteady": [test(.passed), test(.error), test(.passed), test(.failed)],
            "retried": [test(.passed), nil, test(.passed, isFlaky: true), test(.skipped)],
            "slower": [test(.passed, ms: 100), test(.passed, ms: 110), test(.passed, ms: 90), test(.passed, ms: 400)],
            "new": [nil, nil, nil, test(.passed)],
        ])

    @Test func `a test is flaky that changes more than once or needs a retry, not one that broke`() {
        #expect(
            Self.history.flaky.map { "\($0.name) \($0.runs) \($0.troubles) \($0.retried) \($0.changes)" }
                == ["unsteady 4 2 0 3", "retried 2 0 1 0"])
    }

    @Test func `the slowest come first, by their medians`() {
        let slow = Self.history.slow
        #expect(slow.first?.name == "slower")
        #expect(slow.first?.median == 105)
        #expect(slow.first?.last == 400)
        #expect(slow.count == 6)
    }

    @Test func `a comparison tells what broke, was mended, is slower, and is new`() {
        let comparison = Self.history.comparison(of: 2, with: 3)
        #expect(comparison.broken == ["unsteady"])
        #expect(comparison.slower.map { "\($0.name) \($0.before) \($0.after)" } == ["slower 90.0 400.0"])
        #expect(comparison.added == ["new"])
        #expect(Self.history.comparison(of: 1, with: 2).mended == ["unsteady"])
        #expect(Self.history.comparison(of: 3, with: 2).removed == ["new"])
    }

    @Test func `a sparkline has a bar for each figure`() {
        #expect(Sparkline.text([0, 1, 4, 8, nil]) == "▁▁▄█·")
        #expect(Sparkline.text([]) == "")
        #expect(Sparkline.text([0, 0]) == "▁▁")
    }

    @Test func `the text about a history is as it is read`() {
        let text = HistoryText(Self.history)
        #expect(text.runs.hasPrefix("2026-01-31T12:00:00Z  a  embedded  1 passed in 1.0 s\n"))
        #expect(text.runs.hasSuffix("time    ████\nfailed  ▁▁▁▁\n"))
        #expect(text.flaky.hasPrefix("✓✗✓✗  unsteady  not passed in 2 of 4 runs\n✓·~○  retried"))
        #expect(text.comparison(Self.history.comparison(of: 2, with: 3)).contains("slower   slower  90 ms → 400 ms\n"))
    }

    private static func load(_ id: String, _ started: String, p95: Double, rate: Double? = nil) -> KeptLoad {
        var load = KeptLoad(
            id: id, started: started, version: "1", seed: "s", name: rate == nil ? "ask" : "steady",
            identity: rate == nil ? "a" : "b")
        (load.rate, load.users, load.p95, load.perSecond) = (rate, 20, p95, 99.96)
        (load.ms, load.passed, load.failed) = (60_000, 5998, 2)
        return load
    }

    @Test func `loads stand among the runs at their time, each told with its target, latency and verdict`() {
        var history = Self.history
        var first = Self.load("l1", "2026-01-31T11:00:00Z", p95: 10, rate: 100)
        first.status = 4
        var last = Self.load("l3", "2026-02-01T00:00:00Z", p95: 40, rate: 100)
        last.comparison = .worse
        history.loads = [first, Self.load("l2", "2026-01-31T12:00:00Z", p95: 5), last]
        #expect(
            HistoryText(history).runs == """
                2026-01-31T11:00:00Z  l1  load steady at 100/s: 5,998 passed, 2 failed in 1 min 0 s, 100.0/s, p95 10 ms, did not hold
                2026-01-31T12:00:00Z  a  embedded  1 passed in 1.0 s
                2026-01-31T12:00:00Z  b  embedded  1 passed in 1.0 s
                2026-01-31T12:00:00Z  c  embedded  1 passed in 1.0 s
                2026-01-31T12:00:00Z  d  embedded  1 passed in 1.0 s
                2026-01-31T12:00:00Z  l2  load ask at 20 users: 5,998 passed, 2 failed in 1 min 0 s, 100.0/s, p95 5.0 ms, held
                2026-02-01T00:00:00Z  l3  load steady at 100/s: 5,998 passed, 2 failed in 1 min 0 s, 100.0/s, p95 40 ms, \
                held, and worse than its baseline
                time    ████
                failed  ▁▁▁▁
                p95     ▂█  steady at 100/s
                p95     █  ask at 20 users

                """)
        history.runs = []
        #expect(!HistoryText(history).runs.contains("time "))
    }
}
