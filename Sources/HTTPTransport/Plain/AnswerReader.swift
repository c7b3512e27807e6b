internal import Glibc

/// Reads the answer of one exchange from the bytes of a connection, as far as HTTP/1.1 says that it goes (RFC 9112).
///
/// Lines and pieces of the body go to the exchange, which decides what they mean; the reader decides where they end.
struct AnswerReader {
    /// What the bytes so far come to.
    enum Outcome: Equatable {
        case wantsMore
        /// The answer has come; whether another request may follow on its connection.
        case whole(isReusable: Bool)
        /// The exchange wants no more of it, and says why.
        case refused
    }

    private enum Part {
        /// Can transition to: body, chunkSize, rest, over.
        case head
        /// Can transition to: over.
        case body(left: Int)
        /// Can transition to: chunk, trailers.
        case chunkSize
        /// Can transition to: chunkEnd.
        case chunk(left: Int)
        /// Can transition to: chunkSize.
        case chunkEnd
        /// Can transition to: over.
        case trailers
        /// The body goes on until the connection closes.
        case rest
        case over
    }

    /// libcurl takes no longer line either.
    private static let longestLine = 100 << 10
    private static let start: [UInt8] = Array("HTTP/".utf8)

    private var part = Part.head
    /// The beginning of a line whose end has not come.
    private var line: [UInt8] = []
    private var isReusable = false
    /// Whether the next line is the status line of an answer, final or interim.
    private var awaitsStatus = true
    /// Whether the next line is the first behind a status line.
    private var isFirst = false
    /// Whether no byte has come.
    private(set) var isUntouched = true

    /// Takes bytes that have come, of which there is at least one.
    mutating func take(_ bytes: UnsafeRawBufferPointer, for exchange: Exchange) -> Outcome {
        let isStart = isUntouched
        isUntouched = false
        var rest = unsafe bytes
        if isStart, let count = unsafe exchange.takeKnownHead(bytes) {
            guard exchange.stop == nil, beginBody(of: exchange) else { return .refused }
            unsafe rest = UnsafeRawBufferPointer(rebasing: bytes[count...])
            if unsafe rest.isEmpty, !isOver { return .wantsMore }
        }
        while true {
            switch part {
            case .head:
                guard unsafe isStatusLine(rest, exchange), let end = unsafe lineEnd(in: rest, exchange) else {
                    return exchange.stop == nil ? .wantsMore : .refused
                }
                var isEnd = false
                let isStatus = awaitsStatus
                let isFirst = isFirst
                let taken = unsafe takeLine(rest, upTo: end) { line in
                    isEnd = unsafe line[0] == 0x0A || line[0] == 0x0D
                    return
                        unsafe (isStatus
                        ? Self.isSpoken(line, exchange) : Self.isHeader(line, isFirst: isFirst, exchange))
                        && exchange.take(headerLine: line)
                }
                guard taken else { return .refused }
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[end...])
                awaitsStatus = isEnd
                self.isFirst = isStatus
                guard isEnd, exchange.head.isComplete else { break }
                if isStart { unsafe exchange.head.keep(UnsafeRawBufferPointer(rebasing: bytes.dropLast(rest.count))) }
                if !beginBody(of: exchange) { return .refused }
            case .body(let left):
                let piece = unsafe UnsafeRawBufferPointer(rebasing: rest.prefix(left))
                guard unsafe piece.isEmpty || exchange.take(body: piece) else { return .refused }
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
                part = left == piece.count ? .over : .body(left: left - piece.count)
            case .chunkSize:
                // What cannot begin a size is not waited for.
                if line.isEmpty, let first = unsafe rest.first, Self.hexDigit(first) == nil {
                    return Self.refuse(exchange, damage: "there is no size where one must be")
                }
                guard let end = unsafe lineEnd(in: rest, exchange) else {
                    return exchange.stop == nil ? .wantsMore : .refused
                }
                var size: Int?
                _ = unsafe takeLine(rest, upTo: end) { line in
                    size = unsafe Self.chunkSize(line)
                    return true
                }
                guard let size else { return Self.refuse(exchange, damage: "there is no size where one must be") }
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[end...])
                part = size > 0 ? .chunk(left: size) : .trailers
            case .chunk(let left):
                let piece = unsafe UnsafeRawBufferPointer(rebasing: rest.prefix(left))
                guard unsafe piece.isEmpty || exchange.take(body: piece) else { return .refused }
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
                part = left == piece.count ? .chunkEnd : .chunk(left: left - piece.count)
            case .chunkEnd:
                guard let byte = unsafe rest.first else { return .wantsMore }
                guard byte == 0x0A || byte == 0x0D else {
                    return Self.refuse(exchange, damage: "one goes on behind its end")
                }
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
                if byte == 0x0A { part = .chunkSize }
            case .trailers:
                let seen = line.count
                guard let end = unsafe lineEnd(in: rest, exchange) else {
                    // A CR may be what came last before.
                    let isOne = unsafe line.withUnsafeBytes { unsafe Self.isOneLine($0[max(0, seen - 1)...], exchange) }
                    return isOne && exchange.stop == nil ? .wantsMore : .refused
                }
                var isLast = false
                let taken = unsafe takeLine(rest, upTo: end) { line in
                    guard unsafe Self.isOneLine(line[...], exchange) else { return false }
                    isLast = unsafe line.allSatisfy { $0 == 0x0A || $0 == 0x0D }
                    return unsafe isLast
                        || Self.isHeader(line, isFirst: false, exchange) && exchange.take(headerLine: line)
                }
                guard taken else { return .refused }
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[end...])
                if isLast { part = .over }
            case .rest:
                guard unsafe rest.isEmpty || exchange.take(body: rest) else { return .refused }
                return .wantsMore
            case .over:
                // Bytes that nobody asked for would be taken for the next answer.
                return unsafe .whole(isReusable: isReusable && rest.isEmpty)
            }
            if unsafe rest.isEmpty, !isOver { return .wantsMore }
        }
    }

    /// Takes the end of the connection.
    mutating func end(for exchange: Exchange) -> Outcome {
        switch part {
        case .rest, .over: return .whole(isReusable: false)
        case .head where isUntouched:
            exchange.fail(.reset, "the server closed the connection without an answer")
        case .head:
            exchange.fail(.truncated, "the connection closed within the headers")
        case .body, .chunk, .chunkSize, .chunkEnd, .trailers:
            exchange.fail(.truncated, "the connection closed after \(exchange.progress) of the body")
        }
        return .refused
    }

    private var isOver: Bool {
        if case .over = part { true } else { false }
    }
}

