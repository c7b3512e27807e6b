/// What of a request decides the options of its handle, so that a handle can keep them for the next one like it.
final class RequestLayout {
    /// A longer body would be held twice by every handle that waits.
    private static let longestBody = 16 << 10

    private let method: String
    private let url: String
    private let headers: [HTTPHeader]
    private let body: [UInt8]?
    private let settings: ConnectionSettings
    private let connectTimeout: Duration

    /// Notes a request; nil where its options hold of this one exchange only.
    init?(_ exchange: Exchange) {
        let request = exchange.request
        guard exchange.upload == nil, exchange.cookieHeader == nil else { return nil }
        switch request.body {
        case .none: body = nil
        case .bytes(let bytes) where bytes.count <= Self.longestBody: body = bytes
        case .bytes, .file, .multipart: return nil
        }
        method = request.method
        url = exchange.url.text
        headers = request.headers
        settings = request.settings
        connectTimeout = request.connectTimeout
    }

    /// Whether the options are those of another exchange as well.
    ///
    /// Requests of one step share their texts and arrays, which are then compared by their place alone.
    func serves(_ exchange: Exchange) -> Bool {
        // The request is looked at where it is: a copy of it takes longer than all the rest.
        guard exchange.upload == nil, exchange.cookieHeader == nil, exchange.request.method == method,
            exchange.url.text == url, exchange.request.connectTimeout == connectTimeout,
            exchange.request.headers == headers, exchange.request.settings == settings
        else { return false }
        switch exchange.request.body {
        case .none: return body == nil
        case .bytes(let bytes): return body == bytes
        case .file, .multipart: return false
        }
    }
}
