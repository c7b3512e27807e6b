internal import Diagnostics
internal import ScenarioModel

/// Tells a history on a terminal, a line for each run or test.
public struct HistoryText: Sendable {
    private let history: KeptHistory
    /// The most tests that are told.
    public var most = 20

    /// Creates a text about a history.
    public init(_ history: KeptHistory) { self.history = history }

    /// The runs, newest last, and how the time they take and the tests that fail have gone.
    public var runs: String {
        var text = ""
        for run in history.runs {
            let counts = [
                (run.passed, "passed"), (run.failed, "failed"), (run.errors, "error"), (run.skipped, "skipped"),
                (run.flaky, "flaky"),
            ].filter { $0.0 > 0 }.map { "\(Figures.grouped($0.0)) \($0.1)" }
            let profile = run.profile.map { "  \(line($0))" } ?? ""
            let facts = counts.isEmpty ? "no tests" : counts.joined(separator: ", ")
            text += "\(line(run.started))  \(line(run.id))\(profile)  \(facts) in \(Figures.duration(run.ms))\n"
        }
        text += "time    \(Sparkline.text(history.runs.map(\.ms)))\n"
        text += "failed  \(Sparkline.text(history.runs.map { Double($0.failed + $0.errors) }))\n"
        return text
    }

    /// The unsteady tests, with a sign for each run: `✓✗✓`, `~` for a pass after a retry.
    public var flaky: String {
        let found = history.flaky
        guard !found.isEmpty else { return "no test is flaky in \(Figures.count(history.runs.count, "run"))\n" }
        var text = ""
        for test in found.prefix(most) {
            var facts = ["not passed in \(test.troubles) of \(Figures.count(test.runs, "run"))"]
            if test.retried > 0 { facts.append("after a retry in \(test.retried)") }
            text += "\(signs(of: test.name))  \(line(test.name))  \(facts.joined(separator: ", "))\n"
        }
        return text + more(found.count)
    }

    /// The slowest tests, with their times as bars.
    public var slow: String {
        let found = history.slow
        guard !found.isEmpty else { return "no test passed in \(Figures.count(history.runs.count, "run"))\n" }
        var text = ""
        for test in found.prefix(most) {
            text += "\(Sparkline.text(test.figures))  \(line(test.name))  median \(Figures.duration(test.median)), "
            text += "last \(Figures.duration(test.last))\n"
        }
        return text + more(found.count)
    }

    /// What changed from one run to another.
    public func comparison(_ comparison: KeptHistory.Comparison) -> String {
        let (before, after) = (comparison.before, comparison.after)
        var text = "\(line(before.id)) (\(line(before.started))) → \(line(after.id)) (\(line(after.started)))\n"
        func list(_ title: String, _ lines: [String]) {
            for one in lines.prefix(most) { text += "\(title)  \(one)\n" }
            if lines.count > most { text += "\(title)  and \(Figures.grouped(lines.count - most)) more\n" }
        }
        func pace(_ one: KeptHistory.Pace) -> String {
            "\(line(one.name))  \(Figures.duration(one.before)) → \(Figures.duration(one.after))"
        }
        list("broken ", comparison.broken.map(line))
        list("mended ", comparison.mended.map(line))
        list("slower ", comparison.slower.map(pace))
        list("faster ", comparison.faster.map(pace))
        list("added  ", comparison.added.map(line))
        list("removed", comparison.removed.map(line))
        let ratio = before.ms > 0 ? ", \(Figures.fixed(after.ms / before.ms * 100, digits: 0)) % of the time" : ""
        text += "\(comparison.broken.count) broken, \(comparison.mended.count) mended, "
        text += "\(comparison.slower.count) slower, \(comparison.faster.count) faster\(ratio)\n"
        return text
    }

    private func signs(of name: String) -> String {
        (history.tests[name] ?? []).map { test in
            guard let test else { return "·" }
            return test.isPassed && test.isFlaky ? "~" : Marks.unicode.sign(of: test.verdict)
        }.joined()
    }

    private func more(_ count: Int) -> String {
        count > most ? "and \(Figures.count(count - most, "more test"))\n" : ""
    }

    private func line(_ text: String) -> String { CutText.start(of: text, cells: 300) }
}
