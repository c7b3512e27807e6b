internal import CLibCurl
internal import Glibc

/// libcurl, loaded when it is first needed, and its state of the process.
public enum CurlLibrary {
    private static let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// Loads libcurl and what it depends on, from any thread; returns why it cannot be had, or nil.
    ///
    /// The corresponding C function is `dlopen`.
    public static func load() -> String? {
        guard unsafe lcurl_load() == nil else { return nil }
        return unsafe dlerror().map { unsafe String(cString: $0) } ?? "libcurl.so.4 cannot be loaded"
    }

    /// Readies libcurl, once for the process.
    ///
    /// The corresponding C function is `curl_global_init`.
    static func prepare() {
        if let problem = load() { preconditionFailure(problem) }
        precondition(code == CURLE_OK, "libcurl does not start")
    }
}
