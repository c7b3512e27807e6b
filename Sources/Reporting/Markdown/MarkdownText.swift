internal import Diagnostics

/// Writes text from outside into Markdown so that it shows as it is.
enum MarkdownText {
    /// A text of one line, for a heading, a sentence or a table's cell.
    static func inline(_ text: String, cells: Int = 500) -> String {
        var output = ""
        let shown = Array(CutText.start(of: text, cells: cells).unicodeScalars)
        for (index, scalar) in shown.enumerated() {
            switch scalar {
            case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "!", "$": output += "\\\(scalar)"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "&": output += "&amp;"
            // Names of people and links in a scenario's text must call nobody.
            case "@": output += "&#64;"
            case ":" where index + 1 < shown.count && shown[index + 1] == "/": output += "&#58;"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    /// A text of several lines in a fence that it cannot close.
    static func fenced(_ text: String) -> String {
        var longest = 2
        var run = 0
        for byte in text.utf8 {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return "\(fence)text\n\(text)\(text.utf8.last == 0x0A ? "" : "\n")\(fence)\n"
    }
}
