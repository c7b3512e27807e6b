internal import EventLoop
internal import Expressions
internal import HTTPTransport
internal import ScenarioModel

/// Sends the requests of one attempt, and remembers what a report shows of them.
final class MetricCourier {
    let loop: EventLoop
    let begun = Instant.now
    /// When the attempt must be over.
    let deadline: Instant
    let targetName: String
    private let http: HTTPDriver
    private let connection: HTTPConnection
    private let limits: AttemptLimits
    private let session: TestSession
    private(set) var last: HTTPOutcome?
    private(set) var requests = 0
    /// Tokens that were fetched on the way.
    private(set) var secrets: [String] = []

    init(
        http: HTTPDriver, loop: EventLoop, connection: HTTPConnection, targetName: String, limits: AttemptLimits,
        session: TestSession
    ) {
        self.http = http
        self.loop = loop
        self.connection = connection
        self.targetName = targetName
        self.limits = limits
        self.session = session
        deadline = begun + limits.timeout
    }

    /// The address of the target, without credentials.
    var address: String { connection.url.withoutUserInfo }

    /// Asks below the target's address.
    func get(_ path: String, accept: String) async -> HTTPOutcome {
        await send(HTTPRequest(url: connection.url + path), accept)
    }

    /// Asks for a page by its whole address.
    func get(page url: String, accept: String) async -> HTTPOutcome { await send(HTTPRequest(url: url), accept) }

    /// Sends a form below the target's address; it asks, and changes nothing.
    func post(_ path: String, form: String, accept: String) async -> HTTPOutcome {
        await send(
            HTTPRequest(
                method: "POST", url: connection.url + path,
                headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
                body: .bytes(Array(form.utf8)), isIdempotent: true), accept)
    }

    private func send(_ request: HTTPRequest, _ accept: String) async -> HTTPOutcome {
        var request = request
        let written = Set(connection.headers.map { $0.name.lowercased() })
        if !written.contains("accept") { request.headers.insert(HTTPHeader("Accept", accept), at: 0) }
        request.headers = connection.headers + request.headers
        if connection.wantsCompression, !written.contains("accept-encoding") {
            let codings = HTTPTransport.contentCodings.joined(separator: ", ")
            request.headers.append(HTTPHeader("Accept-Encoding", codings))
        }
        request.settings = connection.settings
        request.credentialHeaders = connection.headers.map(\.name)
        request.followRedirects = connection.followRedirects
        request.maxBytes = connection.maxBytes
        let prepared = PreparedRequest(
            request, connection: connection, usesTargetAuth: !written.contains("authorization"),
            keepsCookies: connection.keepsCookies, droppedDefaults: written.union(["accept"]), bodyNote: nil,
            targetName: targetName)
        let left = max(.milliseconds(1), deadline - .now)
        let outcome = await http.exchange(
            prepared,
            AttemptLimits(
                timeout: left, connect: min(limits.connect, left), label: limits.label, origin: limits.origin,
                span: limits.span), in: session)
        requests += outcome.requests
        if let token = outcome.token { secrets.append(token) }
        last = outcome
        return outcome
    }

    /// Waits before another look; false where the attempt's time does not allow one, or it is cancelled.
    func pause(_ length: Duration) async -> Bool {
        guard Instant.now + length < deadline else { return false }
        return (try? await loop.sleep(for: length)) != nil && !Task.isCancelled
    }

    /// How long the attempt may take in all.
    var timeout: Duration { limits.timeout }
}
