/// Writes text into XML 1.0: markup escaped, characters that XML cannot hold written out.
enum XMLText {
    /// The content of an element.
    static func content(_ text: String) -> String { escaped(text, isAttribute: false) }

    /// The value of an attribute in double quotes; line ends and tabs survive the reader's normalisation.
    static func attribute(_ text: String) -> String { escaped(text, isAttribute: true) }

    private static func escaped(_ text: String, isAttribute: Bool) -> String {
        var output = ""
        output.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            // Always, so that `]]>` needs no case of its own.
            case ">": output += "&gt;"
            case "\"" where isAttribute: output += "&quot;"
            case "\t" where isAttribute: output += "&#9;"
            case "\n" where isAttribute: output += "&#10;"
            case "\r": output += "&#13;"
            case _ where isLegal(scalar): output.unicodeScalars.append(scalar)
            default: output += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return output
    }

    /// Whether a character may stand in XML 1.0, and no reader stumbles over it.
    private static func isLegal(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0x20..<0x7F, 0xA0..<0xD800, 0xE000..<0xFFFE: true
        case 0x10000...0x10FFFF: scalar.value & 0xFFFE != 0xFFFE
        default: false
        }
    }
}
