internal import Diagnostics
internal import ScenarioModel

/// The runs before one and that one itself as a row of bars: how long each took, and what share of it did not pass.
///
/// It needs no script; what a bar stands for is its title, and the table that opens below the bars.
struct HTMLPast {
    private let runs: [KeptRun]
    private static let mostRuns = 60
    private static let height = 64.0
    private static let step = 14.0

    init(_ past: KeptHistory, before result: RunResult) {
        runs = Array(past.runs.suffix(Self.mostRuns - 1)) + [KeptRun(result)]
    }

    func render() -> String {
        guard runs.count > 1 else { return "" }
        let longest = max(runs.map(\.ms).max() ?? 0, 0.001)
        let width = Double(runs.count) * Self.step
        var text = "<section id=\"past\"><h2>This run and the \(Figures.count(runs.count - 1, "run")) before it</h2>\n"
        text += "<figure class=\"past\"><svg viewBox=\"0 0 \(Self.number(width)) \(Self.number(Self.height))\" "
        text += "width=\"\(Self.number(width))\" height=\"\(Self.number(Self.height))\" role=\"img\" "
        text += "aria-label=\"how long each run took; those that failed are marked\">\n"
        for (index, run) in runs.enumerated() {
            let height = max(3, run.ms / longest * Self.height)
            let troubles = Double(run.failed + run.errors)
            let tests = Double(max(1, run.passed + run.failed + run.errors))
            let bad = troubles > 0 ? max(3, height * troubles / tests) : 0
            let x = Double(index) * Self.step
            text += "<g><title>\(PageText.escaped(facts(run)))</title>"
            text += Self.bar("passed", x: x, y: Self.height - height, height: height - bad)
            if bad > 0 { text += Self.bar("failed", x: x, y: Self.height - bad, height: bad) }
            text += "</g>\n"
        }
        text += "</svg>\n<figcaption>time of each run, the last one at the right: "
        text += "\(Figures.duration(runs[runs.count - 1].ms)), longest \(Figures.duration(longest)); "
        text += "red is the share that did not pass</figcaption></figure>\n"
        return text + table + "</section>\n"
    }

    private var table: String {
        var text = "<details><summary>as a table</summary><div class=\"wide\"><table><thead><tr>"
        for title in ["started", "run", "plumb"] { text += "<th scope=\"col\">\(title)</th>" }
        for title in ["passed", "failed", "error", "skipped", "flaky", "time"] {
            text += "<th scope=\"col\" class=\"number\">\(title)</th>"
        }
        text += "</tr></thead><tbody>\n"
        for run in runs.reversed() {
            text += "<tr>"
            for cell in [run.started, run.id, run.version] { text += "<td>\(PageText.escaped(cell))</td>" }
            let counts = [run.passed, run.failed, run.errors, run.skipped, run.flaky].map(Figures.grouped)
            for cell in counts + [Figures.duration(run.ms)] { text += "<td class=\"number\">\(cell)</td>" }
            text += "</tr>\n"
        }
        return text + "</tbody></table></div></details>\n"
    }

    private func facts(_ run: KeptRun) -> String {
        let counts = [
            (run.passed, "passed"), (run.failed, "failed"), (run.errors, "error"), (run.skipped, "skipped"),
        ].filter { $0.0 > 0 }.map { "\(Figures.grouped($0.0)) \($0.1)" }
        return "\(run.started) \(run.id): \(counts.joined(separator: ", ")) in \(Figures.duration(run.ms))"
    }

    private static func bar(_ name: String, x: Double, y: Double, height: Double) -> String {
        "<rect class=\"\(name)\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(step - 3))\" "
            + "height=\"\(number(height))\"/>"
    }

    private static func number(_ value: Double) -> String { Figures.fixed(value, digits: 1) }
}
