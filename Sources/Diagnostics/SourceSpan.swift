/// A range of bytes in a source; lines and columns are computed when it is shown.
public struct SourceSpan: Sendable, Hashable {
    public var file: SourceFile
    /// UTF-8 offsets into `file.bytes`.
    public var range: Range<Int>

    /// Creates a span of the given bytes.
    public init(_ file: SourceFile, _ range: Range<Int>) {
        self.file = file
        self.range = range
    }

    /// Where the span begins.
    public var start: SourcePosition { file.position(at: range.lowerBound) }
    /// Where the span ends, exclusive.
    public var end: SourcePosition { file.position(at: range.upperBound) }
    /// `path:line:column`, as editors and terminals understand it.
    public var place: String { "\(file.path):\(start)" }
    /// `path:line`, for provenance.
    public var line: String { "\(file.path):\(start.line)" }
}
