/// Puts a URL together from literal pieces and values, each value kept inside the part where it stands.
///
/// A literal moves on from part to part at `/`, `?` and `#`; a value never does: in a path it is one segment,
/// in a query one key or value, in the host a plain name.
struct URLBuilder {
    /// The part of the URL that the next character belongs to.
    private enum Part {
        /// Nothing tells yet whether it is a path or a whole URL.
        ///
        /// Can transition to: authority, path, query.
        case start
        /// Can transition to: path, query, fragment.
        case authority
        /// Can transition to: query, fragment.
        case path
        /// Can transition to: fragment.
        case query
        case fragment
    }

    private(set) var bytes: [UInt8] = []
    private var part = Part.start
    /// Where the current segment of the path begins.
    private var segment = 0
    /// Whether a value stands in the current segment.
    private var holdsValue = false

    /// Why a value cannot stand where it does.
    struct Misfit: Error {
        let message: String
    }

    /// Adds text of the author's own; what a URL cannot hold is percent-encoded, `%` stays.
    mutating func add(literal text: String) throws(Misfit) {
        for byte in text.utf8 {
            guard byte >= 0x20, byte != 0x7F else {
                throw Misfit(message: "an address cannot hold a control character")
            }
            switch (part, byte) {
            case (.start, UInt8(ascii: "/")) where bytes.suffix(2).elementsEqual(":/".utf8):
                part = .authority
            case (.start, UInt8(ascii: "/")) where bytes.last != UInt8(ascii: ":"):
                part = .path
                segment = bytes.count + 1
            case (.authority, UInt8(ascii: "/")), (.path, UInt8(ascii: "/")):
                endSegment()
                part = .path
                segment = bytes.count + 1
            case (.start, UInt8(ascii: "?")), (.authority, UInt8(ascii: "?")), (.path, UInt8(ascii: "?")):
                endSegment()
                part = .query
            case (.fragment, _): break
            case (_, UInt8(ascii: "#")):
                endSegment()
                part = .fragment
            default: break
            }
            append(byte, literal: true)
        }
    }

    /// Adds a value, encoded for the part where it stands; at the very start it is taken as it is.
    mutating func add(value text: String) throws(Misfit) {
        switch part {
        case .start: try add(literal: text)
        case .authority:
            guard text.utf8.allSatisfy({ Self.isHost($0) }) else {
                throw Misfit(message: "'\(text.prefix(60))' cannot stand in the host of a URL")
            }
            bytes += text.utf8
        case .path, .query, .fragment:
            holdsValue = holdsValue || part == .path
            for byte in text.utf8 { append(byte, literal: false) }
        }
    }

    /// The URL so far, without its fragment, which is never sent.
    mutating func finish() -> String {
        endSegment()
        let end = bytes.firstIndex(of: UInt8(ascii: "#")) ?? bytes.count
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    private mutating func append(_ byte: UInt8, literal: Bool) {
        if Self.isUnreserved(byte) || literal && (Self.isReserved(byte) || byte == UInt8(ascii: "%")) {
            bytes.append(byte)
        } else if literal, part == .start || part == .authority, byte >= 0x80 {
            // A host of other letters is left to the transport, which writes it in IDNA.
            bytes.append(byte)
        } else {
            bytes += PercentEncoding.encoded(byte)
        }
    }

    /// A segment that a value makes `.` or `..` would name another place.
    private mutating func endSegment() {
        defer { holdsValue = false }
        guard part == .path, holdsValue,
            bytes[segment...].elementsEqual(".".utf8) || bytes[segment...].elementsEqual("..".utf8)
        else { return }
        let dots = bytes.count - segment
        bytes.removeLast(dots)
        for _ in 0..<dots { bytes += "%2E".utf8 }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool { PercentEncoding.isUnreserved(byte) }
    private static func isReserved(_ byte: UInt8) -> Bool { ":/?#[]@!$&'()*+,;=".utf8.contains(byte) }
    private static func isHost(_ byte: UInt8) -> Bool { isUnreserved(byte) || ":[]".utf8.contains(byte) }
}

/// Percent-encoding by RFC 3986.
enum PercentEncoding {
    /// Whether a byte stands for itself everywhere in a URL.
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~".utf8.contains(byte)
        }
    }

    /// The three characters that stand for a byte.
    static func encoded(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    /// A key or a value of a query: everything but letters, digits and `-._~` is encoded.
    static func component(_ text: String) -> String {
        String(decoding: text.utf8.flatMap { isUnreserved($0) ? [$0] : encoded($0) }, as: UTF8.self)
    }

    /// A key or a value of application/x-www-form-urlencoded, as the WHATWG has it.
    static func formComponent(_ text: String) -> String {
        String(
            decoding: text.utf8.flatMap { byte -> [UInt8] in
                if byte == 0x20 { return [UInt8(ascii: "+")] }
                let isPlain = isUnreserved(byte) && byte != UInt8(ascii: "~") || byte == UInt8(ascii: "*")
                return isPlain ? [byte] : encoded(byte)
            }, as: UTF8.self)
    }
}
