/// The bytes of a request of HTTP/1.1 (RFC 9112, section 3), but for the headers that no two sendings have alike.
///
/// A request like the one before finds them ready.
final class PlainLayout {
    /// Headers that decide how a message is framed or what becomes of its connection; libcurl knows what follows.
    private static let governing = [
        "host", "connection", "content-length", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
    ]
    /// A longer body is sent from where it is.
    static let longestBody = 16 << 10

    /// The connections that the request may go over.
    let route: PlainRoute
    /// The request line and `Host`.
    let beginning: [UInt8]
    /// All behind the headers that change, and a short body.
    let ending: [UInt8]
    /// A body that is not part of the ending.
    let body: [UInt8]
    /// How many bytes of body there are.
    let bodySize: Int
    private let layout: RequestLayout?

    /// Lays a request out; nil where it is none for a plain connection.
    init?(_ exchange: Exchange, _ route: PlainRoute) {
        let request = exchange.request
        guard let place = Place(exchange.url),
            !request.headers.contains(where: { header in
                Self.governing.contains { header.name.isSameHeader(as: $0) }
            })
        else { return nil }
        var body: [UInt8] = []
        var size: Int?
        switch request.body {
        // These announce an empty body by its length.
        case .none: if ["POST", "PUT", "PATCH"].contains(request.method) { size = 0 }
        case .bytes(let bytes):
            body = bytes
            size = bytes.count
        case .file, .multipart: size = exchange.upload?.size ?? 0
        }
        self.route = route
        layout = RequestLayout(exchange)
        beginning = Array("\(request.method) \(place.target) HTTP/1.1\r\nHost: \(place.host)\r\n".utf8)
        var ending: [UInt8] = []
        for line in exchange.headerLines { ending += Array("\(line)\r\n".utf8) }
        if let size { ending += Array("Content-Length: \(size)\r\n".utf8) }
        ending += [0x0D, 0x0A]
        bodySize = size ?? 0
        let isShort = body.count <= Self.longestBody
        if isShort { ending += body }
        self.body = isShort ? [] : body
        self.ending = ending
    }

    /// Whether the bytes are those of another exchange as well.
    func serves(_ exchange: Exchange) -> Bool { layout?.serves(exchange) ?? false }

    /// Whether a body is none that many would hold at once.
    static func isShort(_ body: HTTPRequest.Body) -> Bool {
        switch body {
        case .none: true
        case .bytes(let bytes): bytes.count <= longestBody
        case .file, .multipart: false
        }
    }

    /// Whether a request over such connections may be a plain one: in clear text, of HTTP/1.1, to the service itself.
    static func isPossible(_ exchange: Exchange) -> Bool {
        // Who waits for one of few connections is in libcurl's hands.
        guard !exchange.isSecure, exchange.request.settings.proxy == nil,
            exchange.request.settings.maxConnections == nil
        else { return false }
        switch exchange.request.settings.httpVersion {
        case .automatic, .http11: return true
        case .http2, .http2PriorKnowledge: return false
        }
    }
}

/// What the request line and `Host` say of a URL.
private struct Place {
    let host: String
    let target: String

    /// Nil for a host that needs translation first.
    init?(_ url: ParsedURL) {
        let text = url.text.utf8
        guard let slashes = text.firstIndex(of: 0x2F) else { return nil }
        let start = text.index(slashes, offsetBy: 2)
        let end = text[start...].firstIndex { $0 == 0x2F || $0 == 0x3F } ?? text.endIndex
        var host = String(url.text[start..<end])
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 < 0x80 && $0 != 0x25 && $0 != 0x40 }) else { return nil }
        if url.origin.port == 80, host.hasSuffix(":80") { host.removeLast(3) }
        self.host = host
        let rest = String(url.text[end...])
        target = rest.hasPrefix("/") ? rest : "/" + rest
    }
}
