internal import CLibCurl

/// One easy handle, used for one exchange after the other.
///
/// It lives on the loop's thread.
@safe final class CurlTransfer {
    let handle: UnsafeMutableRawPointer
    /// The request that the handle carries; the callbacks feed it.
    private(set) var exchange: Exchange?
    /// Tells this use of the handle from earlier and later ones.
    private(set) var id = 0

    /// `MAX_INITIAL_POST_SIZE` of libcurl.
    private static let separateBody = 64 << 10
    /// libcurl writes its words here; it keeps the address.
    private let errorBuffer: UnsafeMutablePointer<CChar>
    /// Lists that libcurl reads during the transfer.
    private var lists: [UnsafeMutablePointer<curl_slist>] = unsafe []
    /// The header lines that stay when the same request is sent again; one of the lists.
    var stayingHeaders: UnsafeMutablePointer<curl_slist>?
    /// Those that do not; the last of them leads to the others.
    private var changingHeaders: UnsafeMutablePointer<curl_slist>?
    /// The request whose options the handle still has.
    private var laidOut: RequestLayout?
    /// Those of the multi handle that the options name.
    private var sockets: CurlSockets?
    /// Whether it connects, and nothing more.
    private var isOpening = false
    /// The socket of a connection that it has opened.
    private var socket: Int32?

    /// Nil when the process is out of memory.
    ///
    /// The corresponding C function is `curl_easy_init`.
    init?() {
        guard let handle = unsafe curl_easy_init() else { return nil }
        unsafe self.handle = handle
        unsafe errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorBuffer.pointee = 0
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe errorBuffer.deallocate()
        unlinkHeaders()
        freeLists()
    }

    /// Whether the handle still has the options of the exchange, from one before it on the same multi handle.
    func isReady(for exchange: Exchange, _ sockets: CurlSockets) -> Bool {
        self.sockets === sockets && laidOut?.serves(exchange) ?? false
    }

    /// Makes the handle ready for an exchange; `sockets` hears of those that libcurl opens and closes.
    func begin(_ exchange: Exchange, id: Int, sockets: CurlSockets) {
        self.exchange = exchange
        self.id = id
        unsafe errorBuffer.pointee = 0
        if isReady(for: exchange, sockets) { return setHeaders(of: exchange) }
        if laidOut != nil { reset() }
        laidOut = RequestLayout(exchange)
        self.sockets = sockets
        unsafe set(CURLOPT_ERRORBUFFER, pointer: errorBuffer)
        unsafe lcurl_set_callbacks(
            handle, Unmanaged.passUnretained(self).toOpaque(), curlTookHeader, curlTookBody, curlReadsUpload,
            curlSeeksUpload, curlIsReady)
        unsafe lcurl_set_socket_callbacks(
            handle, Unmanaged.passUnretained(sockets).toOpaque(), curlOpenedSocket, curlCloses)
        setOptions(for: exchange)
    }

    /// Makes the handle ready to open a connection for an exchange, and to send nothing.
    func open(for exchange: Exchange, id: Int, sockets: CurlSockets) {
        self.exchange = exchange
        self.id = id
        unsafe errorBuffer.pointee = 0
        if laidOut != nil { reset() }
        self.sockets = sockets
        isOpening = true
        unsafe set(CURLOPT_ERRORBUFFER, pointer: errorBuffer)
        unsafe set(CURLOPT_PRIVATE, pointer: Unmanaged.passUnretained(self).toOpaque())
        unsafe lcurl_set_socket_callbacks(
            handle, Unmanaged.passUnretained(sockets).toOpaque(), curlOpenedSocket, curlCloses)
        setPlace(of: exchange)
        set(CURLOPT_CONNECT_ONLY, true)
        set(CURLOPT_FRESH_CONNECT, true)
    }

    /// Keeps the socket of a connection that was opened for its own sake: libcurl closes it with the transfer.
    func keepSocket() {
        guard isOpening else { return }
        let socket = unsafe lcurl_getinfo_socket(handle)
        guard socket >= 0 else { return }
        sockets?.keep(socket)
        self.socket = socket
    }

    /// Hands over the socket of the connection that was opened, which is the caller's to close.
    func takeSocket() -> Int32? {
        defer { socket = nil }
        return socket
    }

    /// Frees what the exchange needed; the connection stays open for the next one.
    ///
    /// The options stay too where all went well and the same request may come again: setting them takes longer than
    /// much of the rest.
    func end(_ end: TransferReport.End) {
        exchange = nil
        isOpening = false
        unlinkHeaders()
        if laidOut == nil || end != .finished(CURLE_OK.rawValue) { reset() }
    }

    /// The corresponding C function is `curl_easy_reset`.
    private func reset() {
        laidOut = nil
        unsafe curl_easy_reset(handle)
        freeLists()
    }

