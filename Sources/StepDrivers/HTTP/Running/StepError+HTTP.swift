internal import Expressions
internal import HTTPTransport
internal import ScenarioModel

extension StepError {
    /// The result's form of a transport's error.
    init(_ error: HTTPError, target: String?) {
        var fields = Value.Object()
        fields["bytes"] = Value(error.received)
        self.init(
            Self.kind(error.kind), error.message, phase: error.phase.rawValue, fields: fields,
            hint: Self.hint(error, target))
    }

    private static func kind(_ kind: HTTPError.Kind) -> Kind {
        switch kind {
        case .dns: .dns
        case .refused: .refused
        case .unreachable: .unreachable
        case .connectTimeout: .connectTimeout
        case .tls: .tls
        case .auth: .auth
        case .reset, .cancelled: .reset
        case .truncated: .truncated
        case .protocol, .invalidRequest: .protocol
        case .timeout: .timeout
        case .tooLarge: .tooLarge
        }
    }

    private static func hint(_ error: HTTPError, _ target: String?) -> String? {
        let place = target.map { "target '\($0)'" } ?? "the URL"
        switch error.kind {
        case .refused where error.message.hasPrefix("the proxy"): return "is the 'proxy' of \(place) running?"
        case .refused: return "is the service of \(place) running? 'plumb doctor' looks at every target"
        case .connectTimeout, .unreachable:
            return error.hint ?? "'plumb doctor' looks at every target"
        case .timeout: return error.hint ?? "raise 'timeout' of the step if the service may take so long"
        case .reset:
            return error.hint
                ?? "look into the service's log; 'retry: { on: [reset] }' sends again what may be sent twice"
        default: return error.hint
        }
    }
}
