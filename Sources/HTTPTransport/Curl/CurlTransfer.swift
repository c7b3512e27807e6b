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

    /// libcurl writes its words here; it keeps the address.
    private let errorBuffer: UnsafeMutablePointer<CChar>
    /// Header lists that libcurl reads during the transfer.
    private var lists: [UnsafeMutablePointer<curl_slist>] = unsafe []

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
        freeLists()
    }

    /// Makes the handle ready for an exchange.
    func begin(_ exchange: Exchange, id: Int) {
        self.exchange = exchange
        self.id = id
        unsafe errorBuffer.pointee = 0
        unsafe set(CURLOPT_ERRORBUFFER, pointer: errorBuffer)
        unsafe lcurl_set_callbacks(
            handle, Unmanaged.passUnretained(self).toOpaque(), curlTookHeader, curlTookBody, curlReadsUpload,
            curlSeeksUpload, curlIsReady)
        setOptions(for: exchange)
    }

    /// Frees what the exchange needed; the connection stays open for the next one.
    ///
    /// The corresponding C function is `curl_easy_reset`.
    func end() {
        exchange = nil
        unsafe curl_easy_reset(handle)
        freeLists()
    }

    /// Everything that is to be known about the exchange before the handle is reset.
    func report(_ end: CurlReport.End) -> CurlReport {
        var report = CurlReport(end: end)
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
        report.headerSize = unsafe lcurl_getinfo_long(handle, CURLINFO_HEADER_SIZE)
        if exchange?.url.origin.scheme == "https" { report.certificate = certificate() }
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
