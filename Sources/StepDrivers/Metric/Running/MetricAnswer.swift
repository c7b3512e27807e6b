internal import Diagnostics
internal import EventLoop
internal import Expressions
internal import HTTPTransport
internal import ScenarioModel

/// What came of a question; the step's result is made of it.
struct MetricAnswer {
    /// The members that the question has for its own, computed when they are read.
    var fields: [SharedValue.Field] = []
    var warnings: [String] = []
    /// Lines for the report.
    var notes: [String] = []
    var error: StepError?
    /// The service's own code: the HTTP status.
    var code: String?
    /// What of the scenario the error is about.
    var span: SourceSpan?

    /// An answer that is an error.
    static func failed(_ error: StepError) -> MetricAnswer { MetricAnswer(error: error) }

    /// The error of a reply.
    static func failed(_ reply: PrometheusReply, _ error: StepError) -> MetricAnswer {
        MetricAnswer(error: error, code: reply.code, span: reply.span)
    }

    /// The answer as the outcome of an attempt.
    func attempt(_ prepared: PreparedMetric, _ courier: MetricCourier) -> Attempt {
        let elapsed = (Instant.now - courier.begun) / .milliseconds(1)
        let outcome = courier.last
        let error = self.error
        let warnings = self.warnings
        let own = error == nil ? fields : []
        let result = SharedValue(
            fields: own + [
                .init("warnings") { .array(warnings.map { .string($0) }) },
                .init("ms", .number(elapsed.roundedToMicroseconds)),
                .init("attempt", Value(prepared.attempts)),
                .init("error", error?.value ?? .null),
            ])
        let summary = prepared.summary
        return Attempt(
            result: result, error: error,
            exchange: {
                guard let outcome else { return .init(summary: summary) }
                return HTTPExchange(outcome: outcome, body: nil, error: error).report()
            },
            code: code ?? outcome?.response.map { String($0.status) }, requests: courier.requests,
            notes: notes + warnings.map { "warning: \($0)" }, secrets: courier.secrets,
            place: span.map { Place($0) })
    }
}

/// A value as results have it: numbers that JSON has are numbers, the others their names.
enum MetricValue {
    /// The value of a number.
    static func of(_ number: Double) -> Value {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        return .number(number)
    }

    /// The value of a text as Prometheus writes numbers.
    static func of(_ text: String) -> Value { Double(text).map { of($0) } ?? .string(text) }
}
