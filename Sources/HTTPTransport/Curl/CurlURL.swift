internal import CLibCurl

extension ParsedURL {
    /// Reads an absolute `http` or `https` URL.
    static func parse(_ text: String) -> Result<
        (url: ParsedURL, user: String?, password: String?), RedirectPolicy.LocationProblem
    > {
        read(text, relativeTo: nil, flags: UInt32(CURLU_PATH_AS_IS))
    }

    /// Reads the `Location` of an answer, relative to this URL.
    func resolve(_ location: String) -> Result<ParsedURL, RedirectPolicy.LocationProblem> {
        Self.read(location, relativeTo: text, flags: UInt32(CURLU_URLENCODE)).map(\.url)
    }

    /// The corresponding C function is `curl_url_set`.
    private static func read(
        _ text: String, relativeTo base: String?, flags: UInt32
    ) -> Result<(url: ParsedURL, user: String?, password: String?), RedirectPolicy.LocationProblem> {
        guard !text.utf8.contains(0), let handle = unsafe curl_url() else { return .failure(.malformed) }
        defer { unsafe curl_url_cleanup(handle) }
        let flags = flags | UInt32(CURLU_NON_SUPPORT_SCHEME)
        if let base, unsafe curl_url_set(handle, CURLUPART_URL, base, 0) != CURLUE_OK { return .failure(.malformed) }
        guard unsafe curl_url_set(handle, CURLUPART_URL, text, flags) == CURLUE_OK else { return .failure(.malformed) }
        func part(_ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard unsafe curl_url_get(handle, part, &value, flags) == CURLUE_OK, let value = unsafe value else {
                return nil
            }
            defer { unsafe curl_free(value) }
            return unsafe String(cString: value)
        }
        guard let scheme = part(CURLUPART_SCHEME)?.lowercased() else { return .failure(.malformed) }
        guard scheme == "http" || scheme == "https" else { return .failure(.scheme(scheme)) }
        guard let host = part(CURLUPART_HOST), !host.isEmpty,
            let port = part(CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)).flatMap({ Int($0) }), port > 0
        else { return .failure(.malformed) }
        let user = part(CURLUPART_USER, UInt32(CURLU_URLDECODE))
        let password = part(CURLUPART_PASSWORD, UInt32(CURLU_URLDECODE))
        for unwanted in [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_FRAGMENT] {
            unsafe curl_url_set(handle, unwanted, nil, 0)
        }
        guard let whole = part(CURLUPART_URL) else { return .failure(.malformed) }
        let url = ParsedURL(
            origin: Origin(scheme: scheme, host: host.lowercased(), port: port), path: part(CURLUPART_PATH) ?? "/",
            hasUserInfo: user != nil || password != nil, text: whole)
        return .success((url, user, password))
    }
}
