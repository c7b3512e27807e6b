internal import Diagnostics
internal import ScenarioModel

extension LoadReportFormat {
    /// JUnit's XML, in which a load is a test: CI systems show beside all others what it came to.
    static let junit = LoadReportFormat(name: "junit") { sink in
        LoadDocument(sink) { result in
            var run = result.asRun
            run.notes =
                LoadSummary.render(result, style: TerminalStyle()).plain.split(separator: "\n").map(String.init)
                + run.notes
            return Array(JUnitReport().render(run).utf8)
        }
    }

    /// A summary for a pull request or a CI page.
    static let markdown = LoadReportFormat(name: "markdown") { sink in
        LoadDocument(sink) { result in
            let summary = LoadSummary.render(result, style: TerminalStyle()).plain
            let figures = "\n```text\n\(summary.replacing("```", with: "'''"))```\n"
            return Array((MarkdownReport().render(result.asRun) + figures).utf8)
        }
    }
}

extension LoadResult {
    /// The load as a run of one test, which fails where a threshold did not hold.
    var asRun: RunResult {
        let failures =
            outcome?.failures ?? [
                FailureReport(code: "run.lost", verdict: .error, message: "the load was not carried out")
            ]
        let isError = failures.contains { $0.verdict == .error } || outcome?.end == .crashed
        let name = start.load ?? "load"
        let test = TestName(
            index: 0, name: "\(name)[\(start.tests.joined(separator: ", "))]", file: "", suite: "load",
            scenario: name, row: start.tests.joined(separator: ", "))
        let ms = intervals.reduce(0) { $0 + $1.lengthMs }
        var result = TestResult(
            test: test, verdict: isError ? .error : failures.isEmpty ? .passed : .failed, ms: ms, failures: failures)
        if outcome?.end == .interrupted, failures.isEmpty { (result.verdict, result.reason) = (.error, "interrupted") }
        let run = RunStart(
            id: start.id, version: start.version, seed: start.seed, profile: start.profile, started: start.started,
            jobs: 1, tests: [test])
        return RunResult(
            start: run, tests: [result], notes: notes,
            end: RunEnd(
                ms: ms, isInterrupted: outcome?.end == .interrupted, status: status, requests: outcome?.requests ?? 0))
    }
}
