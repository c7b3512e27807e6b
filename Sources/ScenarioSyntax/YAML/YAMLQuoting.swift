/// Writes a text as a quoted YAML scalar.
public enum YAMLQuoting {
    /// The text in the quotes that need the least change: single ones, unless only they occur in it.
    public static func quoted(_ text: String) -> String {
        let isPlainText = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard isPlainText else { return doubleQuoted(text) }
        if text.utf8.contains(UInt8(ascii: "'")), !text.utf8.contains(UInt8(ascii: "\"")),
            !text.utf8.contains(UInt8(ascii: "\\"))
        {
            return "\"\(text)\""
        }
        return singleQuoted(text)
    }

    /// The text in single quotes, where only the single quote is special; line ends do not survive.
    public static func singleQuoted(_ text: String) -> String {
        var written = "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" { written += "'" }
            written.unicodeScalars.append(scalar)
        }
        return written + "'"
    }

    /// The text in double quotes, with escapes for quotes, backslashes and control characters.
    public static func doubleQuoted(_ text: String) -> String { JSONText.quoted(text) }
}