// MARK: - Lines

extension AnswerReader {
    /// Where the line that the bytes begin with, or go on with, ends; nil keeps them until more has come.
    private mutating func lineEnd(in bytes: UnsafeRawBufferPointer, _ exchange: Exchange) -> Int? {
        guard let start = bytes.baseAddress else { return nil }
        if let found = unsafe memchr(start, 0x0A, bytes.count) {
            let end = unsafe UnsafeRawPointer(found) - start + 1
            if line.count + end <= Self.longestLine { return end }
        } else if line.count + bytes.count <= Self.longestLine {
            unsafe line.append(contentsOf: bytes)
            return nil
        }
        exchange.fail(.protocol, "header too large: one header is over \(Self.longestLine >> 10) KiB")
        return nil
    }

    /// Hands over the line that ends there, together with what came of it before.
    private mutating func takeLine(
        _ bytes: UnsafeRawBufferPointer, upTo end: Int, _ body: (UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<end])
        guard !line.isEmpty else { return unsafe body(piece) }
        unsafe line.append(contentsOf: piece)
        defer { line.removeAll(keepingCapacity: true) }
        return unsafe line.withUnsafeBytes { unsafe body($0) }
    }

    /// Whether what begins an answer may be a status line; one that is none is not waited for.
    private func isStatusLine(_ bytes: UnsafeRawBufferPointer, _ exchange: Exchange) -> Bool {
        guard awaitsStatus, line.count < Self.start.count else { return true }
        let missing = Self.start.dropFirst(line.count)
        let isFit =
            Self.start.starts(with: line)
            && (unsafe zip(missing, bytes).allSatisfy { $0 == $1 })
        if !isFit { failWithoutStatusLine(exchange) }
        return isFit
    }

    private func failWithoutStatusLine(_ exchange: Exchange) {
        exchange.fail(
            .protocol, "not an HTTP answer: it has no status line",
            hint: "check that the port speaks HTTP, and not HTTPS")
    }

    /// Whether a line behind the status line is one that an answer may have (RFC 9112, section 5).
    private static func isHeader(_ line: UnsafeRawBufferPointer, isFirst: Bool, _ exchange: Exchange) -> Bool {
        guard let start = line.baseAddress, unsafe memchr(start, 0, line.count) == nil else {
            exchange.fail(.protocol, "not a valid HTTP answer: a line of its head has a NUL byte")
            return false
        }
        switch unsafe line[0] {
        case 0x0A, 0x0D: return true
        case 0x20, 0x09:
            // Goes on with the line before it.
            if !isFirst { return true }
            exchange.fail(.protocol, "not a valid HTTP answer: its first header begins with a blank")
        default:
            // The name ends before a CR, behind which others may see another line.
            let name = unsafe line.prefix { $0 != 0x3A && $0 != 0x0D }
            if unsafe name.count < line.count && line[name.count] == 0x3A { return true }
            exchange.fail(.protocol, "not a valid HTTP answer: a header has no colon")
        }
        return false
    }

    /// Whether the version of a status line is one that a request of HTTP/1.1 may get.
    private static func isSpoken(_ line: UnsafeRawBufferPointer, _ exchange: Exchange) -> Bool {
        if unsafe line.contains(0) {
            exchange.fail(.protocol, "not a valid HTTP answer: its status line has a NUL byte")
            return false
        }
        var end = line.count
        while end > start.count, unsafe line[end - 1] == 0x0A || line[end - 1] == 0x0D { end -= 1 }
        let version = unsafe line[start.count..<end].prefix { $0 != 0x20 }
        if unsafe version.elementsEqual("1.1".utf8) || version.elementsEqual("1.0".utf8) { return true }
        let text = unsafe String(decoding: version, as: UTF8.self)
        exchange.fail(
            .protocol, "not an HTTP answer: it has the version '\(text.preview)' where HTTP/1.1 was spoken")
        return false
    }

    /// The number at the beginning of the line before a chunk (RFC 9112, section 7.1); nil where there is none.
    private static func chunkSize(_ line: UnsafeRawBufferPointer) -> Int? {
        var size = 0
        var digits = 0
        for place in 0..<line.count {
            guard let digit = unsafe hexDigit(line[place]) else { return digits > 0 ? size : nil }
            digits += 1
            // libcurl takes no longer number either, be it zeros.
            guard digits <= 16, size < 1 << 56 else { return nil }
            size = size << 4 | Int(digit)
        }
        return nil
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// Whether an LF follows each CR of a line behind the chunks, as far as it has come: where another byte does, others
    /// may see another line.
    private static func isOneLine(_ line: Slice<UnsafeRawBufferPointer>, _ exchange: Exchange) -> Bool {
        guard let place = unsafe line.firstIndex(of: 0x0D), unsafe place + 1 < line.endIndex,
            unsafe line[place + 1] != 0x0A
        else { return true }
        _ = refuse(exchange, damage: "behind them a line has a CR without its LF")
        return false
    }

    private static func refuse(_ exchange: Exchange, damage: String) -> Outcome {
        exchange.fail(
            .protocol, "the chunks of the body are damaged after \(exchange.received) bytes: \(damage)")
        return .refused
    }
}

// MARK: - The body's length

extension AnswerReader {
    /// Decides how long the body is (RFC 9112, section 6.3); false where nobody could say.
    private mutating func beginBody(of exchange: Exchange) -> Bool {
        isReusable = !exchange.head.closesConnection
        let status = exchange.head.status
        if exchange.request.method == "HEAD" || status == 204 || status == 304 {
            part = .over
        } else if let coding = exchange.head.transferCoding, !coding.isSameHeader(as: "identity") {
            guard coding.isSameHeader(as: "chunked") else {
                exchange.fail(.protocol, "the Transfer-Encoding '\(coding.preview)' was not asked for")
                return false
            }
            part = .chunkSize
        } else if let length = exchange.head.contentLength {
            part = length > 0 ? .body(left: length) : .over
        } else {
            part = .rest
        }
        return true
    }
}
