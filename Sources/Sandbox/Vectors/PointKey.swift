/// The id of a point: numbers first in their order, then UUIDs.
enum PointKey: Hashable, Comparable, Sendable {
    case number(UInt64)
    /// In lower case, with its hyphens.
    case uuid(String)

    init?(_ json: JSON) {
        switch json {
        case .integer(let value) where value >= 0: self = .number(UInt64(value))
        case .unsigned(let value): self = .number(value)
        case .string(let text):
            guard let uuid = Self.uuid(text) else { return nil }
            self = .uuid(uuid)
        default: return nil
        }
    }

    /// Reads an id as it stands in a path.
    init?(path text: Substring) {
        if let number = UInt64(text) { self = .number(number) } else { self.init(.string(String(text))) }
    }

    var json: JSON {
        switch self {
        case .number(let value): Int(exactly: value).map { .integer($0) } ?? .unsigned(value)
        case .uuid(let text): .string(text)
        }
    }

    private static func uuid(_ text: String) -> String? {
        var digits = text.lowercased().filter { $0 != "-" }
        if digits.hasPrefix("urn:uuid:") { digits.removeFirst(9) }
        guard digits.utf8.count == 32,
            digits.utf8.allSatisfy({
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
            })
        else { return nil }
        let bytes = Array(digits.utf8)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(decoding: bytes[$0], as: UTF8.self) }
            .joined(separator: "-")
    }
}
