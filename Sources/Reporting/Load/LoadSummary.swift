internal import Diagnostics
internal import Expressions
internal import ScenarioModel

/// What a load came to, for people.
///
/// ```
/// runs       12,000 in 60.0 s, 200.0/s; 12,000 passed, 0 failed, 0 errors
/// latency    min 0.4 ms  p50 1.2 ms …
/// step chat  min 0.4 ms  p50 1.1 ms …
/// ```
struct LoadSummary {
    let style: TerminalStyle
    /// The cells of titles; those of steps are as wide as their ids.
    private static let titleCells = 11
    private static let mostSteps = 30
    /// The cells of the longest title.
    private static let mostTitle = 30

    /// The text of a load that has ended.
    static func render(_ result: LoadResult, style: TerminalStyle) -> StyledText {
        LoadSummary(style: style).render(result)
    }

    private func render(_ result: LoadResult) -> StyledText {
        var text = StyledText()
        guard let outcome = result.outcome else { return text }
        let figures = LoadFigures(aggregate: outcome.aggregate)
        if outcome.aggregate.object != nil { append(figures, result, to: &text) }
        if let comparison = result.comparison { append(comparison, to: &text) }
        append(outcome, to: &text)
        return text
    }

    private func append(_ figures: LoadFigures, _ result: LoadResult, to text: inout StyledText) {
        let seconds = result.counted.reduce(0) { $0 + $1.lengthMs } / 1000
        line(
            "runs",
            "\(Figures.grouped(figures.count("runs"))) in \(Figures.fixed(seconds, digits: 1)) s, "
                + "\(Figures.fixed(figures.number("per_second") ?? 0, digits: 1))/s; "
                + "\(Figures.grouped(figures.count("passed"))) passed, "
                + "\(Figures.grouped(figures.count("failed"))) failed, \(Figures.grouped(figures.count("errors"))) errors",
            &text)
        let rest = ["skipped", "unfinished", "dropped", "late"].filter { figures.count($0) > 0 }
            .map { "\(Figures.grouped(figures.count($0))) \($0)" }
        if !rest.isEmpty { line("also", rest.joined(separator: ", "), &text) }
        let aggregate = figures.aggregate
        for (title, key) in [("latency", "ms"), ("service", "service_ms"), ("failed", "failed_ms")] {
            if let written = LoadFigures.percentiles(aggregate[key]) { line(title, written, &text) }
        }
        let kinds = figures.errorKinds.prefix(10).map { "\($0.kind) \(Figures.grouped($0.count))" }
        if !kinds.isEmpty { line("causes", kinds.joined(separator: ", "), &text) }
        let steps = LoadFigures.steps(figures.aggregate["steps"]?.object ?? .init(), most: Self.mostSteps)
        let widest = steps.map { VisibleText("step \($0.id)").cells }.max() ?? 0
        let stepCells = max(Self.titleCells, min(Self.mostTitle, widest))
        for step in steps {
            let failed = LoadFigures.failures(step.value)
            let times = LoadFigures.percentiles(step.value["ms"]) ?? "no run passed"
            line(
                "step \(step.id)", times + (failed > 0 ? "  \(Figures.grouped(failed)) failed" : ""), &text,
                cells: stepCells)
        }
        if figures.steps.count > Self.mostSteps {
            let rest = figures.steps.count - Self.mostSteps
            line("", "and \(rest) more steps; told are those that failed most, then the slowest", &text)
        }
        if let lag = LoadFigures.percentiles(aggregate["lag_ms"], ["p50", "p99", "max"]) {
            let cpu = result.counted.map(\.cpu).max() ?? 0
            let loops = figures.count("generator", "loops")
            let share = "\(Int((cpu * 100).rounded()))% of a processor"
            line(
                "generator",
                loops > 1
                    ? "\(loops) loops; starts late by \(lag); the busiest took at most \(share)"
                    : "starts late by \(lag); at most \(share)", &text)
        }
        if let bottleneck = figures.bottleneck {
            let words = WrappedText.lines(of: "warning: \(bottleneck)", cells: style.isLive ? style.width : Int.max)
            text.append("\(words.joined(separator: "\n"))\n", .warning)
        }
    }

    private func append(_ comparison: LoadComparison, to text: inout StyledText) {
        line("baseline", "of \(comparison.baseline)", &text)
        text.append(Self.measures(of: comparison))
    }

    /// A line for each measure of two loads.
    static func measures(of comparison: LoadComparison) -> StyledText {
        var text = StyledText()
        for measure in comparison.lines {
            let word =
                switch measure.verdict {
                case .better: "better"
                case .worse: "worse"
                case .noEvidence: measure.probability == nil ? "too few intervals to tell" : "no evidence of a change"
                }
            let values = "\(Figures.fixed(measure.before, digits: 2)) -> \(Figures.fixed(measure.after, digits: 2))"
            let chance = measure.probability.map { ", p = \(Figures.fixed($0, digits: 4))" } ?? ""
            text.append("  \(pad(measure.measure, 14))\(values)  ")
            text.append(
                word, measure.verdict == .worse ? .error : measure.verdict == .better ? .success : .dim)
            text.append("\(chance)\n", .dim)
        }
        return text
    }

    private func append(_ outcome: LoadOutcome, to text: inout StyledText) {
        let marks: Marks = style.hasUnicode ? .unicode : .ascii
        var failures = FailureText(width: style.width)
        failures.marks = marks
        failures.wrapsFacts = style.isLive
        if !outcome.failures.isEmpty || !outcome.samples.isEmpty { text.append("\n") }
        text.append(failures.render(outcome.failures))
        for sample in outcome.samples { text.append(StyledText("\n") + failures.render(sample)) }
        text.append("\n")
        switch (outcome.end, outcome.failures.isEmpty) {
        case (.interrupted, _): text.append("interrupted\n", .warning)
        case (.crashed, _): text.append("the load could not be carried out\n", .error)
        case (.aborted, _): text.append("aborted: a threshold did not hold\n", .error)
        case (.completed, true): text.append("all thresholds hold\n", .success)
        case (.completed, false):
            text.append("\(Figures.count(outcome.failures.count, "threshold")) did not hold\n", .error)
        }
    }

    private func line(
        _ title: String, _ words: String, _ text: inout StyledText, cells titleCells: Int = titleCells
    ) {
        let room = style.isLive ? max(20, style.width - titleCells - 1) : Int.max
        let lines = WrappedText.lines(of: CutText.start(of: words, cells: 1000), cells: room)
        for (index, line) in lines.enumerated() {
            text.append(
                Self.pad(index == 0 ? CutText.start(of: title, cells: Self.mostTitle) : "", titleCells), .strong)
            text.append(" \(line)\n")
        }
    }

    private static func pad(_ word: String, _ width: Int) -> String {
        word + String(repeating: " ", count: max(0, width - VisibleText(word).cells))
    }
}

extension StyledText {
    fileprivate static func + (first: StyledText, second: StyledText) -> StyledText {
        var both = first
        both.append(second)
        return both
    }
}
