internal import Diagnostics
internal import ScenarioModel

/// Draws the running tests below what is printed, and erases them again.
///
/// ```
/// [########············] 12/30  1 failed  3.2 s
///   gateway/routing[hermes]  chat  1.2 s
///   gateway/streaming  stream → read  0.4 s
///   vectors/storage  written  2,560 of 100,000 points  1.1 s
/// ```
struct LiveDisplay {
    var style: TerminalStyle
    /// The lines that are drawn and not erased.
    private(set) var drawnLines = 0
    private static let mostTests = 8

    /// Creates a display with nothing drawn.
    init(style: TerminalStyle) { self.style = style }

    /// The sequence that takes the drawn lines away, and leaves the cursor where they began.
    mutating func erasure() -> String {
        guard drawnLines > 0 else { return "" }
        let up = drawnLines
        drawnLines = 0
        return "\r\u{1B}[\(up)A\u{1B}[J"
    }

    /// The lines of the present state, each narrower than the terminal, so that none wraps.
    mutating func drawing(
        running: RunningTests, finished: Int, total: Int, troubled: Int, now: Double
    ) -> StyledText {
        var text = progress(finished: finished, total: total, troubled: troubled, now: now)
        let tests = running.tests
        let shown = tests.count > Self.mostTests ? Self.mostTests - 1 : tests.count
        for test in tests.prefix(shown) {
            let step = test.steps.last
            let elapsed = Figures.elapsed(now - (step?.startedMs ?? test.startedMs))
            let progress = step?.progress.map { "  \(Figures.progress($0))" } ?? ""
            let rest = "\(step.map { "  \($0.trail)" } ?? "")\(progress)  \(elapsed)"
            text.append("\(CutText.start(of: "  \(test.name.name)\(rest)", cells: style.width - 1))\n", .dim)
        }
        if tests.count > shown {
            text.append("\(CutText.start(of: "  and \(tests.count - shown) more", cells: style.width - 1))\n", .dim)
        }
        drawnLines = 1 + shown + (tests.count > shown ? 1 : 0)
        return text
    }

    private func progress(finished: Int, total: Int, troubled: Int, now: Double) -> StyledText {
        let counts = "\(finished)/\(total)"
        let failed = troubled > 0 ? "  \(troubled) failed" : ""
        let elapsed = "  \(Figures.elapsed(now))"
        let room = style.width - 4 - counts.utf8.count - failed.utf8.count - elapsed.utf8.count
        var text = StyledText()
        if room >= 8 {
            let bar = min(30, room)
            let filled = total > 0 ? min(bar, bar * finished / total) : 0
            text.append("[")
            text.append(String(repeating: "#", count: filled), troubled > 0 ? .error : .success)
            text.append(String(repeating: style.hasUnicode ? "·" : ".", count: bar - filled), .dim)
            text.append("] ")
        }
        text.append(CutText.start(of: counts, cells: style.width - 1))
        guard room >= 0 else {
            text.append("\n")
            return text
        }
        text.append(failed, .error)
        text.append("\(elapsed)\n", .dim)
        return text
    }
}
