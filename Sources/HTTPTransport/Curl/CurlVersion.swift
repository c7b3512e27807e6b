internal import CLibCurl

/// The libcurl that this program uses.
public enum CurlVersion {
    /// Its version and those of its own libraries: `libcurl/7.88.1 OpenSSL/3.0.19 …`.
    ///
    /// The corresponding C function is `curl_version`.
    public static var text: String {
        if let problem = CurlLibrary.loadTLS() { return problem }
        guard let text = unsafe curl_version() else { return "libcurl" }
        return unsafe String(cString: text)
    }
}
