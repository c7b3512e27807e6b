import Reporting

/// Decides whether a message that a service did not take is sent again.
///
/// As OTLP has it: 429, 502, 503 and 504 may be sent again, as may what never arrived; every other refusal is final.
struct DeliveryRetry {
    /// What came of one attempt.
    enum Outcome: Equatable {
        case answered(status: Int, retryAfter: Duration?)
        /// No answer, and why.
        case lost(String)
    }

    enum Decision: Equatable {
        case delivered
        case again(after: Duration)
        case failed(String)
    }

    /// How often a message is sent at most.
    static let most = 5
    private static let retryable: Set = [429, 502, 503, 504]
    private var tries = 0
    private var pause: Duration = .milliseconds(250)

    /// Takes the outcome of an attempt; `left` is the time that remains for all, `chance` a number from 0 up to 1.
    mutating func decide(_ outcome: Outcome, left: Duration, chance: Double) -> Decision {
        tries += 1
        var wait = pause * (0.5 + chance)
        let reason: String
        switch outcome {
        case .answered(let status, _) where (200..<300).contains(status): return .delivered
        case .answered(let status, let retryAfter):
            reason = "it answered with status \(status)"
            guard Self.retryable.contains(status) else { return .failed(reason) }
            if let retryAfter { wait = max(wait, retryAfter) }
        case .lost(let why): reason = why
        }
        pause = min(pause * 2, .seconds(4))
        let times = tries == 1 ? "" : ", \(tries) times in all"
        guard tries < Self.most else { return .failed(reason + times) }
        guard wait < left else { return .failed("\(reason)\(times); the time for sending reports is over") }
        return .again(after: wait)
    }
}
