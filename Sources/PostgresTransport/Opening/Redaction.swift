/// Takes passwords out of libpq's texts.
struct Redaction {
    /// Shorter ones are in too many words to be taken out.
    private static let shortest = 4
    private let secrets: [String]

    init(_ settings: PostgresSettings) {
        secrets = settings.secrets.filter { $0.utf8.count >= Self.shortest }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The text without passwords, neither given ones nor any that stands in a URL.
    func clean(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for secret in secrets { bytes = Self.replacing(Array(secret.utf8), in: bytes) }
        return String(decoding: Self.withoutUserInfo(bytes), as: UTF8.self)
    }

    private static let mask = Array("***".utf8)

    private static func replacing(_ secret: [UInt8], in text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == secret[0], text[index...].starts(with: secret) {
                result += mask
                index += secret.count
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    /// Masks what stands between `://` and the last `@` of the word.
    private static func withoutUserInfo(_ text: [UInt8]) -> [UInt8] {
        let mark = Array("://".utf8)
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            guard text[index...].starts(with: mark) else {
                result.append(text[index])
                index += 1
                continue
            }
            result += mark
            index += mark.count
            let ends = Set("/?# \"'\n\t".utf8)
            let word = text[index...].prefix { !ends.contains($0) }
            if let at = word.lastIndex(of: UInt8(ascii: "@")) {
                result += mask
                index = at
            }
        }
        return result
    }
}
