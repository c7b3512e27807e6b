/// What of a request decides the options of its handle, so that a handle can keep them for the next one like it.
final class RequestLayout {
    /// A longer body would be held twice by every handle that waits.
    private static let longestBody = 16 << 10

    private let request: HTTPRequest
    private let url: ParsedURL
    private let body: [UInt8]?

    /// Notes a request; nil where its options hold of this one exchange only.
    init?(_ exchange: Exchange) {
        let request = exchange.request
        guard exchange.upload == nil, exchange.cookieHeader == nil else { return nil }
        switch request.body {
        case .none: body = nil
        case .bytes(let bytes) where bytes.count <= Self.longestBody: body = bytes
        case .bytes, .file, .multipart: return nil
        }
        self.request = request
        url = exchange.url
    }

    /// Whether the options are those of another exchange as well.
    ///
    /// Requests of one step share their texts and arrays, which are then compared by their place alone.
    func serves(_ exchange: Exchange) -> Bool {
        guard exchange.upload == nil, exchange.cookieHeader == nil,
            exchange.request.connectTimeout == request.connectTimeout
        else { return false }
        if exchange.request.isLike(request), exchange.url === url { return true }
        guard exchange.request.method == request.method, exchange.url.text == url.text,
            exchange.request.headers == request.headers, exchange.request.settings == request.settings
        else { return false }
        switch exchange.request.body {
        case .none: return body == nil
        case .bytes(let bytes): return body == bytes
        case .file, .multipart: return false
        }
    }
}
