internal import Diagnostics
internal import ScenarioModel

/// What a run came to, as HTML that needs no script: its counts, facts, notes and suites.
struct HTMLSummary {
    var result: RunResult
    /// The runs before this one.
    var past: KeptHistory?
    /// The most rows of the table of suites.
    var mostSuites: Int

    /// The elements, in the order of the page.
    func render() -> String { counts + facts + (past.map { HTMLPast($0, before: result).render() } ?? "") + suites }

    private var counts: String {
        let flaky = result.tests.count { $0.verdict == .passed && $0.isFlaky }
        let parts = [
            ("failed", result.count(.failed)), ("error", result.count(.error)), ("flaky", flaky),
            ("passed", result.count(.passed) - flaky), ("skipped", result.count(.skipped)),
        ]
        // Without a script they are no buttons to press.
        let items = parts.map { verdict, count in
            "<li><button type=\"button\" class=\"verdict \(verdict)\(count == 0 ? " zero" : "")\" "
                + "data-verdict=\"\(verdict)\" disabled>"
                + "<b>\(Figures.grouped(count))</b> \(verdict)</button></li>"
        }
        return "<ul class=\"counts\" aria-label=\"Verdicts\">\(items.joined())</ul>\n"
    }

    private var facts: String {
        let start = result.start
        let facts = [
            start.profile.map { "profile \($0)" }, "seed \(start.seed)", "run \(start.id)", start.started,
            Figures.count(start.jobs, "test") + " at a time", "plumb \(start.version)",
        ]
        let shown = facts.compactMap { $0 }.map { PageText.escaped($0) }
        var text = "<p class=\"facts\">\(shown.joined(separator: " · "))</p>\n"
        for note in result.notes.prefix(50) { text += "<p class=\"note\">\(PageText.escaped(note))</p>\n" }
        return text
    }

    private var suites: String {
        var order: [String] = []
        var tests: [String: [TestResult]] = [:]
        for test in result.tests {
            if tests[test.test.suite] == nil { order.append(test.test.suite) }
            tests[test.test.suite, default: []].append(test)
        }
        guard order.count > 1 || order.first.map({ !$0.isEmpty }) ?? false else { return "" }
        var text = "<section id=\"suites\"><h2>Suites</h2>\n<table><thead><tr><th scope=\"col\">suite</th>"
        for title in ["tests", "passed", "failed", "skipped", "time"] {
            let optional = title == "skipped" || title == "tests" ? " optional" : ""
            text += "<th scope=\"col\" class=\"number\(optional)\">\(title)</th>"
        }
        text += "</tr></thead>\n<tbody>\n"
        for suite in order.prefix(mostSuites) { text += row(suite, tests[suite] ?? []) }
        text += "</tbody></table>\n"
        if order.count > mostSuites { text += "<p>and \(Figures.count(order.count - mostSuites, "more suite"))</p>\n" }
        return text + "</section>\n"
    }

    private func row(_ suite: String, _ tests: [TestResult]) -> String {
        let failed = tests.count { $0.verdict == .failed || $0.verdict == .error }
        let verdict: Verdict = failed > 0 ? .failed : tests.contains { $0.verdict == .passed } ? .passed : .skipped
        let name = suite.isEmpty ? "(no folder)" : suite
        // The script finds the suite by this word: it is told as it is, not as it is shown.
        var text = "<tr data-suite=\"\(PageText.escapedVerbatim(suite))\"><td>"
        text +=
            "<div class=\"suite\"><span class=\"sign \(verdict.rawValue)\">\(Marks.unicode.sign(of: verdict))</span>"
        text += "<button type=\"button\" disabled>\(PageText.escaped(name))</button></div></td>"
        let figures = [
            Figures.grouped(tests.count), Figures.grouped(tests.count { $0.verdict == .passed }),
            Figures.grouped(failed), Figures.grouped(tests.count { $0.verdict == .skipped }),
            Figures.duration(tests.reduce(0) { $0 + $1.ms }),
        ]
        for (place, figure) in figures.enumerated() {
            text += "<td class=\"number\(place == 0 || place == 3 ? " optional" : "")\">\(figure)</td>"
        }
        return text + "</tr>\n"
    }
}
