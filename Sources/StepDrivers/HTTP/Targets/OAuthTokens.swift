internal import EventLoop
internal import Expressions
internal import HTTPTransport
internal import ScenarioModel

/// The token of a target by the client-credentials grant: fetched once, shared, renewed before it ends.
///
/// Lives on its loop's thread.
final class OAuthTokens {
    /// What is asked for, and where.
    struct Grant {
        var url: String
        var id: String
        var secret: String
        var scope: String?
        var audience: String?
        /// Whether id and secret go in the form rather than as Basic credentials.
        var isInBody: Bool
    }

    private enum State {
        /// Can transition to: fetching.
        case none
        /// Somebody asks; others wait.
        ///
        /// Can transition to: none, valid.
        case fetching
        /// Can transition to: fetching.
        case valid(String, until: Instant)
    }

    private let grant: Grant
    private var state = State.none
    private var requests = 0

    init(_ grant: Grant) { self.grant = grant }

    /// How long before its end a token is renewed, and the life of one whose server does not tell.
    private static let margin: Duration = .seconds(10)
    private static let unknownLife: Duration = .seconds(300)

    /// Requests for tokens since this was last asked.
    func takeRequestCount() -> Int {
        defer { requests = 0 }
        return requests
    }

    /// A token that is valid and not the rejected one.
    func token(
        not rejected: String?, asked send: (HTTPRequest) async -> Result<HTTPResponse, HTTPError>, _ loop: EventLoop,
        _ deadline: Instant
    ) async -> Result<String, StepError> {
        while true {
            switch state {
            case .valid(let token, let end) where token != rejected && end > .now: return .success(token)
            case .none, .valid: return await fetch(send)
            case .fetching:
                guard Instant.now < deadline else {
                    return .failure(
                        StepError(
                            .timeout, "no token within the time-out: another step still asks for it", phase: "request"))
                }
                // Looked at now and then rather than signalled: who fetches may be cancelled at any time.
                guard (try? await loop.sleep(for: .milliseconds(5))) != nil else {
                    return .failure(StepError(.auth, "cancelled while waiting for a token"))
                }
            }
        }
    }

    private func fetch(
        _ send: (HTTPRequest) async -> Result<HTTPResponse, HTTPError>
    ) async -> Result<String, StepError> {
        state = .fetching
        requests += 1
        switch await send(request) {
        case .failure(let error):
            state = .none
            var failure = StepError(error, target: nil)
            failure.message = "no token from \(grant.url.withoutUserInfo): \(error.message)"
            return .failure(failure)
        case .success(let response):
            let answer = try? JSON.parse(response.body).value
            guard response.status == 200, let token = answer?["access_token"]?.string, !token.isEmpty,
                !HTTPToken.breaksHeader(token)
            else {
                state = .none
                return .failure(refusal(response, answer))
            }
            let life = answer?["expires_in"]?.number.map { Duration.seconds(min(max(0, $0), 1e8)) } ?? Self.unknownLife
            // A token of a short life is used for half of it rather than not at all.
            state = .valid(token, until: .now + max(life - Self.margin, life / 2))
            return .success(token)
        }
    }

    private var request: HTTPRequest {
        var pairs = [("grant_type", "client_credentials")]
        if let scope = grant.scope { pairs.append(("scope", scope)) }
        if let audience = grant.audience { pairs.append(("audience", audience)) }
        if grant.isInBody { pairs += [("client_id", grant.id), ("client_secret", grant.secret)] }
        let form = pairs.map { PercentEncoding.formComponent($0.0) + "=" + PercentEncoding.formComponent($0.1) }
        var headers = [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")]
        if !grant.isInBody {
            // RFC 6749 §2.3.1 has both parts encoded before they are joined.
            let pair = PercentEncoding.formComponent(grant.id) + ":" + PercentEncoding.formComponent(grant.secret)
            headers.append(HTTPHeader("Authorization", "Basic \(Base64.encode(pair.utf8))"))
        }
        // A token that nobody received does no harm: a kept-alive connection that was closed is no failure.
        return HTTPRequest(
            method: "POST", url: grant.url, headers: headers, body: .bytes(Array(form.joined(separator: "&").utf8)),
            isIdempotent: true)
    }

    private func refusal(_ response: HTTPResponse, _ answer: Value?) -> StepError {
        var message = "no token: \(grant.url.withoutUserInfo) answered \(HTTPReason.line(response.status))"
        if let said = answer?["error"]?.string { message += ", \(said.prefix(80))" }
        if let said = answer?["error_description"]?.string { message += ": \(said.prefix(200))" }
        var fields = Value.Object()
        fields["status"] = Value(response.status)
        return StepError(
            .auth, message, phase: "request", fields: fields,
            hint: "look at client_id, client_secret and scope of the target's oauth2_client_credentials")
    }
}
