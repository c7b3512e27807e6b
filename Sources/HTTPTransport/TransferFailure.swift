internal import CLibCurl
internal import Glibc

extension HTTPError {
    /// Turns the end of a transfer into an error, in words that say what to do; nil when all went well.
    init?(_ report: TransferReport, of exchange: Exchange) {
        let isWell = exchange.stop == nil && report.end == .finished(CURLE_OK.rawValue) && exchange.head.isComplete
        if isWell || exchange.hasEnough { return nil }
        let phase = report.phase(of: exchange)
        let verdict: Verdict
        switch (exchange.stop, report.end) {
        case (.enough, _): return nil
        case (.failed(let kind, let message, let hint), _): verdict = Verdict(kind, message, hint)
        case (nil, .cancelled): verdict = Verdict(.cancelled, "the request was cancelled")
        case (nil, .expired): verdict = Verdict(.timeout, report.timeoutMessage(of: exchange, phase))
        case (nil, .finished(let code)):
            if code != CURLE_OK.rawValue {
                verdict = report.verdict(CURLcode(rawValue: code), of: exchange, phase)
            } else {
                // libcurl takes a head that breaks off for one that is complete.
                verdict = Verdict(.truncated, "the connection closed within the headers")
            }
        }
        self.init(verdict.kind, verdict.message, hint: verdict.hint, phase: phase, received: exchange.received)
    }
}

private struct Verdict {
    let kind: HTTPError.Kind
    let message: String
    let hint: String?

    init(_ kind: HTTPError.Kind, _ message: String, _ hint: String? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
    }
}

extension TransferReport {
    /// How far an exchange came.
    fileprivate func phase(of exchange: Exchange) -> HTTPError.Phase {
        if exchange.head.isComplete { return .body }
        if exchange.sends > 0 {
            if exchange.head.byteCount > 0 { return .firstByte }
            return uploaded < exchange.bodySize ? .request : .firstByte
        }
        if times.dns == 0 { return .dns }
        // libcurl tells the time of connecting only once the TLS handshake is over; the port is known before.
        if times.connect == 0, localPort == 0 { return .connect }
        return exchange.url.origin.scheme == "https" ? .tls : .connect
    }

    fileprivate func timeoutMessage(of exchange: Exchange, _ phase: HTTPError.Phase) -> String {
        let limit = "no complete answer within \(exchange.request.timeout.text)"
        let place = exchange.place
        switch phase {
        case .dns where exchange.request.settings.maxConnections != nil:
            return "\(limit): still waiting for one of the connections to \(place)"
        case .dns: return "\(limit): still looking up '\(exchange.url.origin.host)'"
        case .connect: return "\(limit): still connecting to \(place)"
        case .tls: return "\(limit): still in the TLS handshake with \(place)"
        case .request: return "\(limit): \(uploaded) of \(exchange.bodySize) bytes of the request were sent"
        case .firstByte where exchange.head.byteCount > 0: return "\(limit): the headers were not complete"
        case .firstByte: return "\(limit): \(place) took the request and sent nothing"
        case .body:
            guard let count = exchange.events?.events.count else {
                return "\(limit): \(exchange.progress) of the body had arrived"
            }
            return "\(limit): the stream did not end, \(count == 1 ? "1 event" : "\(count) events") had arrived"
        }
    }

