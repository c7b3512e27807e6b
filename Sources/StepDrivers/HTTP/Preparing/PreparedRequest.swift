internal import HTTPTransport
internal import ScenarioModel

/// An `http` step with every byte decided; all its attempts send the same.
final class PreparedRequest: PreparedStep {
    let request: HTTPRequest
    /// The target's own state; nil for an absolute URL.
    let connection: HTTPConnection?
    /// Whether the target's credentials are sent.
    let usesTargetAuth: Bool
    let keepsCookies: Bool
    /// Headers that are Plumb's own unless the step drops them: `accept`, `user-agent`.
    let droppedDefaults: Set<String>
    let bodyNote: String?
    let targetName: String?
    /// The request with the headers that are the same for every attempt of the step, and whose they are.
    ///
    /// Made once, so that requests that are alike are seen to be: the transport keeps what it made ready for the first.
    private var sent: (origin: StepOrigin?, request: HTTPRequest)?

    init(
        _ request: HTTPRequest, connection: HTTPConnection?, usesTargetAuth: Bool, keepsCookies: Bool,
        droppedDefaults: Set<String>, bodyNote: String?, targetName: String?
    ) {
        self.request = request
        self.connection = connection
        self.usesTargetAuth = usesTargetAuth
        self.keepsCookies = keepsCookies
        self.droppedDefaults = droppedDefaults
        self.bodyNote = bodyNote
        self.targetName = targetName
    }

    /// The request of every attempt that is sent for a step.
    func request(for origin: StepOrigin?, userAgent: String) -> HTTPRequest {
        if let sent, sent.origin === origin { return sent.request }
        var headers =
            DefaultHeaders.of(userAgent, but: droppedDefaults) + request.headers
            + TraceHeaders.ofStep(origin, but: droppedDefaults)
        if usesTargetAuth, case .header(let value)? = connection?.auth {
            headers.append(HTTPHeader("Authorization", value))
        }
        var made = request
        made.headers = headers
        sent = (origin, made)
        return made
    }

    var servesAgain: Bool { true }
    var summary: String { "\(request.method) \(request.url.withoutUserInfo)" }
    var isIdempotent: Bool { request.isIdempotent }
}

extension String {
    /// The user name that stands before the host of a URL, as it is written there.
    var userName: String? {
        guard let scheme = firstRange(of: "://") else { return nil }
        let authority = self[scheme.upperBound...].prefix { !"/?#".contains($0) }
        return authority.lastIndex(of: "@").map { at in String(authority[..<at].prefix { $0 != ":" }) }
    }

    /// A URL without the user name and password before its host.
    var withoutUserInfo: String {
        guard let scheme = firstRange(of: "://") else { return self }
        let authority = self[scheme.upperBound...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return self }
        return String(self[..<scheme.upperBound] + self[index(after: at)...])
    }
}
