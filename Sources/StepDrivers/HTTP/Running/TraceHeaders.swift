internal import HTTPTransport
internal import ScenarioModel

/// The headers that lead from a service's trace or log to the step, and back.
enum TraceHeaders {
    /// Their names in lower case.
    static let names: Set<String> = ["traceparent", "x-plumb-step"]

    /// The headers of an attempt, but for those that somebody wrote or dropped; names are in lower case.
    static func of(_ limits: AttemptLimits, but written: Set<String>) -> [HTTPHeader] {
        var headers: [HTTPHeader] = []
        if let span = limits.span, !written.contains("traceparent") {
            headers.append(HTTPHeader("traceparent", span.traceparent))
        }
        if let origin = limits.origin, !written.contains("x-plumb-step") {
            headers.append(HTTPHeader("X-Plumb-Step", origin.header))
        }
        return headers
    }

    /// Those among the headers of a request, for another that is sent on its behalf.
    static func among(_ headers: [HTTPHeader]) -> [HTTPHeader] {
        headers.filter { names.contains($0.name.lowercased()) }
    }
}
