import Diagnostics
import Expressions
import ScenarioModel
import Testing

@testable import Reporting

@Suite struct LoadReportTests {
    private static let hostile = "<script>alert('x')</script> & \"q\""

    private func result() -> LoadResult {
        var start = LoadComparisonTests.start
        start.load = Self.hostile
        start.tests = [Self.hostile]
        var result = LoadResult(start: start)
        for number in 0..<5 {
            var interval = LoadInterval(startMs: Double(number) * 1000, lengthMs: 1000)
            interval.passed = 10
            interval.dropped = number
            interval.latencies = LatencyCounts([
                .init(microseconds: 1000, count: 9), .init(microseconds: 20_000, count: 1),
            ])
            result.receive(.interval(interval))
        }
        let ms: Value = ["min": 1, "mean": 2.9, "p50": 1, "p90": 1, "p95": 20, "p99": 20, "max": 20]
        var outcome = LoadOutcome(
            aggregate: [
                "runs": 50, "passed": 50, "failed": 0, "errors": 0, "dropped": 10, "per_second": 10, "ms": ms,
                "lag_ms": ms,
                "error_kinds": .object(Value.Object([("http.refused", 2)])),
                "steps": .object(Value.Object([(Self.hostile, Value.object(Value.Object([("ms", ms)])))])),
                "generator": ["loops": 2, "bottleneck": true, "busy_intervals": 3, "intervals": 5],
            ])
        outcome.failures = [FailureReport(code: "load.dropped", verdict: .failed, message: Self.hostile)]
        outcome.latencies = result.intervals.reduce(LatencyCounts()) { $0.merged(with: $1.latencies) }
        result.receive(.finished(outcome))
        return result
    }

    @Test func `a page holds plots, loads nothing, and nothing in it can act`() {
        let page = LoadHTML(result: result()).text
        #expect(page.components(of: "<svg").count == 4)
        #expect(page.contains("<polyline class=\"c\" points=\""))
        #expect(page.components(of: "<script").count == 2)
        #expect(page.contains("default-src 'none'; script-src 'nonce-"))
        for word in ["src=", "href=", "http:", "https:", "url(", "@import"] { #expect(!page.contains(word)) }
        #expect(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot;"))
        #expect(page.contains("the generator itself was the bottleneck in 3 of 5 intervals"))
    }

    @Test func `a browser shows it in the light and the dark, wide and narrow`() throws {
        try PageInBrowser.click(through: Array(LoadHTML(result: result()).text.utf8))
    }

    @Test func `a page of a load that never was is a page all the same`() {
        let page = LoadHTML(result: LoadResult(start: LoadComparisonTests.start)).text
        #expect(page.contains("nothing was measured"))
        #expect(page.hasSuffix("</html>\n"))
    }

    @Test func `the summary tells counts, latencies, steps, and what did not hold`() {
        let text = LoadSummary.render(result(), style: TerminalStyle()).plain
        #expect(text.contains("runs        50 in 5.0 s, 10.0/s; 50 passed, 0 failed, 0 errors\n"))
        #expect(text.contains("also        10 dropped\n"))
        #expect(text.contains("latency     min 1.0 ms  p50 1.0 ms"))
        #expect(text.contains("generator   2 loops; starts late by p50 1.0 ms"))
        #expect(text.contains("failed[load.dropped]"))
        #expect(text.hasSuffix("1 threshold did not hold\n"))
    }

    @Test func `for JUnit a load is a test, which fails by the threshold that did not hold`() throws {
        let run = result().asRun
        #expect(run.tests.map(\.verdict) == [.failed] && run.tests[0].test.suite == "load")
        let xml = JUnitReport().render(run)
        #expect(xml.contains("tests=\"1\" failures=\"1\" errors=\"0\""))
        #expect(xml.contains("<failure type=\"load.dropped\""))
        var held = result()
        held.outcome?.failures = []
        #expect(held.asRun.tests.map(\.verdict) == [.passed])
        let unborn = LoadResult(start: LoadComparisonTests.start)
        #expect(unborn.asRun.tests.map(\.verdict) == [.error])
    }

    @Test func `on a terminal no line of the summary is wider than it`() {
        let style = TerminalStyle(width: 60, isLive: true)
        let lines = LoadSummary.render(result(), style: style).plain.split(separator: "\n").map(String.init)
        for line in lines where !line.hasPrefix("    |") {
            #expect(VisibleText(line).cells <= 60, "\(line)")
        }
        #expect(lines.contains { $0.hasPrefix("            ") }, "what does not fit goes on below its beginning")
    }

    @Test(arguments: [
        (0, "0.0 ms"), (0.0042, "0.00 ms"), (0.163, "0.16 ms"), (0.994, "0.99 ms"), (0.996, "1.0 ms"), (9.94, "9.9 ms"),
        (9.96, "10 ms"), (999.6, "1.0 s"), (59_960, "1 min 0 s"),
    ]) func `times have two or three digits that count`(_ ms: Double, _ text: String) {
        #expect(Figures.duration(ms) == text)
    }

    @Test func `of many steps those that failed and the slowest are told, few keep their order`() {
        var many = Value.Object()
        for number in 0..<40 {
            many["s\(number)"] = ["runs": 9, "failed": Value(number == 3 ? 2 : 0), "ms": ["p95": Value(number)]]
        }
        #expect(LoadFigures.steps(many, most: 4).map(\.id) == ["s3", "s39", "s38", "s37"])
        #expect(LoadFigures.steps(many, most: 40).prefix(2).map(\.id) == ["s0", "s1"])
        var crowded = result()
        crowded.outcome?.aggregate = ["runs": 9, "steps": .object(many)]
        let text = LoadSummary.render(crowded, style: TerminalStyle()).plain
        #expect(text.contains("\nstep s3     "))
        #expect(text.contains("and 10 more steps; told are those that failed most, then the slowest\n"))
        #expect(!text.contains("step s4 "))
    }

    @Test func `where lines can be redrawn there is one state, else a line for each interval`() {
        for isLive in [true, false] {
            var written = ""
            let terminal = LoadTerminal(style: TerminalStyle(width: 60, isLive: isLive), tellsIntervals: true) {
                written += $0
            }
            for interval in result().intervals { terminal.receive(.interval(interval)) }
            #expect(written.components(of: "\u{1B}[1A\u{1B}[J").count == (isLive ? 5 : 1))
            #expect(written.components(of: "in flight").count == 6)
        }
    }

    @Test func `a log of a long load stays short`() {
        var lines = 0
        let terminal = LoadTerminal(style: TerminalStyle(), tellsIntervals: true) { _ in lines += 1 }
        for number in 0..<36_000 {
            terminal.receive(.interval(LoadInterval(startMs: Double(number) * 1000, lengthMs: 1000)))
        }
        #expect(lines < 700)
    }
}

extension String {
    /// The parts between a text's places.
    fileprivate func components(of text: String) -> [Substring] {
        split(separator: text, omittingEmptySubsequences: false)
    }
}