    /// Puts header lines of this one exchange before those that stay.
    func link(_ lines: [String]) {
        unlinkHeaders()
        var first: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = unsafe curl_slist_append(first, line) else { break }
            unsafe first = longer
        }
        unsafe changingHeaders = first
        if let first = unsafe first {
            var last = unsafe first
            while let next = unsafe last.pointee.next { unsafe last = next }
            unsafe last.pointee.next = stayingHeaders
        }
        _ = unsafe lcurl_setopt_list(handle, CURLOPT_HTTPHEADER, first ?? stayingHeaders)
    }

    /// Frees the lines of the last exchange, which own nothing of those that stay.
    private func unlinkHeaders() {
        guard let first = unsafe changingHeaders else { return }
        var last = unsafe first
        while let next = unsafe last.pointee.next, unsafe next != stayingHeaders { unsafe last = next }
        unsafe last.pointee.next = nil
        unsafe curl_slist_free_all(first)
        unsafe changingHeaders = nil
    }

    /// Everything that is to be known about the exchange before the handle is reset.
    func report(_ end: TransferReport.End) -> TransferReport {
        var report = TransferReport(end: end)
        if end != .finished(CURLE_OK.rawValue) {
            report.message = unsafe String(cString: errorBuffer)
            report.systemError = unsafe Int32(truncatingIfNeeded: lcurl_getinfo_long(handle, CURLINFO_OS_ERRNO))
            report.verifyResult = unsafe lcurl_getinfo_long(handle, CURLINFO_SSL_VERIFYRESULT)
            report.proxyStatus = unsafe lcurl_getinfo_long(handle, CURLINFO_HTTP_CONNECTCODE)
        }
        unsafe report.times.dns = Int64(lcurl_getinfo_offset(handle, CURLINFO_NAMELOOKUP_TIME_T))
        unsafe report.times.connect = Int64(lcurl_getinfo_offset(handle, CURLINFO_CONNECT_TIME_T))
        unsafe report.times.tls = Int64(lcurl_getinfo_offset(handle, CURLINFO_APPCONNECT_TIME_T))
        unsafe report.times.ready = Int64(lcurl_getinfo_offset(handle, CURLINFO_PRETRANSFER_TIME_T))
        unsafe report.times.firstByte = Int64(lcurl_getinfo_offset(handle, CURLINFO_STARTTRANSFER_TIME_T))
        unsafe report.times.total = Int64(lcurl_getinfo_offset(handle, CURLINFO_TOTAL_TIME_T))
        report.connectionCount = unsafe lcurl_getinfo_long(handle, CURLINFO_NUM_CONNECTS)
        report.localPort = unsafe lcurl_getinfo_long(handle, CURLINFO_LOCAL_PORT)
        report.uploaded = unsafe Int(lcurl_getinfo_offset(handle, CURLINFO_SIZE_UPLOAD_T))
        report.requestSize = unsafe lcurl_getinfo_long(handle, CURLINFO_REQUEST_SIZE)
        // libcurl counts a body there that goes out together with the head, and no other.
        if let exchange, exchange.upload != nil || exchange.bodySize >= Self.separateBody {
            report.requestSize += report.uploaded
        }
        if exchange?.isSecure ?? false { report.certificate = certificate() }
        return report
    }

    /// Appends to a list that lives as long as the exchange.
    func makeList(_ lines: [String]) -> UnsafeMutablePointer<curl_slist>? {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = unsafe curl_slist_append(list, line) else { break }
            unsafe list = longer
        }
        if let list = unsafe list { unsafe lists.append(list) }
        return unsafe list
    }

    private func freeLists() {
        while let list = unsafe lists.popLast() { unsafe curl_slist_free_all(list) }
        unsafe stayingHeaders = nil
    }

    /// The server's certificate, of the handshake that this transfer made.
    private func certificate() -> HTTPResponse.Certificate? {
        guard let chain = unsafe lcurl_getinfo_certificates(handle), unsafe chain.pointee.num_of_certs > 0 else {
            return nil
        }
        var fields: [String: String] = [:]
        var next = unsafe chain.pointee.certinfo?[0]
        while let entry = unsafe next {
            let text = unsafe String(cString: entry.pointee.data)
            if let colon = text.firstIndex(of: ":") {
                fields[String(text[..<colon])] = String(text[text.index(after: colon)...])
            }
            unsafe next = entry.pointee.next
        }
        return HTTPResponse.Certificate(
            subject: fields["Subject"] ?? "", issuer: fields["Issuer"] ?? "",
            notBefore: CertificateDate.text(fields["Start date"] ?? ""),
            notAfter: CertificateDate.text(fields["Expire date"] ?? ""))
    }
}

extension CurlTransfer {
    func set(_ option: CURLoption, _ value: Int) { _ = unsafe lcurl_setopt_long(handle, option, value) }
    func set(_ option: CURLoption, _ value: Bool) { set(option, value ? 1 : 0) }
    func set(_ option: CURLoption, size: Int) { _ = unsafe lcurl_setopt_offset(handle, option, curl_off_t(size)) }
    /// libcurl copies the text.
    func set(_ option: CURLoption, _ value: String) { _ = unsafe lcurl_setopt_string(handle, option, value) }
    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) {
        _ = unsafe lcurl_setopt_pointer(handle, option, pointer)
    }
    func set(_ option: CURLoption, list lines: [String]) {
        _ = unsafe lcurl_setopt_list(handle, option, makeList(lines))
    }
}
