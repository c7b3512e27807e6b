internal import Expressions

/// The id of a point: an unsigned 64-bit integer or a UUID, every digit kept.
enum PointID: Hashable, Sendable {
    case number(UInt64)
    /// In lower case, with its hyphens.
    case uuid(String)

    /// Reads an id: a number, its digits as text (as integers beyond 2^53 are carried), or a UUID.
    init?(_ value: Value) {
        switch value {
        case .number(let number):
            guard number >= 0, number <= 9_007_199_254_740_992, let whole = UInt64(exactly: number) else { return nil }
            self = .number(whole)
        case .string(let text):
            if !text.isEmpty, text.utf8.count <= 20, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                guard let number = UInt64(text) else { return nil }
                self = .number(number)
            } else {
                guard let uuid = Self.uuid(text) else { return nil }
                self = .uuid(uuid)
            }
        default: return nil
        }
    }

    /// The id as results have it.
    var value: Value {
        switch self {
        case .number(let number): number <= 1 << 53 ? .number(Double(number)) : .string(String(number))
        case .uuid(let text): .string(text)
        }
    }

    /// The id as JSON on the wire.
    var json: String {
        switch self {
        case .number(let number): String(number)
        case .uuid(let text): "\"\(text)\""
        }
    }

    /// A UUID in any of the forms that Qdrant takes: with hyphens, without, and as a URN.
    private static func uuid(_ text: String) -> String? {
        var digits = Array(text.lowercased().utf8)
        let prefix = Array("urn:uuid:".utf8)
        if digits.starts(with: prefix) { digits.removeFirst(prefix.count) }
        let hyphen = UInt8(ascii: "-")
        if digits.count == 36 {
            guard [8, 13, 18, 23].allSatisfy({ digits[$0] == hyphen }) else { return nil }
            digits.removeAll { $0 == hyphen }
        }
        guard digits.count == 32,
            digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return parts.map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
    }
}
