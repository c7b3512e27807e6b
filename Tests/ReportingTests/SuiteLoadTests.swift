import Expressions
import Reporting
import ScenarioModel
import Testing

/// Loads that count for the verdicts of suites.
@Suite struct SuiteLoadTests {
    private static let run: RunResult = {
        let names = [("a/pool", "x"), ("a/other", "pool"), ("load_tests", "pool")]
        let tests = names.map { suite, scenario in
            TestResult(
                test: TestName(
                    index: 0, name: "\(suite)/\(scenario)", file: "\(scenario).yaml", suite: suite, scenario: scenario,
                    row: nil),
                verdict: .passed, ms: 5)
        }
        var start = SampleRun.start
        start.tests = tests.map(\.test)
        start.suites = [
            ConfiguredSuite(suite: "a/pool", scenarios: ["x"]), ConfiguredSuite(suite: "a/other", scenarios: ["pool"]),
        ]
        return RunResult(
            start: start, tests: tests, notes: [], end: RunEnd(ms: 10, isInterrupted: false, status: 0))
    }()

    private func load(
        of tests: String..., named name: String? = "steady", profile: String? = "embedded", outcome: LoadOutcome?
    ) -> LoadResult {
        var load = LoadResult(
            start: LoadStart(
                id: "l", version: "1", seed: "s", profile: profile, started: "2026-01-31T12:00:00Z", load: name,
                tests: tests))
        load.outcome = outcome
        return load
    }

    private static let good = LoadOutcome(
        aggregate: [
            "runs": 100, "passed": 99, "failed": 1, "dropped": 2, "per_second": 20,
            "ms": ["p50": 10, "p95": 412.25, "p99": 480],
        ])

    /// A load whose p95 is above what the configuration asks for.
    private static let slow: LoadOutcome = {
        var outcome = good
        outcome.failures = [
            FailureReport(
                code: "load.threshold", verdict: .failed, message: "the comparison is false",
                place: Place(file: "plumb.yaml", line: 7, column: 9, endColumn: 22, text: "      - .ms.p95 < 400"),
                operands: [.init(text: ".ms.p95", type: "number", value: "412.25")])
        ]
        return outcome
    }()

    private func report(_ loads: LoadResult...) -> SuiteReport {
        var report = SuiteReport(Self.run)
        for load in loads { #expect(report.count(load) == .counted) }
        return report
    }

    @Test func `a load of a suite's scenario stands among what the suite measured`() throws {
        let report = report(load(of: "a/pool/x[one]", outcome: Self.good))
        #expect(report.render(.text) == "a/pool valid: true\na/other valid: true\nload_tests valid: true\n")
        let suites = try JSON.parse(report.render(.json)).value["suites"]?.array
        let entry = try #require(suites?.first?["load"]?.array?.first)
        #expect(entry["test"] == "a/pool/x[one]" && entry["step"] == "load steady" && entry["valid"] == true)
        #expect(entry["p95"] == 412.25 && entry["dropped"] == 2)
        #expect(entry["summary"] == "99/100 passed, p95 412 ms, 2 dropped")
        #expect(suites?.dropFirst().allSatisfy { $0["load"]?.array?.isEmpty == true } == true)
        #expect(
            report.render(.markdown).contains(
                "| a/pool/x\\[one\\] load steady | ✓ | 100 | 99 | 2 | 20.0 | 10 ms | 412 ms |"))
    }

    @Test func `a p95 above what the configuration asks for makes the suite invalid, and says so`() {
        let report = report(load(of: "a/pool/x", outcome: Self.slow))
        let line = "a/pool valid: false (the load of 'a/pool/x' failed: '.ms.p95 < 400' is false, '.ms.p95' is 412.25)"
        #expect(report.render(.text).hasPrefix(line + "\n"), "\(report.render(.text))")
        #expect(!report.isValid)
        #expect(report.render(.markdown).contains("412 ms | 480 ms | '.ms.p95 &lt; 400' is false"))
    }

    @Test
    func `a load of a scenario that is named after an integration counts for it, but not one of other integrations`() {
        let elsewhere = report(load(of: "load_tests/pool", outcome: Self.slow)).render(.text)
        #expect(elsewhere.contains("a/pool valid: false (the load of 'load_tests/pool' failed"))
        #expect(elsewhere.contains("a/other valid: true\nload_tests valid: false"))
        let other = report(load(of: "a/other/pool", outcome: Self.slow)).render(.text)
        #expect(other.contains("a/pool valid: true\na/other valid: false"), "\(other)")
    }

    @Test func `a load of no suite and one of another profile are not counted`() {
        var report = SuiteReport(Self.run)
        #expect(report.count(load(of: "elsewhere/x", outcome: Self.good)) == .ofNoSuite)
        #expect(report.count(load(of: "x", outcome: Self.good)) == .ofNoSuite)
        #expect(report.count(load(of: "a/pool/x", profile: "local", outcome: Self.good)) == .ofOtherProfile)
        #expect(report.count(load(of: "a/pool/x", profile: nil, outcome: Self.good)) == .ofOtherProfile)
        #expect(report.isValid)
    }

    @Test(arguments: [
        (nil, "could not be carried out"), (LoadOutcome.End.crashed, "could not be carried out"),
        (.interrupted, "was interrupted"),
    ])
    func `a load that did not come to its end proves nothing`(end: LoadOutcome.End?, words: String) {
        let outcome = end.map { end in
            var outcome = Self.good
            outcome.end = end
            return outcome
        }
        let text = report(load(of: "a/pool/x", "a/pool/y", "a/pool/z", "a/pool/w", named: nil, outcome: outcome))
            .render(.text)
        #expect(
            text.hasPrefix("a/pool valid: false (the load of 'a/pool/x, a/pool/y, a/pool/z and 1 more' \(words))\n"),
            "\(text)")
    }

    @Test func `each of several loads must hold, of a run that a history keeps too`() throws {
        var kept = try #require(SuiteReport(record: SuiteReport(Self.run).record))
        #expect(kept.count(load(of: "a/pool/x", outcome: Self.good)) == .counted)
        #expect(kept.isValid)
        #expect(kept.count(load(of: "load_tests/pool", outcome: Self.slow)) == .counted)
        #expect(!kept.isValid)
        #expect(kept.render(.json).contains("\"the load of 'load_tests/pool' failed: "))
    }
}
