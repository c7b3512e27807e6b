public import EventLoop
internal import FoundationEssentials
internal import Glibc

/// HTTP on an event loop: requests in, responses out, connections kept and shared.
///
/// libcurl carries single requests; redirects, cookies, decoding and limits are decided here, in pure
/// types. Everything runs on the loop's thread.
///
/// The process ignores SIGPIPE: a connection may close while it is written to.
public actor HTTPTransport {
    private struct Running {
        let transfer: CurlTransfer
        let multi: CurlMulti
        let timer: TimerToken
        let continuation: CheckedContinuation<CurlReport, Never>
    }

    /// Targets whose connections are kept; those of others are closed when they are idle.
    private static let multiLimit = 64
    private static let idleTransferLimit = 256
    /// Longer ones would overflow the clock.
    private static let longestTimeout = Duration.seconds(365 * 86_400)

    private let loop: EventLoop
    /// A handful at most are in use at once, so that comparing them costs no more than a hash would.
    private var multis: [(settings: ConnectionSettings, multi: CurlMulti)] = []
    private var idleTransfers: [CurlTransfer] = []
    private var running: [Int: Running] = [:]
    private var lastID = 0
    private var parsedURLs: [String: ParsedURL] = [:]
    /// The server's certificate of each open TLS connection: a handshake shows it once.
    private var certificates: [Exchange.Connection: HTTPResponse.Certificate] = [:]
    private var isShutDown = false

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
        if let problem = request.problem() { return .failure(problem) }
        var hop = request
        var url: ParsedURL
        switch target(of: &hop) {
        case .failure(let error): return .failure(error)
        case .success(let parsed): url = parsed
        }
        let start = ContinuousClock.now
        var cookies = hop.cookies?.header(for: url, now: Self.wallClock())
        var journey = Journey(
            start: start, policy: RedirectPolicy(limit: request.followRedirects, firstCookies: cookies))
        while true {
            let exchange: Exchange
            do {
                let upload = try Self.upload(hop)
                exchange = Exchange(hop, url: url, cookieHeader: cookies, upload: upload, start: start)
            } catch {
                return .failure(error)
            }
            let report = await perform(exchange, deadline: start + min(request.timeout, Self.longestTimeout))
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
        for id in running.keys { end(id, .cancelled) }
        for entry in multis { entry.multi.close() }
        multis = []
        idleTransfers = []
        certificates = [:]
    }
}

// MARK: - One exchange

extension HTTPTransport {
    private func perform(_ exchange: Exchange, deadline: ContinuousClock.Instant) async -> CurlReport {
        guard !isShutDown else { return CurlReport(end: .cancelled) }
        guard let multi = multi(for: exchange.request.settings),
            let transfer = idleTransfers.popLast() ?? CurlTransfer()
        else {
            exchange.failForLackOfMeans()
            return CurlReport(end: .cancelled)
        }
        lastID += 1
        let id = lastID
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // The handler below may have run before there was anything to end.
                guard !Task.isCancelled else {
                    idleTransfers.append(transfer)
                    continuation.resume(returning: CurlReport(end: .cancelled))
                    return
                }
                transfer.begin(exchange, id: id)
                let timer = loop.schedule(at: deadline) { [unowned self] in end(id, .expired) }
                running[id] = Running(transfer: transfer, multi: multi, timer: timer, continuation: continuation)
                if !multi.add(transfer) {
                    exchange.failForLackOfMeans()
                    settle(id, CurlReport(end: .cancelled))
                }
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.end(id, .cancelled) } }
        }
    }

    /// Ends an exchange from our side, unless it has ended already.
    private func end(_ id: Int, _ end: CurlReport.End) {
        guard let item = running[id] else { return }
        // The phase is known only as long as the transfer is in.
        let report = item.transfer.report(end)
        item.multi.remove(item.transfer)
        settle(id, report)
    }

    private func settle(_ id: Int, _ report: CurlReport) {
        guard let item = running.removeValue(forKey: id) else { return }
        loop.cancel(item.timer)
        item.transfer.end()
        if idleTransfers.count < Self.idleTransferLimit { idleTransfers.append(item.transfer) }
        item.continuation.resume(returning: report)
    }

    private func multi(for settings: ConnectionSettings) -> CurlMulti? {
        if let known = multis.first(where: { $0.settings == settings }) { return known.multi }
        if multis.count >= Self.multiLimit {
            multis.removeAll { entry in
                guard entry.multi.transferCount == 0 else { return false }
                entry.multi.close()
                return true
            }
        }
        guard let multi = CurlMulti(loop: loop, maxConnections: settings.maxConnections) else { return nil }
        multi.onEnd = { [unowned self] transfer, code in settle(transfer.id, transfer.report(.finished(code))) }
        multis.append((settings, multi))
        return multi
    }

    private static func upload(_ request: HTTPRequest) throws(HTTPError) -> Upload? {
        switch request.body {
        case .none, .bytes: nil
        case .file, .multipart: try Upload(request.body, version: request.bodyVersion, boundary: boundary())
        }
    }

    /// 128 random bits, which no content guesses.
    private static func boundary() -> String {
        "plumb-" + String(UInt64.random(in: .min ... .max), radix: 36)
            + String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// Seconds since 1970, for the expiry of cookies.
    private static func wallClock() -> Int64 { Int64(time(nil)) }
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
                HTTPError(.invalidRequest, "'\(hop.url.preview)' is no URL", hint: "write http://HOST/PATH"))
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
    private func response(of exchange: Exchange, _ report: CurlReport, _ journey: Journey) -> HTTPResponse {
        HTTPResponse(
            status: exchange.head.status, headers: exchange.head.headers, body: exchange.body, url: exchange.url.text,
            redirects: journey.policy.followed, version: exchange.head.version, timing: journey.timing,
            wire: journey.wire, certificate: certificate(of: exchange, report),
            reusedConnection: report.connectionCount == 0, resends: journey.resends, events: exchange.events)
    }

    private func certificate(of exchange: Exchange, _ report: CurlReport) -> HTTPResponse.Certificate? {
        guard exchange.url.origin.scheme == "https", let connection = exchange.connection else { return nil }
        guard let certificate = report.certificate else { return certificates[connection] }
        if certificates.count >= 1024 { certificates.removeAll() }
        certificates[connection] = certificate
        return certificate
    }
}

extension Exchange {
    /// libcurl could not make a handle, which takes memory and a few descriptors.
    fileprivate func failForLackOfMeans() {
        fail(.unreachable, "no memory or no descriptor is left for another connection", hint: "raise 'ulimit -n'")
    }
}
