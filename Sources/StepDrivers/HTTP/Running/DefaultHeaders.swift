internal import HTTPTransport

/// What Plumb sends by itself, unless somebody wrote or dropped it.
enum DefaultHeaders {
    /// The headers; names that were written are in lower case.
    static func of(_ userAgent: String, but written: Set<String>) -> [HTTPHeader] {
        var headers: [HTTPHeader] = []
        if !written.contains("user-agent") { headers.append(HTTPHeader("User-Agent", userAgent)) }
        if !written.contains("accept") { headers.append(HTTPHeader("Accept", "*/*")) }
        return headers
    }
}
