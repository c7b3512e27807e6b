internal import Diagnostics
public import ScenarioModel

/// Tells a history on a terminal, a line for each run or test.
public struct HistoryText: Sendable {
    private let history: KeptHistory
    /// The most tests that are told.
    public var most = 20

    /// Creates a text about a history.
    public init(_ history: KeptHistory) { self.history = history }

    /// The runs and loads, newest last, and how the time they take, the tests that fail and latencies have gone.
    public var runs: String {
        let lines = history.runs.map { ($0.started, told($0)) } + history.loads.map { ($0.started, told($0)) }
        // Of the same second, runs stay before loads and each in its order.
        var text = lines.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
            .map(\.element.1).joined()
        if !history.runs.isEmpty {
            text += "time    \(Sparkline.text(history.runs.map(\.ms)))\n"
            text += "failed  \(Sparkline.text(history.runs.map { Double($0.failed + $0.errors) }))\n"
        }
        var known: Set<String> = []
        for load in history.loads where known.insert(load.identity).inserted && known.count <= most {
            let alike = history.loads.filter { $0.identity == load.identity }
            text += "p95     \(Sparkline.text(alike.map(\.p95)))  \(title(load))\n"
        }
        return text
    }

    private func told(_ run: KeptRun) -> String {
        let counts = [
            (run.passed, "passed"), (run.failed, "failed"), (run.errors, "error"), (run.skipped, "skipped"),
            (run.flaky, "flaky"),
        ]
        return "\(head(run.started, run.id, run.profile))  \(list(counts) ?? "no tests") in "
            + "\(Figures.duration(run.ms))\n"
    }

    private func told(_ load: KeptLoad) -> String {
        let counts = [(load.passed, "passed"), (load.failed, "failed"), (load.errors, "error")]
        let facts = [
            "\(list(counts) ?? "no runs") in \(Figures.duration(load.ms))",
            "\(Figures.fixed(load.perSecond, digits: 1))/s", load.p95.map { "p95 \(Figures.duration($0))" },
            load.verdict,
        ]
        return "\(head(load.started, load.id, load.profile))  load \(title(load)): "
            + "\(facts.compactMap { $0 }.joined(separator: ", "))\n"
    }

    private func title(_ load: KeptLoad) -> String {
        line(load.name) + (load.target.map { " at \($0)" } ?? "")
    }

    private func head(_ started: String, _ id: String, _ profile: String?) -> String {
        "\(line(started))  \(line(id))\(profile.map { "  \(line($0))" } ?? "")"
    }

    private func list(_ counts: [(Int, String)]) -> String? {
        let words = counts.filter { $0.0 > 0 }.map { "\(Figures.grouped($0.0)) \($0.1)" }
        return words.isEmpty ? nil : words.joined(separator: ", ")
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

    /// How one load stands against another, measure by measure.
    public static func comparison(_ comparison: LoadComparison, of before: LoadStart, with after: LoadStart) -> String {
        func line(_ text: String) -> String { CutText.start(of: text, cells: 300) }
        var text = "\(line(before.id)) (\(line(before.started))) → \(line(after.id)) (\(line(after.started)))\n"
        text += LoadSummary.measures(of: comparison).plain
        let told = comparison.lines.filter { $0.verdict == comparison.verdict }.map(\.measure).joined(separator: ", ")
        switch comparison.verdict {
        case .better: text += "better: \(told)\n"
        case .worse: text += "worse: \(told)\n"
        case .noEvidence: text += "no evidence of a change\n"
        }
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
