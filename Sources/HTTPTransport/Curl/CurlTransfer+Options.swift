internal import CLibCurl
internal import EventLoop

extension CurlTransfer {
    /// Translates a request into options.
    ///
    /// Redirects, cookies, credentials and decoding are ours: libcurl carries one request and its answer.
    /// The total time-out is a timer of the loop, which also covers waiting for a connection.
    func setOptions(for exchange: Exchange) {
        let request = exchange.request
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        // A length of the author's own may leave bytes that the server would take for the next request.
        set(CURLOPT_FORBID_REUSE, request.header("content-length") != nil || request.header("transfer-encoding") != nil)
        setPlace(of: exchange)
        setBody(of: exchange)
        setHeaders(of: exchange)
    }

    /// Says where to connect to, and how.
    func setPlace(of exchange: Exchange) {
        set(CURLOPT_NOSIGNAL, true)
        set(CURLOPT_QUICK_EXIT, true)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_PATH_AS_IS, true)
        set(CURLOPT_URL, exchange.url.text)
        set(CURLOPT_TCP_KEEPALIVE, true)
        // 0 would mean libcurl's default of five minutes, and a day is longer than any total time-out.
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, min(exchange.request.connectTimeout.milliseconds, 86_400_000))))
        setConnection(exchange.request.settings, isTLS: exchange.isSecure)
    }

    /// Gives libcurl the headers: those that change before those that stay.
    func setHeaders(of exchange: Exchange) {
        if unsafe stayingHeaders == nil { unsafe stayingHeaders = makeList(lines(for: exchange)) }
        link(exchange.request.changingHeaders.map { Self.asked($0.line) })
    }

    /// A line as libcurl wants it: one without a value would take a header out.
    private static func asked(_ line: String) -> String {
        guard let colon = line.utf8.firstIndex(of: 0x3A), line.utf8.index(after: colon) == line.utf8.endIndex else {
            return line
        }
        return line.dropLast() + ";"
    }

    private func setConnection(_ settings: ConnectionSettings, isTLS: Bool) {
        // An empty proxy keeps libcurl from reading the environment's.
        set(CURLOPT_PROXY, settings.proxy ?? "")
        set(CURLOPT_NOPROXY, "")
        if let path = settings.unixSocket { set(CURLOPT_UNIX_SOCKET_PATH, path) }
        if !settings.resolve.isEmpty { set(CURLOPT_RESOLVE, list: settings.resolve) }
        if let detour = settings.connectTo { set(CURLOPT_CONNECT_TO, list: [detour]) }
        let version =
            switch settings.httpVersion {
            case .automatic: CURL_HTTP_VERSION_2TLS
            case .http11: CURL_HTTP_VERSION_1_1
            case .http2: isTLS ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
            case .http2PriorKnowledge: CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
            }
        set(CURLOPT_HTTP_VERSION, Int(version))
        let speaksHTTP2 = settings.httpVersion == .http2 || settings.httpVersion == .http2PriorKnowledge
        if speaksHTTP2 { set(CURLOPT_PIPEWAIT, true) }
        // A proxy may be asked for by an https URL as well.
        if isTLS || settings.proxy != nil { setTLS(settings.tls) }
    }

    private func setTLS(_ tls: ConnectionSettings.TLS) {
        set(CURLOPT_CERTINFO, true)
        // A resumed session shows no certificate.
        set(CURLOPT_SSL_SESSIONID_CACHE, false)
        set(CURLOPT_SSL_VERIFYPEER, !tls.isInsecure)
        set(CURLOPT_SSL_VERIFYHOST, tls.isInsecure ? 0 : 2)
        if let path = tls.ca { set(CURLOPT_CAINFO, path) }
        if let path = tls.certificate { set(CURLOPT_SSLCERT, path) }
        if let path = tls.key { set(CURLOPT_SSLKEY, path) }
        let version =
            switch tls.minimumVersion {
            case .tls10: CURL_SSLVERSION_TLSv1_0
            case .tls11: CURL_SSLVERSION_TLSv1_1
            case .tls12: CURL_SSLVERSION_TLSv1_2
            case .tls13: CURL_SSLVERSION_TLSv1_3
            }
        set(CURLOPT_SSLVERSION, Int(version))
    }

    private func setBody(of exchange: Exchange) {
        let method = exchange.request.method
        switch exchange.request.body {
        case .none where ["POST", "PUT", "PATCH"].contains(method):
            // These announce an empty body by its length.
            setBytes([], method: method)
        case .none where method == "HEAD":
            set(CURLOPT_NOBODY, true)
        case .none:
            set(CURLOPT_HTTPGET, true)
            if method != "GET" { set(CURLOPT_CUSTOMREQUEST, method) }
        case .bytes(let bytes):
            setBytes(bytes, method: method)
        case .file, .multipart:
            set(CURLOPT_UPLOAD, true)
            set(CURLOPT_INFILESIZE_LARGE, size: exchange.upload?.size ?? 0)
            set(CURLOPT_CUSTOMREQUEST, method)
        }
    }

    /// What libcurl sends at once by itself, and at most here.
    ///
    /// https://curl.se/libcurl/c/CURLOPT_UPLOAD_BUFFERSIZE.html
    private static let usualUpload = 64 << 10
    private static let largestUpload = 512 << 10

    private func setBytes(_ bytes: [UInt8], method: String) {
        set(CURLOPT_POST, true)
        set(CURLOPT_POSTFIELDSIZE_LARGE, size: bytes.count)
        // libcurl hands over one bufferful each time the loop comes round to a socket.
        if bytes.count > Self.usualUpload { set(CURLOPT_UPLOAD_BUFFERSIZE, min(bytes.count, Self.largestUpload)) }
        unsafe bytes.withUnsafeBytes { buffer in
            // libcurl copies as many bytes as the size says; it wants an address for none, too.
            var nothing: UInt8 = 0
            unsafe withUnsafeMutablePointer(to: &nothing) { empty in
                unsafe set(
                    CURLOPT_COPYPOSTFIELDS,
                    pointer: buffer.baseAddress.map { unsafe UnsafeMutableRawPointer(mutating: $0) } ?? .init(empty))
            }
        }
        if method != "POST" { set(CURLOPT_CUSTOMREQUEST, method) }
    }

    private func lines(for exchange: Exchange) -> [String] {
        let request = exchange.request
        var lines = exchange.headerLines.map(Self.asked)
        // A name and a colon alone takes out what libcurl would add.
        if request.header("accept") == nil { lines.append("Accept:") }
        if !request.body.isNone || request.method != "GET" {
            if request.header("expect") == nil { lines.append("Expect:") }
            if exchange.upload?.contentType == nil, request.header("content-type") == nil {
                lines.append("Content-Type:")
            }
        }
        return lines
    }
}
