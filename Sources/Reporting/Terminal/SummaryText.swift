public import Diagnostics
public import ScenarioModel

/// What a run came to, at the end of its output.
///
/// ```
/// slowest: gateway/streaming 1.2 s, gateway/routing[mixtral] 312 ms, gateway/health 12 ms
/// 12 passed, 1 failed, 2 skipped, 1 flaky in 3.2 s (45 requests)
/// ```
public struct SummaryText: Sendable {
    /// Creates a summary.
    public init() {}

    /// The counts of a run in one line, without a line end.
    public func counts(_ result: RunResult) -> StyledText {
        var parts: [(String, StyledText.Style)] = []
        let styles: [(Verdict, String, StyledText.Style)] = [
            (.passed, "passed", .success), (.failed, "failed", .error), (.error, "error", .error),
            (.skipped, "skipped", .dim),
        ]
        for (verdict, word, style) in styles {
            let count = result.count(verdict)
            guard count > 0 || verdict == .passed else { continue }
            let plural = verdict == .error && count != 1 ? "errors" : word
            parts.append(("\(Figures.grouped(count)) \(plural)", style))
        }
        let flaky = result.tests.count(where: \.isFlaky)
        if flaky > 0 { parts.append(("\(Figures.grouped(flaky)) flaky", .warning)) }
        var text = StyledText()
        if result.end.isInterrupted { text.append("interrupted: ", .error) }
        for (index, part) in parts.enumerated() {
            if index > 0 { text.append(", ") }
            text.append(part.0, part.1)
        }
        text.append(" in \(Figures.duration(result.end.ms))")
        if result.end.requests > 0 { text.append(" (\(Figures.count(result.end.requests, "request")))") }
        return text
    }

    /// The slowest tests of a run of more than five, in one line; nil for a shorter one.
    public func slowest(_ result: RunResult) -> StyledText? {
        guard result.tests.count > 5 else { return nil }
        let ran = result.tests.filter { $0.verdict != .skipped }
        let order = ran.sorted { ($1.ms, $0.test.index) < ($0.ms, $1.test.index) }.prefix(3)
        guard !order.isEmpty else { return nil }
        let names = order.map { "\(CutText.start(of: $0.test.name, cells: 120)) \(Figures.duration($0.ms))" }
        return StyledText("slowest: \(names.joined(separator: ", "))", .dim)
    }
}
