public import EventLoop
internal import HTTPTransport
public import ScenarioModel

/// Carries out `http` steps: one request an attempt, its answer as the result.
public final class HTTPDriver: StepDriver {
    private let loop: EventLoop
    private let transport: HTTPTransport
    private let userAgent: String
    private let knownBodies = KnownBodies()

    /// Creates a driver whose connections live on a loop; `version` is what servers are told of Plumb.
    public init(on loop: EventLoop, version: String) {
        self.loop = loop
        transport = HTTPTransport(loop: loop)
        userAgent = "plumb/\(version)"
    }

    public var kind: String { "http" }

    /// Where a test keeps its cookies.
    private static let jarKey = "http.cookies"

    public func attempt(_ step: any PreparedStep, _ limits: AttemptLimits, in session: TestSession) async -> Attempt {
        guard let prepared = step as? PreparedRequest else {
            preconditionFailure("an http driver was handed a step of another kind")
        }
        return await exchange(prepared, limits, in: session).attempt(knownBodies)
    }

    /// Sends a request once, with the credentials of its target, and says what came of it.
    @inline(__always)
    func exchange(
        _ prepared: PreparedRequest, _ limits: AttemptLimits, in session: TestSession
    ) async -> HTTPOutcome {
        let begun = Instant.now
        let deadline = begun + limits.timeout
        var request = prepared.request(for: limits.origin, userAgent: userAgent)
        request.changingHeaders = TraceHeaders.ofAttempt(limits.span, but: prepared.droppedDefaults)
        request.timeout = limits.timeout
        request.connectTimeout = limits.connect
        if limits.mayRepeat { request.isIdempotent = true }
        if prepared.keepsCookies { request.cookies = jar(of: session) }

        let cookies = request.cookies.flatMap { SentCookies.header(of: $0, to: request.url) }
        var requests = 0
        var token: String?
        var result: Result<HTTPResponse, HTTPError>
        switch prepared.usesTargetAuth ? prepared.connection?.auth ?? .none : .none {
        case .none, .header:
            requests = 1
            result = await transport.send(request)
        case .oauth(let tokens):
            var rejected: String?
            repeat {
                switch await tokens.token(
                    not: rejected, asked: { await self.send($0, like: request, deadline) }, loop, deadline)
                {
                case .failure(let error):
                    requests += tokens.takeRequestCount()
                    return HTTPOutcome(
                        prepared: prepared, request: request, token: nil, cookies: cookies, error: error, response: nil,
                        requests: requests, elapsed: Instant.now - begun, number: limits.number)
                case .success(let found): token = found
                }
                requests += tokens.takeRequestCount() + 1
                var authorized = request
                authorized.timeout = max(.milliseconds(1), deadline - .now)
                authorized.headers.append(HTTPHeader("Authorization", "Bearer \(token ?? "")"))
                result = await transport.send(authorized)
                guard rejected == nil, case .success(let response) = result, response.status == 401 else { break }
                // The token may have been withdrawn before its time: one more try with a new one.
                rejected = token
            } while true
            request.headers.append(HTTPHeader("Authorization", "Bearer \(token ?? "")"))
        }
        let elapsed = Instant.now - begun
        switch result {
        case .success(let response):
            return HTTPOutcome(
                prepared: prepared, request: request, token: token, cookies: cookies, error: nil, response: response,
                requests: requests + response.redirects.count, elapsed: elapsed, number: limits.number)
        case .failure(let error):
            return HTTPOutcome(
                prepared: prepared, request: request, token: token, cookies: cookies,
                error: StepError(error, target: prepared.targetName), response: error.partial, requests: requests,
                elapsed: elapsed, number: limits.number)
        }
    }

    public func endSession(_ session: TestSession) async { session[Self.jarKey] = nil }

    public func shutDown() async { await transport.shutdown() }

    public func examine(_ target: ResolvedTarget, _ limits: AttemptLimits) async -> Examination {
        let connection: HTTPConnection
        do throws(StepFailure) {
            connection = try HTTPConnection.of(target)
        } catch {
            return Examination(isReachable: false, facts: [error.report.message], advice: error.report.hint)
        }
        var request = HTTPRequest(
            url: connection.url, headers: DefaultHeaders.of(userAgent, but: []) + connection.headers)
        request.settings = connection.settings
        request.timeout = limits.timeout
        request.connectTimeout = limits.connect
        switch connection.auth {
        case .none: break
        case .header(let value): request.headers.append(HTTPHeader("Authorization", value))
        case .oauth(let tokens):
            let deadline = Instant.now + limits.timeout
            let asked = request
            switch await tokens.token(not: nil, asked: { await self.send($0, like: asked, deadline) }, loop, deadline) {
            case .success(let token): request.headers.append(HTTPHeader("Authorization", "Bearer \(token)"))
            case .failure(let error):
                return Examination(isReachable: false, facts: [error.message], advice: error.hint)
            }
        }
        return HTTPExamination.of(await transport.send(request), connection.url, target)
    }

    private func jar(of session: TestSession) -> CookieJar {
        if let jar = session[Self.jarKey] as? CookieJar { return jar }
        let jar = CookieJar()
        session[Self.jarKey] = jar
        return jar
    }

    /// Sends a request of the driver's own, over connections as another request has them.
    private func send(
        _ request: HTTPRequest, like other: HTTPRequest, _ deadline: Instant
    ) async -> Result<HTTPResponse, HTTPError> {
        var request = request
        request.headers =
            DefaultHeaders.of(userAgent, but: []) + request.headers
            + TraceHeaders.among(other.headers + other.changingHeaders)
        request.settings = other.settings
        // A socket and addresses belong to the service, not to whoever hands out its tokens.
        request.settings.unixSocket = nil
        request.timeout = max(.milliseconds(1), deadline - .now)
        request.connectTimeout = min(other.connectTimeout, request.timeout)
        request.maxBytes = 1 << 20
        return await transport.send(request)
    }
}
