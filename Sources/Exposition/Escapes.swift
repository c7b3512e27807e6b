/// The escapes of names, label values and explanations: `\\`, `\"` and `\n`.
enum Escapes {
    /// The text that bytes mean; a backslash before anything else stands for itself.
    static func text(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var isEscaped = false
        for byte in bytes {
            if isEscaped {
                isEscaped = false
                switch byte {
                case UInt8(ascii: "n"): plain.append(0x0A)
                case UInt8(ascii: "\\"), UInt8(ascii: "\""): plain.append(byte)
                default: plain += [UInt8(ascii: "\\"), byte]
                }
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                plain.append(byte)
            }
        }
        if isEscaped { plain.append(UInt8(ascii: "\\")) }
        return String(decoding: plain, as: UTF8.self)
    }
}
