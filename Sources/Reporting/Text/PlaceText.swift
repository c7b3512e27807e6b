internal import Diagnostics
internal import ScenarioModel

/// Shows the line of a scenario that did not hold, as diagnostics show theirs.
struct PlaceText {
    var width: Int
    /// The spaces up to the bar.
    var gutter: String

    /// Adds the place, its line and the carets below it.
    func append(_ place: Place, to text: inout StyledText) {
        let visible = VisibleText("\(place.file):\(place.line):\(place.column)").text
        text.append("\(gutter)--> ", .gutter)
        text.append("\(visible)\n", .place)
        guard !place.text.isEmpty else { return }
        let file = SourceFile(path: place.file, text: place.text)
        let range = offset(ofColumn: place.column, in: place.text)..<offset(ofColumn: place.endColumn, in: place.text)
        let excerpt = Excerpt(SourceSpan(file, range), width: width - gutter.utf8.count - 2)
        let number = String(place.line)
        let padding = String(repeating: " ", count: max(0, gutter.utf8.count - 1 - number.utf8.count))
        text.append("\(gutter)|\n\(padding)\(number) |", .gutter)
        text.append(" \(excerpt.text)\n")
        text.append("\(gutter)| ", .gutter)
        text.append(String(repeating: " ", count: excerpt.caret.lowerBound))
        text.append(String(repeating: "^", count: excerpt.caret.count), .error)
        text.append("\n")
    }

    /// The byte offset of a column, which counts Unicode scalars from 1; masked text may have lost the column.
    private func offset(ofColumn column: Int, in text: String) -> Int {
        let scalars = text.unicodeScalars
        let index = scalars.index(scalars.startIndex, offsetBy: max(0, column - 1), limitedBy: scalars.endIndex)
        return text.utf8.distance(from: text.startIndex, to: index ?? text.endIndex)
    }
}
