import Expressions
import ScenarioModel
import ScenarioSyntax

/// What carries a step's request through its attempts: all that stays the same however often the step is run.
///
/// `@unchecked Sendable`: used on the interpreter's executor only.
final class Carrier: @unchecked Sendable {
    let step: Step
    let request: any StepRequest
    let driver: any StepDriver
    let target: ResolvedTarget?
    let terms: Terms
    /// What servers are told of who asks.
    let label: String
    /// Whether the step takes an error as its result.
    let acceptsError: Bool
    /// What holds although the step says nothing of it.
    let implied: ImpliedExpectation?
    /// The time-out of an attempt, unless a template gives it.
    let timeout: Setting<Duration>?
    /// How often an attempt is sent again at most, unless a template says so.
    let mostRetries: Int?
    /// The request, where it is the same for every run of the step.
    private var settled: (any PreparedStep)?
    /// Starts per second.
    let rateLimit: Double?
    /// How many attempts may run at once on the target, where the driver does not see to that.
    let width: Int?

    init(
        step: Step, request: any StepRequest, driver: any StepDriver, target: ResolvedTarget?, terms: Terms,
        label: String, part: LoadPart
    ) {
        self.step = step
        self.request = request
        self.driver = driver
        self.target = target
        self.terms = terms.limited(to: part)
        self.label = label
        acceptsError = step.acceptsError
        implied = Judge.implied(for: step)
        let timeout = terms.settings.timeout
        self.timeout = timeout.value.known.map { Setting($0, timeout.origin) }
        mostRetries = (terms.settings.retry.max?.value ?? .known(0)).known
        rateLimit = (target?.target.rateLimit?.value).map { $0 / Double(part.count) }
        width = target == nil || driver.hasPools ? nil : self.terms.maxConnections
    }

    /// The request with every byte decided.
    func prepare(_ rendering: Rendering) throws(StepFailure) -> any PreparedStep {
        if let settled { return settled }
        let scope = AskedScope(rendering)
        let prepared = try request.prepare(scope, target: target)
        if !scope.wasAsked, prepared.servesAgain { settled = prepared }
        return prepared
    }

    /// The rules of sending again, for a request that the driver calls idempotent or not.
    func retryRules(max: Int, isIdempotent: Bool) -> Retry.Rules {
        let part = terms.settings.retry
        var expected: String?
        if case .literal(let value, _, _)? = step.expectation?["status"] { expected = value.tostring }
        return Retry.Rules(
            max: max, causes: part.on?.value ?? [.connect], backoff: part.backoff?.value ?? .milliseconds(200),
            jitter: part.jitter?.value ?? 0.5, isIdempotent: step.isIdempotent || isIdempotent,
            acceptsError: acceptsError && step.retry.max == nil, expectedCode: expected)
    }
}

/// What one poll came to.
final class Attempted {
    var attempt: Attempt?
    /// Set where nothing could be sent.
    var failure: FailureReport?
    var retries: [StepReport.Retry] = []
    /// Why the request would have been sent again, were it known that this does no harm.
    var withheld: String?
    /// The last attempt.
    var sent: TracedAttempt?
    var tries = 0
    var limit: Limits.Limit?
}

/// What a request that does not poll came to: most pass, and need no report.
enum RunEnding {
    case passed(PassedRequest)
    indirect case told(StepOutcome)
}

/// A request that passed at its first attempt, with what a report of it would tell.
final class PassedRequest {
    let carrier: Carrier
    let attempted: Attempted
    let findings: Interpreter.Findings
    /// Milliseconds from the run's start, and how long it took.
    var startedMs = 0.0
    var ms = 0.0

    init(carrier: Carrier, attempted: Attempted, findings: Interpreter.Findings) {
        self.carrier = carrier
        self.attempted = attempted
        self.findings = findings
    }
}
