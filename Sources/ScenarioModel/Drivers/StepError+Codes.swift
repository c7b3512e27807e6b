public import Diagnostics

extension StepError.Kind {
    /// The part of a diagnostic code that names the class: `connect-timeout`.
    public var codeName: String { String(rawValue.map { $0 == "_" ? "-" : $0 }) }

    /// What the class means, whatever the kind of step.
    var explanation: String {
        switch self {
        case .dns: "The name of the host has no address."
        case .refused: "Nothing listens at the address, or the request was refused before it was sent."
        case .unreachable: "No way leads to the service."
        case .connectTimeout: "The connection was not there in time."
        case .tls: "The TLS handshake failed: the certificate, the protocol, or the client's key."
        case .auth: "The service refused the credentials."
        case .reset: "The connection broke before the answer was complete."
        case .truncated: "The answer ended before the length that it had announced."
        case .protocol: "The answer is not what it claims to be."
        case .timeout: "The answer was not complete within the time-out of the attempt."
        case .tooLarge: "The answer is larger than what is taken."
        case .poolExhausted: "No connection of the pool became free in time."
        case .rejected: "The service understood the request and refused it, for the reason that it gives."
        }
    }
}

extension Diagnostic.Code {
    /// The code of each class of error for a kind of step: `http.timeout`, `sql.rejected`.
    public static func errorCodes(of kind: String) -> [Diagnostic.Code] {
        StepError.Kind.allCases.map { Diagnostic.Code("\(kind).\($0.codeName)", $0.explanation) }
    }
}
