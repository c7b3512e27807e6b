internal import Diagnostics
internal import Expressions
public import ScenarioModel

/// Tells the verdicts of a run's suites: a line for a terminal, a JSON document, a page of Markdown.
public struct SuiteReport: Sendable {
    /// The forms that it has.
    public enum Format: String, CaseIterable, Sendable {
        case text, json, markdown
    }

    private let result: RunResult
    private let suites: [SuiteVerdict]

    /// Judges the suites of a run.
    public init(_ result: RunResult) {
        self.result = result
        suites = SuiteVerdict.all(of: result)
    }

    /// Whether every suite is valid, and there is one.
    public var isValid: Bool { !suites.isEmpty && suites.allSatisfy(\.isValid) }

    /// The whole report, its last line ended.
    public func render(_ format: Format) -> String {
        switch format {
        case .text: suites.map { "\(Self.line($0))\n" }.joined()
        case .json: json.json(pretty: true) + "\n"
        case .markdown: markdown
        }
    }

    /// The line of a suite, without its end: `cross_service/api_gateway_to_models valid: true`.
    public static func line(_ verdict: SuiteVerdict) -> String {
        let name = CutText.start(of: verdict.suite.isEmpty ? "(no folder)" : verdict.suite, cells: 200)
        guard !verdict.isValid else { return "\(name) valid: true" }
        let reasons = verdict.reasons.prefix(3).map { CutText.start(of: $0, cells: 300) }
        return "\(name) valid: false (\(reasons.joined(separator: "; ")))"
    }

    private var json: Value {
        [
            "format": 1, "run": .string(result.start.id), "started": .string(result.start.started),
            "profile": result.start.profile.map { .string($0) } ?? .null, "valid": .bool(isValid),
            "suites": .array(suites.map(value)),
        ]
    }

    private func value(_ suite: SuiteVerdict) -> Value {
        let coverage = suite.coverage
        let connectivity = suite.connectivity.map { target -> Value in
            [
                "target": .string(target.target), "steps": Value(target.steps), "errors": Value(target.errors),
                "valid": .bool(target.errors == 0),
            ]
        }
        let performance = suite.performance.map { step -> Value in
            [
                "test": .string(step.test), "step": .string(step.step), "valid": .bool(step.isHeld),
                "summary": .string(step.summary), "missed": .array(step.missed.map { .string($0) }),
            ]
        }
        return [
            "suite": .string(suite.suite), "valid": .bool(suite.isValid),
            "reasons": .array(suite.reasons.map { .string($0) }),
            "coverage": [
                "configured": .array(coverage.named.map { .string($0) }), "named": Value(coverage.named.count),
                "present": Value(coverage.present), "run": Value(coverage.run), "passed": Value(coverage.passed),
                "percent": .number((coverage.share * 1000).rounded() / 10),
            ],
            "tests": [
                "passed": Value(suite.tests.passed), "failed": Value(suite.tests.failed),
                "error": Value(suite.tests.errors), "skipped": Value(suite.tests.skipped),
                "flaky": Value(suite.tests.flaky),
            ],
            "connectivity": .array(connectivity), "performance": .array(performance),
            "ms": .number((suite.ms * 1000).rounded() / 1000),
        ]
    }

    private var markdown: String {
        let start = result.start
        let valid = suites.count { $0.isValid }
        let facts = [start.profile.map { "profile \($0)" }, "run \(start.id)", start.started]
        var text = "# \(valid) of \(Figures.count(suites.count, "suite")) valid\n\n"
        text += "\(facts.compactMap { $0.map { MarkdownText.inline($0) } }.joined(separator: ", "))\n\n"
        text += "| suite | valid | named | present | run | passed | coverage | tests | time |\n"
        text += "|---|---|---:|---:|---:|---:|---:|---|---:|\n"
        for suite in suites { text += row(suite) }
        for suite in suites { text += section(suite) }
        return text
    }

    private func row(_ suite: SuiteVerdict) -> String {
        let coverage = suite.coverage
        let tests = suite.tests
        let counts = [
            (tests.passed, "passed"), (tests.failed, "failed"), (tests.errors, "error"), (tests.skipped, "skipped"),
            (tests.flaky, "flaky"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        let cells = [
            name(suite), suite.isValid ? "true" : "**false**", "\(coverage.named.count)", "\(coverage.present)",
            "\(coverage.run)", "\(coverage.passed)", "\(Figures.fixed(coverage.share * 100, digits: 0)) %", counts,
            suite.ms > 0 ? Figures.duration(suite.ms) : "",
        ]
        return "| \(cells.joined(separator: " | ")) |\n"
    }

    private func section(_ suite: SuiteVerdict) -> String {
        var text = ""
        for reason in suite.reasons.prefix(50) { text += "- \(MarkdownText.inline(reason))\n" }
        if !suite.connectivity.isEmpty {
            text += "\n| connectivity | steps | errors |\n|---|---:|---:|\n"
            for target in suite.connectivity.prefix(100) {
                text += "| \(MarkdownText.inline(target.target)) | \(target.steps) | \(target.errors) |\n"
            }
        }
        if !suite.performance.isEmpty {
            text += "\n| performance | | measured | not held |\n|---|---|---|---|\n"
            for step in suite.performance.prefix(100) {
                let cells = ["\(step.test) \(step.step)", step.summary, step.missed.joined(separator: "; ")]
                    .map { MarkdownText.inline($0, cells: 200) }
                let mark = step.isHeld ? Marks.unicode.passed : Marks.unicode.failed
                text += "| \(cells[0]) | \(mark) | \(cells[1]) | \(cells[2]) |\n"
            }
        }
        let body = text.drop { $0 == "\n" }
        return body.isEmpty ? "" : "\n## \(name(suite))\n\n\(body)"
    }

    private func name(_ suite: SuiteVerdict) -> String {
        suite.suite.isEmpty ? "(no folder)" : MarkdownText.inline(suite.suite)
    }
}
