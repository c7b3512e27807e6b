internal import CLibCurl
internal import EventLoop

extension CurlTransfer {
    /// Translates a request into options.
    ///
    /// Redirects, cookies, credentials and decoding are ours: libcurl carries one request and its answer.
    /// The total time-out is a timer of the loop, which also covers waiting for a connection.
    func setOptions(for exchange: Exchange) {
        let request = exchange.request
        set(CURLOPT_NOSIGNAL, true)
        set(CURLOPT_QUICK_EXIT, true)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_PATH_AS_IS, true)
        set(CURLOPT_URL, exchange.url.text)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        set(CURLOPT_TCP_KEEPALIVE, true)
        // A length of the author's own may leave bytes that the server would take for the next request.
        set(CURLOPT_FORBID_REUSE, request.header("content-length") != nil || request.header("transfer-encoding") != nil)
        // 0 would mean libcurl's default of five minutes, and a day is longer than any total time-out.
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, min(request.connectTimeout.milliseconds, 86_400_000))))
        setConnection(request.settings, isTLS: exchange.isSecure)
        setBody(of: exchange)
        setHeaders(of: exchange)
    }

    /// Gives libcurl the headers: those that change before those that stay.
    func setHeaders(of exchange: Exchange) {
        if unsafe stayingHeaders == nil { unsafe stayingHeaders = makeList(headerLines(of: exchange)) }
        link(exchange.request.changingHeaders.map(Self.line))
    }

    private static func line(of header: HTTPHeader) -> String {
        header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)"
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

    private func headerLines(of exchange: Exchange) -> [String] {
        let request = exchange.request
        var lines: [String] = []
        lines.reserveCapacity(request.headers.count + 4)
        var cookies = exchange.cookieHeader
        for header in request.headers {
            if let jar = cookies, header.name.isSameHeader(as: "cookie") {
                lines.append("\(header.name): \(header.value); \(jar)")
                cookies = nil
            } else {
                lines.append(Self.line(of: header))
            }
        }
        if let cookies { lines.append("Cookie: \(cookies)") }
        if let type = exchange.upload?.contentType {
            lines.removeAll { $0.prefix { $0 != ":" && $0 != ";" }.lowercased() == "content-type" }
            lines.append("Content-Type: \(type)")
        }
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
