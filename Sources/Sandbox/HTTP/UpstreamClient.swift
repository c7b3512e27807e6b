internal import FlyingSocks
internal import FoundationEssentials
internal import Synchronization

/// Sends requests to model services over kept-alive connections.
final class UpstreamClient: Sendable {
    private static let idleLimit = 64

    private let host: String
    private let events: SocketEvents
    private let idle = Mutex<[UInt16: [UpstreamConnection]]>([:])

    init(host: String, events: SocketEvents) {
        self.host = host
        self.events = events
    }

    /// Sends a request and returns when the answer's first lines are there.
    ///
    /// A kept-alive connection that the service has closed meanwhile is replaced once.
    func send(
        method: String, path: String, headers: [(name: String, value: String)], body: [UInt8], to port: UInt16,
        within limit: Duration
    ) async throws(UpstreamError) -> UpstreamAnswer {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: \(host):\(port)\r\nContent-Length: \(body.count)\r\n"
        for header in headers { text += "\(header.name): \(header.value)\r\n" }
        text += "\r\n"
        let request = Array(text.utf8) + body

        if let connection = takeIdle(port) {
            do {
                let head = try await connection.send(request, within: limit)
                return UpstreamAnswer(head: head, connection: connection, client: self, port: port)
            } catch {
                guard case .unreachable = error else { throw error }
            }
        }
        let connection = try await UpstreamConnection(
            host: host, port: port, events: events, limit: limit)
        let head = try await connection.send(request, within: limit)
        return UpstreamAnswer(head: head, connection: connection, client: self, port: port)
    }

    private func takeIdle(_ port: UInt16) -> UpstreamConnection? {
        idle.withLock { $0[port]?.popLast() }
    }

    fileprivate func release(_ connection: UpstreamConnection, to port: UInt16) async {
        guard await connection.isReusable else { return }
        idle.withLock { idle in
            if idle[port, default: []].count < Self.idleLimit { idle[port, default: []].append(connection) }
        }
    }

    /// Closes the connections that wait for a request.
    func closeIdle() {
        idle.withLock { $0 = [:] }
    }
}

/// An answer of which the body is still to be read.
struct UpstreamAnswer: Sendable {
    let head: ResponseHead
    fileprivate let connection: UpstreamConnection
    fileprivate let client: UpstreamClient
    fileprivate let port: UInt16

    /// Reads the whole body and hands the connection back.
    func readBody(atMost maximum: Int, within limit: Duration) async throws(UpstreamError) -> [UInt8] {
        let body = try await connection.readBody(atMost: maximum, within: limit)
        await client.release(connection, to: port)
        return body
    }

    /// Reads the next piece of the body; hands the connection back at its end.
    func readChunk(within limit: Duration) async throws(UpstreamError) -> [UInt8]? {
        if let chunk = try await connection.readChunk(within: limit) { return chunk }
        await client.release(connection, to: port)
        return nil
    }
}
