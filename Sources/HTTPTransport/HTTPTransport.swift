public import EventLoop
internal import FoundationEssentials
internal import Glibc

/// HTTP on an event loop: requests in, responses out, connections kept and shared.
///
/// libcurl connects, and carries single requests; those of HTTP/1.1 in clear text go over its connections without it
/// (``PlainConnection``), which takes a third of the time. Redirects, cookies, decoding and limits are decided here, in
/// pure types. Everything runs on the loop's thread.
///
/// The process ignores SIGPIPE: a connection may close while it is written to.
public actor HTTPTransport {
    /// Who has an exchange in hand.
    enum Carrier {
        case libcurl(CurlTransfer, CurlMulti)
        /// libcurl opens a connection for it.
        ///
        /// Can transition to: plain.
        case opening(CurlTransfer, CurlMulti, PlainLayout)
        /// Can transition to: opening, where a connection that was kept turns out to be closed.
        case plain(PlainConnection, PlainLayout)
    }

    @safe final class Running {
        var carrier: Carrier
        let exchange: Exchange
        let deadline: Instant
        /// Resumed once: whoever does so takes this out of the table first.
        private let continuation: UnsafeContinuation<TransferReport, Never>

        init(
            _ carrier: Carrier, _ exchange: Exchange, deadline: Instant,
            _ continuation: UnsafeContinuation<TransferReport, Never>
        ) {
            self.carrier = carrier
            self.exchange = exchange
            self.deadline = deadline
            unsafe self.continuation = continuation
        }

        func resume(_ report: TransferReport) { unsafe continuation.resume(returning: report) }
    }

    /// Targets whose connections are kept; those of others are closed when they are idle.
    static let multiLimit = 64
    static let idleTransferLimit = 256
    /// How many handles that wait are looked at for one that has the options of a request.
    static let idleLooks = 8
    /// Longer ones would overflow the clock.
    private static let longestTimeout = Duration.seconds(365 * 86_400)

    let loop: EventLoop
    /// A handful at most are in use at once, so that comparing them costs no more than a hash would.
    var multis: [(settings: ConnectionSettings, multi: CurlMulti)] = []
    var idleTransfers: [CurlTransfer] = []
    var running = SlotTable<Running>()
    /// Where plain connections lead to, in no great number at once either.
    var routes: [PlainRoute] = []
    let receiveBuffer = ReceiveBuffer()
    var scratch: [UInt8] = []
    /// When the deadlines are looked at next: one timer serves all requests, of which most end long before theirs.
    var nextLook: (timer: TimerToken, time: Instant)?
    private var parsedURLs: [String: ParsedURL] = [:]
    /// The server's certificate of each open TLS connection: a handshake shows it once.
    private var certificates: [Exchange.Connection: HTTPResponse.Certificate] = [:]
    /// What the answers of each service said last, whose next one will say most of it again.
    var knownLines: [Origin: KnownLines] = [:]
    /// The requests that were sent last.
    private var knownRequests: [KnownRequest] = []
    /// Which of them makes room for the next.
    private var oldestRequest = 0
    /// A handful at most are sent in turn; each sending is held against as many.
    private static let mostKnownRequests = 8
    var isShutDown = false

    /// Creates a transport whose work is done on a loop.
    public init(loop: EventLoop) {
        self.loop = loop
        CurlLibrary.prepare()
    }

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// The content codings that answers may have, for `Accept-Encoding`.
    public static var contentCodings: [String] { ContentDecoder.available }

    /// Sends a request and waits for its answer, following redirects as far as the request says.
    ///
    /// Ends within the request's time-out, and at once with `cancelled` when the task is cancelled.
    public func send(_ request: HTTPRequest) async -> Result<HTTPResponse, HTTPError> {
        var hop = request
        var url: ParsedURL
        var known = knownRequests.first { $0.request.isLike(request) }
        if let known {
            if let problem = request.problemOfChangingHeaders() { return .failure(problem) }
            url = known.url
        } else {
            if let problem = request.problem() { return .failure(problem) }
            switch target(of: &hop) {
            case .failure(let error): return .failure(error)
            case .success(let parsed): url = parsed
            }
            if hop.isLike(request), PlainLayout.isShort(request.body) { known = keep(request, url) }
        }
        let start = Instant.now
        var cookies = hop.cookies?.header(for: url, now: Self.wallClock())
        var journey = Journey(
            start: start, policy: RedirectPolicy(limit: request.followRedirects, firstCookies: cookies))
        while true {
            let exchange: Exchange
            do {
                let upload = try Self.upload(hop)
                exchange = Exchange(
                    hop, url: url, cookieHeader: cookies, upload: upload, start: start,
                    known: known?.lines ?? lines(of: url.origin))
            } catch {
                return .failure(error)
            }
            let report = await perform(exchange, known, deadline: start + min(request.timeout, Self.longestTimeout))
            exchange.finish()
            journey.add(report, exchange)
            if exchange.head.isComplete { hop.cookies?.take(exchange.head, from: url, now: Self.wallClock()) }

            if var error = HTTPError(report, of: exchange) {
                if exchange.head.status != 0 { error.partial = response(of: exchange, report, journey) }
                return .failure(error)
            }
            let decision = journey.policy.decide(
                hop, at: url, status: exchange.head.status, location: exchange.head.value(of: "location"),
                cookies: { hop.cookies?.header(for: $0, now: Self.wallClock()) }, resolve: url.resolve)
            switch decision {
            case .stop:
                exchange.endEvents(exchange.hasEnough ? .maxEvents : .closed)
                return .success(response(of: exchange, report, journey))
            case .refuse(let message, let hint):
                return .failure(
                    HTTPError(
                        .protocol, message, hint: hint, phase: .body, received: exchange.received,
                        partial: response(of: exchange, report, journey)))
            case .follow(let next):
                hop = next
                known = nil
                switch target(of: &hop) {
                case .failure(let error): return .failure(error)
                case .success(let parsed): url = parsed
                }
                cookies = hop.cookies?.header(for: url, now: Self.wallClock())
            }
        }
    }

    /// Ends all requests as cancelled and closes all connections; later requests are cancelled at once.
    public func shutdown() {
        isShutDown = true
        for id in running.ids { end(id, .cancelled) }
        if let nextLook { loop.cancel(nextLook.timer) }
        nextLook = nil
        for entry in multis { entry.multi.close() }
        for route in routes { route.giveUp() }
        routes = []
        multis = []
        idleTransfers = []
        certificates = [:]
        knownRequests = []
    }

    /// Keeps what was found out about a request; it makes room for another in its turn.
    private func keep(_ request: HTTPRequest, _ url: ParsedURL) -> KnownRequest {
        let made = KnownRequest(request, url: url, lines: lines(of: url.origin))
        if knownRequests.count < Self.mostKnownRequests {
            knownRequests.append(made)
        } else {
            knownRequests[oldestRequest] = made
            oldestRequest = (oldestRequest + 1) % Self.mostKnownRequests
        }
        return made
    }
}

