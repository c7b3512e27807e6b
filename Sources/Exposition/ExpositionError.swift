/// Why a page of metrics cannot be read, and where.
public struct ExpositionError: Error, Sendable, Hashable {
    /// The line, from 1.
    public var line: Int
    /// The place in the line, in bytes from 1.
    public var column: Int
    /// Lower case, no full stop.
    public var reason: String
    /// The line itself, cut where it is long.
    public var excerpt: String

    /// Creates an error.
    public init(line: Int, column: Int, reason: String, excerpt: String) {
        self.line = line
        self.column = column
        self.reason = reason
        self.excerpt = excerpt
    }
}
