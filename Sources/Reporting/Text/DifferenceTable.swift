internal import Diagnostics
internal import ScenarioModel

/// Sets the differences between an `expect` tree and a result side by side.
///
/// ```
///     path                      expected    actual
///     .body.usage.total_tokens  . > 0       0
///     .body.model               "mixtral"   (missing)
/// ```
///
/// Where the columns do not fit, each difference takes three lines.
struct DifferenceTable {
    var width: Int
    var indent: String
    /// The most differences that are shown.
    var most: Int

    private struct Row {
        var path: String
        var expected: String
        var actual: String
        /// The line of the scenario that expects it.
        var line = ""
    }

    /// Adds the differences, each value cut to what has room.
    func append(_ differences: [FailureReport.Difference], to text: inout StyledText) {
        guard !differences.isEmpty else { return }
        let rows = differences.prefix(most).map {
            Row(
                path: $0.path, expected: $0.expected ?? "(nothing)",
                actual: $0.actual ?? ($0.kind == .missing ? "(missing)" : "(nothing)"),
                line: $0.place.map { "  line \($0.line)" } ?? "")
        }
        let room = width - indent.utf8.count - 4 - (rows.map(\.line.utf8.count).max() ?? 0)
        let titles = Row(path: "path", expected: "expected", actual: "actual")
        let path = cells(rows + [titles], \.path, most: room * 2 / 5)
        let expected = cells(rows + [titles], \.expected, most: (room - path) / 2)
        let widest = rows.map { VisibleText(String($0.actual.unicodeScalars.prefix(room + 1))).cells }.max() ?? 0
        let actual = min(room - path - expected, max(widest, 6))
        if room >= 40, actual >= min(widest, 24) {
            let columns = [path, expected, actual]
            row(titles, columns, [.dim, .dim, .dim], in: &text)
            for values in rows { row(values, columns, [.note, .success, .error], in: &text) }
        } else {
            for values in rows { stack(values, in: &text) }
        }
        if differences.count > most {
            text.append("\(indent)and \(Figures.grouped(differences.count - most)) more differences\n", .dim)
        }
    }

    private func cells(_ rows: [Row], _ column: KeyPath<Row, String>, most: Int) -> Int {
        let widest = rows.map { VisibleText(String($0[keyPath: column].unicodeScalars.prefix(most + 1))).cells }.max()
        return min(most, widest ?? 0)
    }

    private func row(_ row: Row, _ columns: [Int], _ styles: [StyledText.Style], in text: inout StyledText) {
        text.append(indent)
        let cut = zip([row.path, row.expected, row.actual], columns).map { CutText.start(of: $0, cells: $1) }
        for (index, value) in cut.enumerated() {
            text.append(value, styles[index])
            guard index < 2 || !row.line.isEmpty else { break }
            text.append(
                String(repeating: " ", count: max(0, columns[index] - VisibleText(value).cells) + (index < 2 ? 2 : 0)))
        }
        text.append(row.line, .dim)
        text.append("\n")
    }

    private func stack(_ row: Row, in text: inout StyledText) {
        let room = max(16, width - indent.utf8.count - 12)
        text.append("\(indent)\(VisibleText(row.path).text)", .note)
        text.append("\(row.line)\n", .dim)
        text.append("\(indent)  expected ", .dim)
        text.append("\(CutText.start(of: row.expected, cells: room))\n", .success)
        text.append("\(indent)  actual   ", .dim)
        text.append("\(CutText.start(of: row.actual, cells: room))\n", .error)
    }
}
