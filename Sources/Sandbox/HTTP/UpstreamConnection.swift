internal import FlyingSocks
internal import Foundation

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
    private static let headLimit = 64 << 10
    private static let chunkLimit = 4 << 20

    private enum Framing {
        case none
        case length(Int)
        case chunked
    }

    private let socket: AsyncSocket
    private let watchdog: Watchdog
    private var buffer: [UInt8] = []
    private var consumed = 0
    private var framing = Framing.none
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
    var isReusable: Bool {
        guard keepsAlive, consumed == buffer.count, case .none = framing else { return false }
        return true
    }

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
        guard let first = try await readLine(ifAbsent: .unreachable), first.hasPrefix("HTTP/1.") else {
            throw .malformed
        }
        let words = first.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, let status = Int(words[1]) else { throw .malformed }
        var head = ResponseHead(status: status, headers: [])
        var size = first.utf8.count
        while let line = try await readLine(ifAbsent: .malformed), !line.isEmpty {
            size += line.utf8.count
            guard size <= Self.headLimit, let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else {
                throw .malformed
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            head.headers.append((name: line[..<colon].lowercased(), value: String(value)))
        }
        if head.header("connection") == "close" { keepsAlive = false }
        if head.header("transfer-encoding") == "chunked" {
            framing = .chunked
        } else if let length = head.header("content-length") {
            guard let count = Int(length), count >= 0 else { throw .malformed }
            framing = count == 0 ? .none : .length(count)
        } else {
            framing = .none
        }
        return head
    }

    private func readBodyPiece() async throws(UpstreamError) -> [UInt8]? {
        switch framing {
        case .none: return nil
        case .length(let remaining):
            let piece = try await readBytes(atMost: remaining)
            framing = piece.count == remaining ? .none : .length(remaining - piece.count)
            return piece
        case .chunked:
            guard let line = try await readLine(ifAbsent: .malformed),
                let size = Int(line.prefix { $0 != ";" }, radix: 16), (0...Self.chunkLimit).contains(size)
            else { throw .malformed }
            var piece: [UInt8] = []
            while piece.count < size { piece += try await readBytes(atMost: size - piece.count) }
            guard try await readLine(ifAbsent: .malformed)?.isEmpty == true else { throw .malformed }
            if size == 0 {
                framing = .none
                return nil
            }
            return piece
        }
    }

    private func readBytes(atMost count: Int) async throws(UpstreamError) -> [UInt8] {
        if consumed == buffer.count { try await fill(orThrow: .malformed) }
        let end = min(buffer.count, consumed + count)
        defer { consumed = end }
        return Array(buffer[consumed..<end])
    }

    /// Reads a line without its end.
    private func readLine(ifAbsent absent: UpstreamError) async throws(UpstreamError) -> String? {
        var searched = consumed
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                var line = buffer[consumed..<end]
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                consumed = end + 1
                return String(validating: line, as: UTF8.self)
            }
            guard buffer.count - consumed < Self.headLimit else { throw .malformed }
            let pending = buffer.count - consumed
            try await fill(orThrow: pending == 0 ? absent : .malformed)
            searched = consumed + pending
        }
    }

    private func fill(orThrow failure: UpstreamError) async throws(UpstreamError) {
        if consumed > 0 {
            buffer.removeSubrange(..<consumed)
            consumed = 0
        }
        do { buffer += try await socket.read(atMost: 4096) } catch { throw failure }
    }
}
