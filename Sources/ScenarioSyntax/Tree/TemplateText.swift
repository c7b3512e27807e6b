/// Finds where a `${{ … }}` ends: at the first `}}` outside jq's strings and brackets.
enum TemplateText {
    /// Whether a text is exactly one template.
    static func isWhole(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.starts(with: "${{".utf8) else { return false }
        return end(of: bytes, from: 3) == bytes.count
    }

    /// The offset behind the `}}` that ends the expression which begins at `start`; nil if none does.
    private static func end(of bytes: [UInt8], from start: Int) -> Int? {
        // The brackets that are open; a quote stands for a string, in which only `\(` opens something.
        var open: [UInt8] = []
        var offset = start
        while offset < bytes.count {
            let byte = bytes[offset]
            if open.last == UInt8(ascii: "\"") {
                if byte == UInt8(ascii: "\\") {
                    if offset + 1 < bytes.count, bytes[offset + 1] == UInt8(ascii: "(") {
                        open.append(UInt8(ascii: "("))
                    }
                    offset += 1
                } else if byte == UInt8(ascii: "\"") {
                    open.removeLast()
                }
            } else if byte == UInt8(ascii: "\"") || "([{".utf8.contains(byte) {
                open.append(byte)
            } else if ")]}".utf8.contains(byte) {
                if open.isEmpty {
                    guard byte == UInt8(ascii: "}"), offset + 1 < bytes.count, bytes[offset + 1] == byte else {
                        return nil
                    }
                    return offset + 2
                }
                open.removeLast()
            }
            offset += 1
        }
        return nil
    }
}

extension YAMLNode {
    /// Whether the node is a scalar that is exactly one `${{ … }}`, whose value keeps its JSON type.
    public var isWholeTemplate: Bool {
        scalar.map { TemplateText.isWhole($0.text) } ?? false
    }
}
