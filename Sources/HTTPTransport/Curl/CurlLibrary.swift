internal import CLibCurl

/// libcurl's state of the process.
enum CurlLibrary {
    private static let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// Readies libcurl, once for the process.
    ///
    /// The corresponding C function is `curl_global_init`.
    static func prepare() {
        precondition(code == CURLE_OK, "libcurl does not start")
    }
}
