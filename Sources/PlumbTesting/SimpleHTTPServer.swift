/// An HTTP/1.1 server on a free port of 127.0.0.1 that answers each request with what a closure returns.
///
/// ```swift
/// let server = try SimpleHTTPServer { $0.path == "/health" ? .json(#"{"ok": true}"#) : .text("no", status: 404) }
/// ```
///
/// Connections are kept alive; closures run on the connections' threads, side by side.
public final class SimpleHTTPServer: Sendable {
    private let server: RawServer

    /// Starts the server.
    public init(_ respond: @escaping @Sendable (RecordedRequest) -> HTTPReply) throws {
        server = try RawServer { connection in
            while let request = try connection.readRequest() {
                let reply = respond(request)
                try connection.pause(reply.delay)
                if reply.drops { return }
                let closes = reply.closes || request.wantsClose
                try Self.send(reply, on: connection, bodyless: request.method == "HEAD", closing: closes)
                if closes { return }
            }
        }
    }

    private static func send(
        _ reply: HTTPReply, on connection: RawServer.Connection, bodyless: Bool, closing: Bool
    ) throws(RawServer.Ended) {
        let head = Array(reply.head(closing: closing).utf8)
        guard !bodyless, reply.hasBody else { return try connection.send(head) }
        switch reply.body {
        case .whole(let bytes): try connection.send(head + bytes)
        case .chunks(let chunks):
            try connection.send(head)
            for chunk in chunks {
                if chunk.after > .zero { try connection.pause(chunk.after) }
                try connection.send(HTTPReply.coded(chunk.bytes))
            }
            try connection.send(HTTPReply.lastChunk)
        }
    }

    /// The port it listens on.
    public var port: Int { server.port }
    /// The address for a client, such as `http://127.0.0.1:40001`.
    public var url: String { server.url }
    /// How many connections were accepted so far.
    public var connectionCount: Int { server.connectionCount }
    /// The requests that were read, in order; the first 10 000 of them.
    public var requests: [RecordedRequest] { server.requests }
    /// How many requests were read, those that are not kept included.
    public var requestCount: Int { server.requestCount }
    /// Closes the port and ends all connections.
    public func stop() { server.stop() }
}
