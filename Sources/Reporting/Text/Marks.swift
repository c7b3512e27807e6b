internal import ScenarioModel

/// The signs that stand for verdicts.
struct Marks: Sendable {
    var passed: String
    var failed: String
    var error: String
    var skipped: String

    static let unicode = Marks(passed: "✓", failed: "✗", error: "✗", skipped: "○")
    static let ascii = Marks(passed: "ok", failed: "FAIL", error: "ERROR", skipped: "skip")

    /// The sign of a verdict.
    func sign(of verdict: Verdict) -> String {
        switch verdict {
        case .passed: passed
        case .failed: failed
        case .error: error
        case .skipped: skipped
        }
    }
}
