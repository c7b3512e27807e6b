public import Diagnostics

/// A place in a file with the lines a reader needs to see, free of the file itself.
///
/// Lines and columns count from 1, columns in Unicode scalars.
public struct Place: Sendable, Hashable {
    public var file: String
    public var line: Int
    public var column: Int
    /// The column behind the last marked character on `line`.
    public var endColumn: Int
    /// The text of `line`.
    public var text: String

    /// Creates a place from its parts.
    public init(file: String, line: Int, column: Int, endColumn: Int, text: String) {
        self.file = file
        self.line = line
        self.column = column
        self.endColumn = endColumn
        self.text = text
    }

    /// The first line of a span.
    public init(_ span: SourceSpan) {
        let start = span.start
        let range = span.file.lines.range(ofLine: start.line - 1, in: span.file.bytes)
        let end = min(span.range.upperBound, range.upperBound)
        let endColumn = span.file.lines.position(at: max(end, span.range.lowerBound), in: span.file.bytes).column
        self.init(
            file: span.file.path, line: start.line, column: start.column,
            endColumn: max(endColumn, start.column + 1),
            text: String(decoding: span.file.bytes[range], as: UTF8.self))
    }
}
