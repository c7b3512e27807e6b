/// Breaks a line between words, so that a narrow terminal does not break it within them.
public enum WrappedText {
    /// The lines of a text, each of at most `cells` cells; a word that is longer has a line of its own.
    public static func lines(of text: String, cells: Int) -> [String] {
        guard VisibleText(text).cells > cells else { return [text] }
        var lines: [(text: String, cells: Int)] = []
        for word in text.split(separator: " ") {
            let width = VisibleText(String(word)).cells
            if let last = lines.last, last.cells + 1 + width <= cells {
                lines[lines.count - 1] = ("\(last.text) \(word)", last.cells + 1 + width)
            } else {
                lines.append((String(word), width))
            }
        }
        return lines.map(\.text)
    }
}
