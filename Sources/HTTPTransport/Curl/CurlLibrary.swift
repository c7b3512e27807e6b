internal import CLibCurl
internal import Glibc

/// libcurl, loaded when it is first needed, and its state of the process.
public enum CurlLibrary {
    private static let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// Loads libcurl with what it depends on, and readies it, once for the process and from any thread; returns why it
    /// cannot be had, or nil.
    ///
    /// What is ready before a fork is ready behind it. The corresponding C functions are `dlopen` and
    /// `curl_global_init`.
    public static func load() -> String? {
        guard unsafe lcurl_load() != nil else {
            return unsafe dlerror().map { unsafe String(cString: $0) } ?? "libcurl.so.4 cannot be loaded"
        }
        return code == CURLE_OK ? nil : "libcurl does not start"
    }

    /// Readies libcurl for whoever cannot go on without it.
    static func prepare() {
        if let problem = load() { preconditionFailure(problem) }
    }
}
