/// Tells whether a jq text stops inside a string or a bracket.
enum OpenEnds {
    /// Whether a quote or bracket is open at the end.
    static func isOpen(_ text: String) -> Bool {
        var open: [UInt8] = []
        var isEscaped = false
        for byte in text.utf8 {
            if open.last == UInt8(ascii: "\"") {
                if isEscaped {
                    isEscaped = false
                    if byte == UInt8(ascii: "(") { open.append(byte) }
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    open.removeLast()
                }
            } else if "\"([{".utf8.contains(byte) {
                open.append(byte)
            } else if ")]}".utf8.contains(byte), open.last != nil {
                open.removeLast()
            }
        }
        return !open.isEmpty
    }
}
