internal import FlyingSocks
internal import FoundationEssentials
internal import Glibc

/// Why an upstream gave no answer.
enum UpstreamError: Error {
    /// The port refused, or the connection broke before an answer began.
    case unreachable
    /// Nothing came in time.
    case timedOut
    /// What came is not HTTP, is too large, or ends too early.
    case malformed
}

/// The first lines of an answer.
struct ResponseHead: Sendable {
    var status: Int
    /// Names in lower case, in the order they came.
    var headers: [(name: String, value: String)]

    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

/// One kept-alive HTTP/1.1 connection to a model service.
actor UpstreamConnection {
    private let socket: AsyncSocket
    private let watchdog: Watchdog
    private let reader: MessageReader
    private var keepsAlive = true

    /// Connects; a refusal is `unreachable`.
    init(host: String, port: UInt16, events: SocketEvents, limit: Duration)
        async throws(UpstreamError)
    {
        let socket: Socket
        do { socket = try Socket(domain: Int32(sockaddr_in.family)) } catch { throw .unreachable }
        let watchdog = events.watchdog
        let watch = watchdog.arm(socket, for: limit)
        do {
            let connection = try AsyncSocket(socket: socket, pool: events)
            try await connection.connect(to: .inet(ip4: host, port: port))
            self.socket = connection
            reader = MessageReader(connection)
            self.watchdog = watchdog
            watchdog.disarm(watch)
        } catch {
            let inTime = watchdog.disarm(watch)
            try? socket.close()
            throw inTime ? .unreachable : .timedOut
        }
    }

    deinit {
        try? socket.close()
    }

    /// Whether the last answer was read to its end and another request may follow.
    var isReusable: Bool { keepsAlive && reader.isAtRest }

    /// Sends a request and reads the first lines of its answer.
    func send(_ request: [UInt8], within limit: Duration) async throws(UpstreamError) -> ResponseHead {
        try await watched(for: limit) { () async throws(UpstreamError) in
            do { try await self.socket.write(Data(request)) } catch { throw .unreachable }
            return try await self.readHead()
        }
    }

    /// Reads the next piece of the body; nil at its end.
    func readChunk(within limit: Duration) async throws(UpstreamError) -> [UInt8]? {
        try await watched(for: limit) { () async throws(UpstreamError) in try await self.readBodyPiece() }
    }

    /// Reads the whole body.
    func readBody(atMost maximum: Int, within limit: Duration) async throws(UpstreamError) -> [UInt8] {
        try await watched(for: limit) { () async throws(UpstreamError) in
            var body: [UInt8] = []
            while let piece = try await self.readBodyPiece() {
                body.append(contentsOf: piece)
                guard body.count <= maximum else { throw .malformed }
            }
            return body
        }
    }

    private func watched<Value: Sendable>(
        for limit: Duration, _ body: () async throws(UpstreamError) -> Value
    ) async throws(UpstreamError) -> Value {
        let watch = watchdog.arm(socket.socket, for: limit)
        do {
            let value = try await body()
            watchdog.disarm(watch)
            return value
        } catch {
            keepsAlive = false
            throw watchdog.disarm(watch) ? error : .timedOut
        }
    }

    // MARK: Reading

    private func readHead() async throws(UpstreamError) -> ResponseHead {
        let (first, headers) = try await read { () async throws(MessageReader.Failure) in
            try await self.reader.readHead()
        }
        guard first.hasPrefix("HTTP/1.") else { throw .malformed }
        let words = first.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, let status = Int(words[1]) else { throw .malformed }
        let head = ResponseHead(status: status, headers: headers)
        if head.header("connection") == "close" { keepsAlive = false }
        if head.header("transfer-encoding") == "chunked" {
            reader.framing = .chunked
        } else if let length = head.header("content-length") {
            guard let count = Int(length), count >= 0 else { throw .malformed }
            reader.framing = count == 0 ? .none : .length(count)
        } else {
            reader.framing = .none
        }
        return head
    }

    private func readBodyPiece() async throws(UpstreamError) -> [UInt8]? {
        try await read { () async throws(MessageReader.Failure) in try await self.reader.readPiece() }
    }

    private func read<Value>(
        _ body: () async throws(MessageReader.Failure) -> Value
    ) async throws(UpstreamError) -> Value {
        do { return try await body() } catch { throw error == .absent ? .unreachable : .malformed }
    }
}
