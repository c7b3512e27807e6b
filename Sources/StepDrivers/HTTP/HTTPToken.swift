internal import Diagnostics

/// What RFC 9110 allows in methods, header names and header values.
enum HTTPToken {
    /// Whether a text is a method or a header name.
    static func isToken(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isTokenByte) }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Whether a text would end the header that it stands in, and begin another.
    static func breaksHeader(_ text: String) -> Bool {
        text.utf8.contains { $0 == 0x0A || $0 == 0x0D || $0 == 0 }
    }

    /// What keeps a text from being a token: `it holds a space`.
    static func culprit(_ text: String) -> Diagnostic.Message {
        let strange = text.unicodeScalars.first { scalar in !isToken(String(scalar)) }
        guard let strange else { return "it is empty" }
        if strange == " " { return "it holds a space" }
        return strange.isASCII && !VisibleText.isHidden(strange)
            ? "it holds '\(String(strange))'" : "it holds \(VisibleText.codePoint(strange))"
    }
}
