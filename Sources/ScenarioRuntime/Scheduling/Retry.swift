import ScenarioModel

/// Decides whether an attempt is sent again, and after how long.
///
/// A value: it is told what an attempt met and answers; nothing waits here.
struct Retry {
    /// What follows an attempt.
    enum Decision: Equatable {
        case settled
        /// Send the same bytes again after the pause.
        case again(after: Duration, cause: String)
    }

    /// The rules that hold for the step.
    struct Rules {
        var max: Int
        var causes: [RetryCause]
        var backoff: Duration
        var jitter: Double
        /// Whether the request may be sent again when its answer was lost.
        var isIdempotent: Bool
        /// Whether the step takes an error as its result: then only rules of its own retry one.
        var acceptsError: Bool
        /// The code that `expect` names, which is a result and no trouble.
        var expectedCode: String?
    }

    /// The longest pause, which also caps what a service asks for.
    static let longestPause: Duration = .seconds(30)

    let rules: Rules
    private(set) var retries = 0

    init(_ rules: Rules) { self.rules = rules }

    /// Takes note of an attempt; `chance` from 0 to 1 decides the jitter, and is asked for only if there is one.
    mutating func decide(
        error: StepError?, code: String?, retryAfter: Duration?, chance: @autoclosure () -> Double
    ) -> Decision {
        guard retries < rules.max, let cause = cause(error, code) else { return .settled }
        let doubled = rules.backoff * Int(1 << min(retries, 16))
        var pause = min(doubled, Self.longestPause)
        pause = pause * (1 - rules.jitter + rules.jitter * chance())
        if let retryAfter { pause = min(max(pause, retryAfter), Self.longestPause) }
        retries += 1
        return .again(after: pause, cause: cause)
    }

    /// The cause that the rules name, where all that forbids to send again is that the request may have been carried out.
    func withheld(_ error: StepError?) -> String? {
        guard let error, retries < rules.max, !rules.isIdempotent, !rules.acceptsError, !error.isBeforeSending
        else { return nil }
        var rules = rules
        rules.isIdempotent = true
        return Retry(rules).cause(error, nil)
    }

    private func cause(_ error: StepError?, _ code: String?) -> String? {
        if let code, rules.causes.contains(.code(code)), code != rules.expectedCode { return "status \(code)" }
        guard let error, !rules.acceptsError else { return nil }
        if error.isBeforeSending, rules.causes.contains(.connect) { return error.kind.rawValue }
        guard rules.isIdempotent else { return nil }
        switch error.kind {
        case .reset, .truncated: return rules.causes.contains(.reset) ? error.kind.rawValue : nil
        case .timeout: return rules.causes.contains(.timeout) ? error.kind.rawValue : nil
        default: return nil
        }
    }
}