// MARK: - URLs

extension HTTPTransport {
    /// Reads the URL of a hop.
    ///
    /// A user name in it becomes an `Authorization` header, so that it obeys the same rules.
    private func target(of hop: inout HTTPRequest) -> Result<ParsedURL, HTTPError> {
        if let known = parsedURLs[hop.url] { return .success(known) }
        switch ParsedURL.parse(hop.url) {
        case .failure(.malformed):
            return .failure(
                HTTPError(
                    .invalidRequest, "'\(hop.url.withoutUserInfo.preview)' is no URL",
                    hint: "write http://HOST/PATH, a port from 1 to 65535 behind the host"))
        case .failure(.scheme(let scheme)):
            return .failure(
                HTTPError(.invalidRequest, "'\(scheme.preview):' is not spoken here", hint: "use http:// or https://"))
        case .success(let (url, user, password)):
            if url.hasUserInfo {
                if hop.header("authorization") == nil {
                    let pair = Data("\(user ?? ""):\(password ?? "")".utf8).base64EncodedString()
                    hop.headers.append(HTTPHeader("Authorization", "Basic \(pair)"))
                }
            } else {
                if parsedURLs.count >= 512 { parsedURLs.removeAll() }
                parsedURLs[hop.url] = url
            }
            return .success(url)
        }
    }
}

// MARK: - The answer

extension HTTPTransport {
    private func response(of exchange: Exchange, _ report: TransferReport, _ journey: Journey) -> HTTPResponse {
        HTTPResponse(
            status: exchange.head.status, headers: exchange.head.headers, body: exchange.body, url: exchange.url.text,
            redirects: journey.policy.followed, version: exchange.head.version, timing: journey.timing,
            wire: journey.wire, certificate: certificate(of: exchange, report),
            reusedConnection: report.connectionCount == 0, resends: journey.resends, events: exchange.events)
    }

    private func certificate(of exchange: Exchange, _ report: TransferReport) -> HTTPResponse.Certificate? {
        guard let connection = exchange.connection else { return nil }
        guard let certificate = report.certificate else { return certificates[connection] }
        if certificates.count >= 1024 { certificates.removeAll() }
        certificates[connection] = certificate
        return certificate
    }
}
