/// Breaks a line between words, so that a narrow terminal does not break it within them.
public enum WrappedText {
    /// The lines of a text, each of at most `cells` cells; a word that is longer has a line of its own.
    ///
    /// What stands between two spaces, where a text has such, stays together: `p50  1 ms  p99  2 ms`.
    public static func lines(of text: String, cells: Int) -> [String] {
        guard VisibleText(text).cells > cells else { return [text] }
        let gap = text.contains("  ") ? "  " : " "
        var lines: [(text: String, cells: Int)] = []
        for word in text.split(separator: gap) {
            let width = VisibleText(String(word)).cells
            if let last = lines.last, last.cells + gap.count + width <= cells {
                lines[lines.count - 1] = ("\(last.text)\(gap)\(word)", last.cells + gap.count + width)
            } else if width > cells, gap.count > 1 {
                lines += Self.lines(of: String(word), cells: cells).map { ($0, VisibleText($0).cells) }
            } else {
                lines.append((String(word), width))
            }
        }
        return lines.map(\.text)
    }
}
