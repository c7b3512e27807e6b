internal import Diagnostics

/// Refuses bytes that are no UTF-8 text before libyaml sees them, in words that name the byte.
enum TextCheck {
    /// The first problem of a file's bytes, if it has one.
    static func problem(of file: SourceFile) -> Diagnostic? {
        let bytes = file.bytes
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return utf16(file) }
        let start = file.lines.starts[0]
        guard let offset = firstForbidden(bytes, from: start) else { return nil }
        if isBinary(bytes) {
            return looksLikeUTF16(bytes)
                ? utf16(file)
                : Diagnostic(.yamlNotText, at: SourceSpan(file, 0..<0), .notText(file.path))
        }
        if let scalar = UTF8Text.scalar(in: bytes, at: offset) {
            let span = SourceSpan(file, offset..<(offset + UTF8.width(scalar)))
            return Diagnostic(.yamlControlCharacter, at: span, .control(scalar), hint: .remove(scalar))
        }
        let span = SourceSpan(file, offset..<(offset + 1))
        return Diagnostic(
            .yamlEncoding, at: span, .notUTF8(bytes[offset], at: offset, line: span.start.line),
            hint: "save the file as UTF-8")
    }

    private static func utf16(_ file: SourceFile) -> Diagnostic {
        Diagnostic(
            .yamlEncoding, at: SourceSpan(file, 0..<0), "the file is UTF-16; scenarios are UTF-8 only",
            hint: "save the file as UTF-8")
    }

    /// The first byte that is no UTF-8 or begins a character that libyaml refuses.
    private static func firstForbidden(_ bytes: [UInt8], from start: Int) -> Int? {
        var offset = start
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte >= 0x20 && byte < 0x7F || byte == 0x0A || byte == 0x09 || byte == 0x0D {
                offset += 1
                continue
            }
            guard let scalar = UTF8Text.scalar(in: bytes, at: offset), isAllowed(scalar.value) else { return offset }
            offset += UTF8.width(scalar)
        }
        return nil
    }

    private static func isAllowed(_ value: UInt32) -> Bool {
        value == 0x85 || (0xA0...0xFFFD).contains(value) || value >= 0x10000
    }

    /// Whether the bytes are those of a program, a picture or an archive: many at the start are no text.
    private static func isBinary(_ bytes: [UInt8]) -> Bool {
        let head = bytes.prefix(4096)
        let magics: [[UInt8]] = [
            [0x1F, 0x8B], [0x89, 0x50, 0x4E, 0x47], [0x50, 0x4B, 0x03, 0x04], [0x7F, 0x45, 0x4C, 0x46],
            [0xFF, 0xD8, 0xFF], [0x25, 0x50, 0x44, 0x46], [0x28, 0xB5, 0x2F, 0xFD], [0x42, 0x5A, 0x68],
        ]
        if magics.contains(where: { bytes.starts(with: $0) }) { return true }
        let strange = head.count { $0 < 0x09 || $0 > 0x0D && $0 < 0x20 && $0 != 0x1B }
        return strange * 10 > head.count
    }

    /// Whether every other byte is zero, as in Latin text of two bytes a character.
    private static func looksLikeUTF16(_ bytes: [UInt8]) -> Bool {
        let head = Array(bytes.prefix(256))
        let zeros = head.indices.filter { head[$0] == 0 }
        guard zeros.count * 5 >= head.count * 2 else { return false }
        return zeros.allSatisfy { $0 % 2 == 0 } || zeros.allSatisfy { $0 % 2 == 1 }
    }
}

extension Diagnostic.Message {
    fileprivate static func notText(_ path: String) -> Self {
        "'\(path)' is not a text file"
    }

    fileprivate static func notUTF8(_ byte: UInt8, at offset: Int, line: Int) -> Self {
        let hex = String(byte, radix: 16, uppercase: true)
        return "not UTF-8 at byte \(offset), line \(line): 0x\(hex.utf8.count < 2 ? "0" : "")\(hex)"
    }

    fileprivate static func control(_ scalar: Unicode.Scalar) -> Self {
        "the control character \(VisibleText.escape(scalar)) is not allowed in YAML"
    }

    fileprivate static func remove(_ scalar: Unicode.Scalar) -> Self {
        guard scalar.value < 0x100 else { return "remove it" }
        let hex = String(scalar.value, radix: 16, uppercase: true)
        return "remove it, or write it as \"\\x\(hex.utf8.count < 2 ? "0" : "")\(hex)\" in double quotes"
    }
}
