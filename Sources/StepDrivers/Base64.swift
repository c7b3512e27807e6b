/// Base64 of both alphabets.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The bytes in the standard alphabet, padded.
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var group = 0
        var count = 0
        for byte in bytes {
            group = group << 8 | Int(byte)
            count += 1
            guard count == 3 else { continue }
            for shift in [18, 12, 6, 0] { text.append(alphabet[group >> shift & 63]) }
            group = 0
            count = 0
        }
        if count == 1 {
            text += [alphabet[group >> 2], alphabet[group << 4 & 63], UInt8(ascii: "="), UInt8(ascii: "=")]
        } else if count == 2 {
            text += [
                alphabet[group >> 10], alphabet[group >> 4 & 63], alphabet[group << 2 & 63], UInt8(ascii: "="),
            ]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that a text means, blanks skipped and padding optional; nil where it is no base64.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 4 * 3)
        var group = 0
        var count = 0
        var padding = 0
        for byte in text.utf8 {
            if [0x20, 0x09, 0x0A, 0x0D].contains(byte) { continue }
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let digit = digit(byte) else { return nil }
            group = group << 6 | digit
            count += 1
            if count % 4 == 0 {
                bytes += [UInt8(group >> 16 & 255), UInt8(group >> 8 & 255), UInt8(group & 255)]
                group = 0
            }
        }
        let rest = count % 4
        guard rest != 1, padding == 0 || padding == (4 - rest) % 4 else { return nil }
        if rest == 2 { bytes.append(UInt8(group >> 4 & 255)) }
        if rest == 3 { bytes += [UInt8(group >> 10 & 255), UInt8(group >> 2 & 255)] }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) + 4
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
