internal import Diagnostics
internal import Expressions
public import ScenarioModel

/// Tells people of a load: where lines can be redrawn its present state, else a line now and then, and the result.
public final class LoadTerminal {
    private let style: TerminalStyle
    private let write: (String) -> Void
    private let tellsIntervals: Bool
    private var drawnLines = 0
    private var told = 0
    private static let mostSteps = 12

    /// Creates a reporter that writes through the closure.
    public init(style: TerminalStyle, tellsIntervals: Bool, write: @escaping (String) -> Void) {
        self.style = style
        self.tellsIntervals = tellsIntervals
        self.write = write
    }

    /// Takes the next event.
    public func receive(_ event: LoadEvent) {
        switch event {
        case .started(let start): begin(start)
        case .note(let text): say(StyledText("note: \(CutText.start(of: text, cells: 1000))\n", .note))
        case .interval(let interval): if tellsIntervals { tell(interval) }
        case .finished: pause()
        }
    }

    /// Takes the drawing away, before anything else writes to the same terminal.
    public func pause() {
        guard drawnLines > 0 else { return }
        write(erasure())
    }

    /// Writes the result.
    public func finish(_ result: LoadResult) {
        pause()
        write(rendered(StyledText("\n")))
        write(rendered(LoadSummary.render(result, style: style)))
    }

    private func begin(_ start: LoadStart) {
        let facts: [String?] = [
            "plumb \(start.version)", start.load.map { "load \($0)" }, start.profile.map { "profile \($0)" },
            "seed \(start.seed)", Figures.count(start.tests.count, "test"),
        ]
        let line = facts.compactMap { $0 }.map { VisibleText($0).text }.joined(separator: ", ")
        say(StyledText("\(line)\n", .dim))
    }

    private func tell(_ interval: LoadInterval) {
        let end = interval.startMs + interval.lengthMs
        let line = "\(Figures.elapsed(end))  \(interval.line)"
        guard style.isLive else {
            told += 1
            // A log of a long load stays short: each, then each tenth, then each sixtieth.
            guard told <= 30 || told <= 300 && told.isMultiple(of: 10) || told.isMultiple(of: 60) else { return }
            return write(rendered(StyledText("\(line)\n", interval.failing.isEmpty ? .plain : .warning)))
        }
        var text = StyledText()
        text.append("\(CutText.start(of: line, cells: style.width - 1))\n", .strong)
        var lines = 1
        for (id, step) in LoadFigures.steps(interval.steps, most: Self.mostSteps) {
            let p50 = step["p50"]?.number.map { Figures.duration($0) } ?? "-"
            let p95 = step["p95"]?.number.map { Figures.duration($0) } ?? "-"
            let failed = Int(step["failed"]?.number ?? 0)
            let count = Int(step["runs"]?.number ?? 0)
            let words =
                "  \(id)  \(Figures.grouped(count)) runs  p50 \(p50)  p95 \(p95)"
                + (failed > 0 ? "  \(Figures.grouped(failed)) failed" : "")
            text.append("\(CutText.start(of: words, cells: style.width - 1))\n", failed > 0 ? .error : .dim)
            lines += 1
        }
        for name in interval.failing.prefix(5) {
            text.append("\(CutText.start(of: "  not met: \(name)", cells: style.width - 1))\n", .error)
            lines += 1
        }
        let output = erasure() + rendered(text)
        drawnLines = lines
        write(output)
    }

    private func say(_ text: StyledText) { write(erasure() + rendered(text)) }

    private func erasure() -> String {
        guard drawnLines > 0 else { return "" }
        defer { drawnLines = 0 }
        return "\r\u{1B}[\(drawnLines)A\u{1B}[J"
    }

    private func rendered(_ text: StyledText) -> String {
        let written = text.written(in: style.hasColor ? .ansi : .plain)
        return style.hasUnicode ? written : ASCIIText.folded(written)
    }
}