    fileprivate func verdict(_ code: CURLcode, of exchange: Exchange, _ phase: HTTPError.Phase) -> Verdict {
        let place = exchange.place
        switch code {
        case CURLE_URL_MALFORMAT:
            return Verdict(.invalidRequest, "'\(exchange.url.text.withoutUserInfo.preview)' is no URL")
        case CURLE_COULDNT_RESOLVE_HOST:
            return Verdict(
                .dns, "the name '\(exchange.url.origin.host)' has no address",
                "check the spelling, or give the target a 'resolve' entry")
        case CURLE_COULDNT_RESOLVE_PROXY:
            return Verdict(.dns, "the name of the proxy '\(exchange.request.settings.proxy ?? "")' has no address")
        case CURLE_OPERATION_TIMEDOUT:
            let limit = exchange.request.connectTimeout.text
            switch phase {
            case .dns:
                return Verdict(.connectTimeout, "'\(exchange.url.origin.host)' was not looked up within \(limit)")
            case .tls:
                return Verdict(
                    .connectTimeout, "the TLS handshake with \(place) took over \(limit)",
                    "use http:// if it speaks plain HTTP on that port")
            default:
                return Verdict(
                    .connectTimeout, "no connection to \(place) within \(limit)",
                    "a firewall may drop the packets; raise the connect time-out if the network is slow")
            }
        case CURLE_COULDNT_CONNECT: return connectVerdict(place)
        case CURLE_PARTIAL_FILE:
            return Verdict(.truncated, "the connection closed after \(exchange.progress) of the body")
        case CURLE_GOT_NOTHING:
            return Verdict(.reset, "the server closed the connection without an answer")
        case CURLE_OUT_OF_MEMORY where phase == .firstByte, CURLcode(rawValue: Self.tooLarge) where phase == .firstByte:
            return Verdict(.protocol, "header too large: one header is over 100 KiB")
        case CURLE_UNSUPPORTED_PROTOCOL where message.contains("response code"):
            return Verdict(.protocol, "not a valid HTTP answer: its status is no number from 100 to 999")
        case CURLE_UNSUPPORTED_PROTOCOL where exchange.sends > 0:
            let isOld = message.contains("HTTP/0.9")
            return Verdict(
                .protocol, isOld ? "not an HTTP answer: it has no status line" : "not an HTTP answer: \(words)",
                "check that the port speaks HTTP\(exchange.url.origin.scheme == "http" ? ", and not HTTPS" : "")")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL:
            return Verdict(.protocol, "not a valid HTTP answer: \(words)")
        case CURLE_BAD_FUNCTION_ARGUMENT where exchange.sends > 0:
            // What libcurl says of a line that it cannot keep as a header; it has no words for it.
            return Verdict(.protocol, "not a valid HTTP answer: a line of its head is no header")
        case CURLE_HTTP2:
            return Verdict(.protocol, "HTTP/2 failed: \(words)", "the server may speak HTTP/1.1 only: set http_version")
        case CURLE_HTTP2_STREAM: return Verdict(.reset, "the server reset the HTTP/2 stream: \(words)")
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR: return brokenVerdict(exchange, phase)
        case CURLE_PROXY: return Verdict(.unreachable, "the proxy did not connect: \(words)")
        case CURLE_AUTH_ERROR, CURLE_LOGIN_DENIED: return Verdict(.auth, "authentication failed: \(words)")
        default:
            if Self.tlsCodes.contains(code.rawValue) { return tlsVerdict(code, exchange) }
            return Verdict(.protocol, "the transfer failed: \(words) (\(code.rawValue))")
        }
    }

    /// `CURLE_TOO_LARGE`, which libcurl has since 8.6.
    private static let tooLarge: UInt32 = 100
    private static let tlsCodes: Set<UInt32> = Set(
        [
            CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_SHUTDOWN_FAILED,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED,
        ].map(\.rawValue))

    private func connectVerdict(_ place: String) -> Verdict {
        switch systemError {
        case ECONNREFUSED:
            Verdict(.refused, "\(place) refused the connection", "is the service running, and on that port?")
        case ETIMEDOUT: Verdict(.connectTimeout, "no connection to \(place): \(systemMessage(systemError))")
        case ENOENT:
            Verdict(.unreachable, "there is no socket at \(place)", "check the path, and that the service runs")
        case 0 where Self.isOutOfDescriptors:
            Verdict(
                .unreachable, "cannot connect to \(place): this process may open no more files",
                "raise the limit with 'ulimit -n', or lower 'parallel', '--jobs' or 'max_connections'")
        case 0: Verdict(.unreachable, "cannot connect to \(place): \(words)")
        default: Verdict(.unreachable, "cannot connect to \(place): \(systemMessage(systemError))")
        }
    }

    /// Whether the process has all the descriptors that it may have, which libcurl does not tell.
    private static var isOutOfDescriptors: Bool {
        let descriptor = dup(STDERR_FILENO)
        let number = errno
        guard descriptor < 0 else {
            close(descriptor)
            return false
        }
        return number == EMFILE || number == ENFILE
    }

    /// Reading or writing failed on a connection that was open.
    private func brokenVerdict(_ exchange: Exchange, _ phase: HTTPError.Phase) -> Verdict {
        let said = message.lowercased()
        if proxyStatus == 407 {
            return Verdict(.auth, "the proxy wants a user name and password (407)", "write them into the proxy's URL")
        }
        if proxyStatus >= 300 {
            return Verdict(.unreachable, "the proxy refused to connect to \(exchange.url.origin.text) (\(proxyStatus))")
        }
        if said.contains("chunk") {
            return Verdict(.protocol, "the chunks of the body are damaged after \(exchange.received) bytes: \(words)")
        }
        if said.contains("alert") { return tlsVerdict(CURLE_RECV_ERROR, exchange) }
        let hasBegun = exchange.head.isComplete
        if systemError == ECONNRESET || systemError == EPIPE || said.contains("reset") {
            return Verdict(
                .reset,
                hasBegun
                    ? "connection reset after \(exchange.progress) of the body"
                    : exchange.head.byteCount > 0
                        ? "connection reset within the headers" : "connection reset before the answer")
        }
        if said.contains("unexpected eof") {
            return hasBegun
                ? Verdict(.truncated, "the TLS connection closed after \(exchange.progress) of the body")
                : Verdict(.reset, "the server closed the TLS connection before the answer")
        }
        if systemError == ETIMEDOUT { return Verdict(.reset, "the connection is dead: \(systemMessage(systemError))") }
        return Verdict(.reset, "the connection broke: \(words)")
    }

