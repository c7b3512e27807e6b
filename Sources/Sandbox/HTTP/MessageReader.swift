internal import FlyingSocks

/// Reads the messages that come on one HTTP/1.1 connection, requests or answers, within bounds.
///
/// Whoever holds it uses it for one message after the other, and reads each body to its end in between.
final class MessageReader {
    /// The bytes that the first lines of a message may have together.
    static let headLimit = 64 << 10
    /// The bytes of a chunk that is read as one piece.
    private static let chunkLimit = 4 << 20
    /// The bytes of a chunk's size line, its extensions included, or of a trailer.
    private static let lineLimit = 4 << 10

    /// Why a message cannot be read.
    enum Failure: Error {
        /// The connection ended before a message began.
        case absent
        /// The first lines are longer than they may be.
        case headTooLarge
        /// It is not HTTP, is too large, or ends too early.
        case malformed
    }

    /// How the body that follows is told from the next message.
    enum Framing {
        case none
        case length(Int)
        case chunked
        /// Within a chunk that has so many bytes left.
        case chunk(Int)
    }

    private let socket: AsyncSocket
    private var buffer: [UInt8] = []
    private var consumed = 0
    /// What is left of the message; the holder sets it once it knows the head.
    var framing = Framing.none

    init(_ socket: AsyncSocket) { self.socket = socket }

    /// Whether nothing of the last message is left.
    var isBetweenMessages: Bool { if case .none = framing { true } else { false } }

    /// Whether, besides, nothing of another one has come.
    var isAtRest: Bool { consumed == buffer.count && isBetweenMessages }

    /// Waits for the first bytes of a message.
    func waitForMessage() async throws(Failure) {
        if consumed == buffer.count { try await fill(orThrow: .absent) }
    }

    /// Reads the line that a message begins with, and its headers: names in lower case, in the order they came.
    func readHead() async throws(Failure) -> (line: String, headers: [(name: String, value: String)]) {
        var remaining = Self.headLimit
        let line = try await readLine(&remaining, ifAbsent: .absent)
        var headers: [(name: String, value: String)] = []
        while true {
            let header = try await readLine(&remaining, ifAbsent: .malformed)
            if header.isEmpty { return (line, headers) }
            guard let colon = header.utf8.firstIndex(of: UInt8(ascii: ":")) else { throw .malformed }
            let value = header[header.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            headers.append((name: header[..<colon].lowercased(), value: String(value)))
        }
    }

    /// Reads what has come of the body, or waits for some; nil at its end.
    func readSome() async throws(Failure) -> ArraySlice<UInt8>? {
        switch framing {
        case .none: return nil
        case .length(let remaining):
            let piece = try await readBytes(atMost: remaining)
            framing = piece.count == remaining ? .none : .length(remaining - piece.count)
            return piece
        case .chunked:
            var limit = Self.lineLimit
            let line = try await readLine(&limit, ifAbsent: .malformed)
            guard let size = Int(line.prefix { $0 != ";" && $0 != " " }, radix: 16), size >= 0 else { throw .malformed }
            guard size > 0 else {
                try await readTrailers()
                framing = .none
                return nil
            }
            framing = .chunk(size)
            return try await readSome()
        case .chunk(let remaining):
            let piece = try await readBytes(atMost: remaining)
            framing = .chunk(remaining - piece.count)
            if piece.count == remaining {
                var limit = Self.lineLimit
                guard try await readLine(&limit, ifAbsent: .malformed).isEmpty else { throw .malformed }
                framing = .chunked
            }
            return piece
        }
    }

    /// Reads the next piece of the body, a chunk as it was sent; nil at its end.
    func readPiece() async throws(Failure) -> [UInt8]? {
        guard let first = try await readSome() else { return nil }
        var piece = Array(first)
        while case .chunk(let remaining) = framing {
            guard piece.count + remaining <= Self.chunkLimit, let more = try await readSome() else { throw .malformed }
            piece += more
        }
        return piece
    }

    /// Reads bytes that are thrown away, whatever they are; returns how many, 0 where the connection has ended.
    func discardSome() async -> Int {
        consumed = buffer.count
        do { try await fill(orThrow: .absent) } catch { return 0 }
        return buffer.count
    }

    private func readTrailers() async throws(Failure) {
        var limit = Self.lineLimit
        while try await !readLine(&limit, ifAbsent: .malformed).isEmpty {}
    }

    private func readBytes(atMost count: Int) async throws(Failure) -> ArraySlice<UInt8> {
        if consumed == buffer.count { try await fill(orThrow: .malformed) }
        let end = min(buffer.count, consumed + count)
        defer { consumed = end }
        return buffer[consumed..<end]
    }

    /// Reads a line without its end, and takes its bytes off what remains.
    private func readLine(_ remaining: inout Int, ifAbsent absent: Failure) async throws(Failure) -> String {
        var searched = consumed
        while true {
            let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n"))
            guard (end ?? buffer.count) - consumed < remaining else { throw .headTooLarge }
            if let end {
                remaining -= end + 1 - consumed
                var line = buffer[consumed..<end]
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                consumed = end + 1
                guard let text = String(validating: line, as: UTF8.self) else { throw .malformed }
                return text
            }
            let pending = buffer.count - consumed
            try await fill(orThrow: pending == 0 ? absent : .malformed)
            searched = consumed + pending
        }
    }

    private func fill(orThrow failure: Failure) async throws(Failure) {
        if consumed > 0 {
            buffer.removeSubrange(..<consumed)
            consumed = 0
        }
        do { buffer += try await socket.read(atMost: 4096) } catch { throw failure }
    }
}
