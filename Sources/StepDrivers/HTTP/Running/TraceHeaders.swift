internal import HTTPTransport
internal import ScenarioModel

/// The headers that lead from a service's trace or log to the step, and back.
enum TraceHeaders {
    /// Their names in lower case.
    static let names: Set<String> = ["traceparent", "x-plumb-step"]

    /// The headers of an attempt, but for those that somebody wrote or dropped; names are in lower case.
    static func of(_ limits: AttemptLimits, but written: Set<String>) -> [HTTPHeader] {
        ofAttempt(limits.span, but: written) + ofStep(limits.origin, but: written)
    }

    /// That which is new for each attempt.
    static func ofAttempt(_ span: SpanContext?, but written: Set<String>) -> [HTTPHeader] {
        guard let span, !written.contains("traceparent") else { return [] }
        return [HTTPHeader("traceparent", span.traceparent)]
    }

    /// That which all attempts of a step share.
    static func ofStep(_ origin: StepOrigin?, but written: Set<String>) -> [HTTPHeader] {
        guard let origin, !written.contains("x-plumb-step") else { return [] }
        return [HTTPHeader("X-Plumb-Step", origin.header)]
    }

    /// Those among the headers of a request, for another that is sent on its behalf.
    static func among(_ headers: [HTTPHeader]) -> [HTTPHeader] {
        headers.filter { names.contains($0.name.lowercased()) }
    }
}
