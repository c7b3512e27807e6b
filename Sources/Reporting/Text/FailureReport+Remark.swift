internal import ScenarioModel

extension FailureReport {
    /// The failure in one line, for lists: the assertion and what was there, where it is one that did not hold.
    ///
    /// `'all came': '.runs == 16' is false, '.runs' is 14`.
    var remark: String {
        let title = name.map { "'\($0)': " } ?? ""
        let found = operands.filter { $0.text != $0.value }.prefix(2)
        guard message == "the comparison is false", let place, !found.isEmpty else { return title + message }
        let values = found.map { "'\($0.text)' is \(CutText.start(of: $0.value, cells: 60))" }
        return "\(title)'\(place.marked)' is false, \(values.joined(separator: ", "))"
    }
}

extension Place {
    /// The marked part of its line.
    var marked: String {
        let line = Array(text.unicodeScalars)
        guard column >= 1, column <= endColumn, endColumn - 1 <= line.count else { return text }
        var marked = String.UnicodeScalarView()
        marked.append(contentsOf: line[(column - 1)..<(endColumn - 1)])
        return String(marked)
    }
}
