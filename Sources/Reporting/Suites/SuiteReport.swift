internal import Diagnostics
internal import Expressions
public import ScenarioModel

/// Tells the verdicts of a run's suites: a line for a terminal, a JSON document, a page of Markdown.
public struct SuiteReport: Sendable {
    /// The forms that it has.
    public enum Format: String, CaseIterable, Sendable {
        case text, json, markdown
    }

    private let run: String
    private let started: String
    let profile: String?
    var suites: [SuiteVerdict]

    /// Judges the suites of a run.
    public init(_ result: RunResult) {
        run = result.start.id
        started = result.start.started
        profile = result.start.profile
        suites = SuiteVerdict.all(of: result)
    }

    /// Reads what `record` or `json` wrote; nil where it is no such report.
    public init?(record: String) {
        guard let value = try? JSON.parse(Array(record.utf8)).value, value["format"]?.number == 1,
            let run = value["run"]?.string, let suites = value["suites"]?.array
        else { return nil }
        self.run = run
        started = value["started"]?.string ?? ""
        profile = value["profile"]?.string
        self.suites = suites.compactMap { SuiteVerdict($0) }
    }

    /// The JSON document on one line, as a history keeps it.
    public var record: String { json.json() }

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
            "format": 1, "run": .string(run), "started": .string(started),
            "profile": profile.map { .string($0) } ?? .null, "valid": .bool(isValid),
            "suites": .array(suites.map(\.value)),
        ]
    }

    private var markdown: String {
        let valid = suites.count { $0.isValid }
        let facts = [profile.map { "profile \($0)" }, "run \(run)", started]
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
        text += measurements("performance", suite.performance, hasDropped: false)
        text += measurements("load", suite.load, hasDropped: true)
        if !suite.elsewhere.isEmpty {
            text += "\n| elsewhere | |\n|---|---|\n"
            for test in suite.elsewhere.prefix(100) {
                let mark = Marks.unicode.sign(of: test.verdict)
                text += "| \(MarkdownText.inline(test.test)) | \(mark) \(test.verdict.rawValue) |\n"
            }
        }
        let body = text.drop { $0 == "\n" }
        return body.isEmpty ? "" : "\n## \(name(suite))\n\n\(body)"
    }

    /// A table of what repetitions measured; runs that found no room are told where runs came by a rate.
    private func measurements(_ title: String, _ all: [SuiteVerdict.Measurement], hasDropped: Bool) -> String {
        guard !all.isEmpty else { return "" }
        let columns = ["runs", "passed"] + (hasDropped ? ["dropped"] : []) + ["per_second", "p50", "p95", "p99"]
        var text = "\n| \(title) | | \(columns.joined(separator: " | ").replacing("_", with: " ")) | not held |\n"
        text += "|---|---|\(String(repeating: "---:|", count: columns.count))---|\n"
        for one in all.prefix(100) {
            let figures = columns.map { name -> String in
                guard let figure = one.figures[name] else { return "" }
                switch name {
                case "runs", "passed", "dropped": return Figures.grouped(Int(figure))
                case "per_second": return Figures.fixed(figure, digits: 1)
                default: return Figures.duration(figure)
                }
            }
            let cells = [
                MarkdownText.inline("\(one.test) \(one.step)", cells: 200),
                one.isHeld ? Marks.unicode.passed : Marks.unicode.failed,
            ]
            let missed = MarkdownText.inline(one.missed.joined(separator: "; "), cells: 200)
            text += "| \((cells + figures + [missed]).joined(separator: " | ")) |\n"
        }
        return text
    }

    private func name(_ suite: SuiteVerdict) -> String {
        suite.suite.isEmpty ? "(no folder)" : MarkdownText.inline(suite.suite)
    }
}
