import ScenarioModel

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
