internal import CLibCurl
internal import Glibc

/// libcurl, which is part of the program, and its state of the process.
public enum CurlLibrary {
    private static let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// Loads the shared libraries that libcurl needs for TLS, once for the process and from any thread; returns why
    /// they cannot be had, or nil.
    ///
    /// What is loaded before a fork is there behind it.
    public static func loadTLS() -> String? {
        prepare()
        return unsafe lcurl_load_tls().map { unsafe String(cString: $0) }
    }

    /// Readies libcurl for whoever cannot go on without it; the corresponding C function is `curl_global_init`.
    static func prepare() {
        // It fails where there is no memory.
        if code != CURLE_OK { preconditionFailure("libcurl does not start") }
    }
}