    private func tlsVerdict(_ code: CURLcode, _ exchange: Exchange) -> Verdict {
        let said = message.lowercased()
        let place = exchange.place
        let host = exchange.url.origin.host
        let tls = exchange.request.settings.tls
        let trust = "give the target 'tls: { ca: FILE }' with the authority's certificate, or 'tls: { insecure: true }'"
        switch code {
        case CURLE_SSL_CACERT_BADFILE:
            return Verdict(.tls, "the authority file '\(tls.ca ?? "")' holds no certificate, or is not readable")
        case CURLE_SSL_CERTPROBLEM:
            return Verdict(
                .tls,
                "the client certificate '\(tls.certificate ?? "")' or its key '\(tls.key ?? "")' is not usable: \(words)",
                "both are PEM files, and the key belongs to the certificate")
        default: break
        }
        if said.contains("does not match target host name") || said.contains("no alternative certificate subject name")
            || verifyResult == 62
        {
            return Verdict(
                .tls, "the certificate of \(place) is not for '\(host)'",
                "use the name in the certificate, with a 'resolve' entry if need be")
        }
        switch verifyResult {
        case 9, 10:
            let isExpired = verifyResult == 10
            return Verdict(
                .tls, "the certificate of \(place) \(isExpired ? "has expired" : "is not valid yet")",
                isExpired ? "renew it on the server; 'tls: { insecure: true }' accepts it as it is" : "check the clocks"
            )
        case 18: return Verdict(.tls, "the certificate of \(place) is self-signed and not trusted", trust)
        case 2, 19, 20, 21, 27:
            return Verdict(.tls, "the certificate of \(place) comes from an authority that is not trusted", trust)
        // 1 stands there from the start of a handshake until the certificate is looked at.
        case 0, 1: break
        default: return Verdict(.tls, "the certificate of \(place) is not accepted: \(words)", trust)
        }
        if said.contains("wrong version number") || said.contains("packet length too long")
            || said.contains("http request")
        {
            return Verdict(.tls, "\(place) does not speak TLS on that port", "use http:// if it speaks plain HTTP")
        }
        if said.contains("unsupported protocol") || said.contains("protocol version") {
            return Verdict(
                .tls, "\(place) offers no TLS version from \(tls.minimumVersion.rawValue) on",
                "set 'tls: { min_version: … }' lower if so old a protocol is wanted")
        }
        if said.contains("certificate required") || said.contains("bad certificate") || said.contains("unknown ca")
            || said.contains("certificate unknown")
        {
            return Verdict(
                .tls,
                tls.certificate == nil
                    ? "\(place) wants a client certificate" : "\(place) does not accept the client certificate",
                "give the target 'tls: { cert: FILE, key: FILE }' that the server trusts")
        }
        if said.contains("connection reset") {
            return Verdict(.reset, "the connection to \(place) was reset in the TLS handshake")
        }
        if said.contains("unexpected eof") || systemError == ECONNRESET || said.contains("ssl_error_syscall") {
            return Verdict(.tls, "\(place) closed the connection in the TLS handshake")
        }
        return Verdict(.tls, "the TLS handshake with \(place) failed: \(words)")
    }

    /// libcurl's words, fit for the middle of a message.
    private var words: String {
        guard !message.isEmpty else { return "no reason given" }
        return message.preview
    }
}

extension Origin {
    var text: String { "\(host):\(port)" }
}

extension Exchange {
    /// Whom libcurl connects to.
    fileprivate var place: String {
        if let path = request.settings.unixSocket { return "'\(path)'" }
        if let proxy = request.settings.proxy { return "the proxy '\(proxy.withoutUserInfo)'" }
        return url.origin.text
    }

    var bodySize: Int {
        if case .bytes(let bytes) = request.body { bytes.count } else { upload?.size ?? 0 }
    }

    /// How much of the body has arrived.
    var progress: String {
        if let length = head.contentLength { return "\(received) of \(length) bytes" }
        return received == 1 ? "1 byte" : "\(received) bytes"
    }
}

extension String {
    /// A URL, or a text that was to be one, without the user name and password before its host.
    var withoutUserInfo: String {
        let start = firstRange(of: "://")?.upperBound ?? startIndex
        let authority = self[start...].prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return self }
        return String(self[..<start] + self[index(after: at)...])
    }
}
