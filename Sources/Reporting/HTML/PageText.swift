internal import Diagnostics

/// Writes text from outside into HTML so that it shows as it is, and is never markup.
enum PageText {
    /// Text for an element or for an attribute in double quotes; what cannot be seen is told by its number.
    static func escaped(_ text: String, cells: Int = 500) -> String {
        escapedVerbatim(CutText.start(of: text, cells: cells))
    }

    /// A text whose lines stay and whose signs are visible already.
    static func escapedVerbatim(_ text: String) -> String {
        var output = ""
        output.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&#39;"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    /// Appends JSON to the content of a `script` element, which nothing in it can end.
    ///
    /// In JSON `<` and the line ends that JavaScript knows and JSON does not stand in texts only, where their numbers
    /// mean the same.
    static func appendJSON(_ json: some Collection<UInt8>, to bytes: inout [UInt8]) {
        var rest = json[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "<") {
                bytes += #"\u003c"#.utf8
            } else if byte == 0xE2, rest.first == 0x80, let last = rest.dropFirst().first, last & 0xFE == 0xA8 {
                bytes += (last == 0xA8 ? #"\u2028"# : #"\u2029"#).utf8
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
    }
}
