/// What came of a step or a test (language.md §5).
public enum Verdict: String, Sendable, Hashable, CaseIterable {
    case passed
    /// An expectation, assertion, `until` or capture did not hold, or the service said no.
    case failed
    /// It could not be carried out: transport, template, budget, cleanup, crash.
    case error
    case skipped

    /// The graver of two verdicts; a failure weighs more than an error, as the exit status has it.
    public func worse(_ other: Verdict) -> Verdict {
        let order: [Verdict] = [.skipped, .passed, .error, .failed]
        let mine = order.firstIndex(of: self) ?? 0
        let theirs = order.firstIndex(of: other) ?? 0
        return mine >= theirs ? self : other
    }
}
