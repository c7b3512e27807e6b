/// A text that diagnostics can point into: its path as the user knows it, and its bytes.
public final class SourceFile: Sendable {
    /// The path as it is shown, relative to where the command was started when it lies below.
    public let path: String
    /// The bytes as read; UTF-8 unless a diagnostic says otherwise.
    public let bytes: [UInt8]
    /// Where each line begins.
    public let lines: LineIndex

    /// Creates a source of the given bytes.
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
        self.lines = LineIndex(bytes)
    }

    /// Creates a source from text, such as a command-line argument or a test's literal.
    public convenience init(path: String, text: String) {
        self.init(path: path, bytes: Array(text.utf8))
    }

    /// The place of a byte offset, which is clamped to the text.
    public func position(at offset: Int) -> SourcePosition {
        lines.position(at: offset, in: bytes)
    }
}

extension SourceFile: Hashable {
    /// Two sources are equal when they are the same object.
    public static func == (a: SourceFile, b: SourceFile) -> Bool { a === b }
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A line and column, both counted from 1; columns count Unicode scalars.
public struct SourcePosition: Sendable, Hashable, CustomStringConvertible {
    public var line: Int
    public var column: Int

    /// Creates a position from numbers that begin at 1.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public var description: String { "\(line):\(column)" }
}
