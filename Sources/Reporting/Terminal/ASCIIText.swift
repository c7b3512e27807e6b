/// Writes a text for a terminal whose locale is not UTF-8.
enum ASCIIText {
    /// The text with the tool's own signs as ASCII, and other characters beyond it as `\u{E9}`.
    static func folded(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        var folded = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "…": folded += "..."
            case "→": folded += "->"
            case _ where scalar.isASCII: folded.unicodeScalars.append(scalar)
            default: folded += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return folded
    }
}
