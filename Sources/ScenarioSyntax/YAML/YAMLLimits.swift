/// What a YAML file may cost before it is refused.
public struct YAMLLimits: Sendable, Hashable {
    /// Levels of lists and mappings inside each other, aliases followed.
    public var depth = 100
    /// Scalars, lists and mappings written in the file.
    public var nodes = 1_000_000
    /// UTF-8 bytes of one scalar.
    public var scalarBytes = 4 * 1024 * 1024
    /// UTF-8 bytes of one mapping key.
    public var keyBytes = 4096
    /// Bytes of the file.
    public var fileBytes = 16 * 1024 * 1024
    /// Nodes that aliases and merge keys stand for, counted each time.
    public var aliasNodes = 100_000
    /// Problems of one file that are reported one by one.
    public var diagnostics = 100

    /// Creates the standard limits.
    public init() {}

    /// Enough for any file that a person wrote.
    public static let standard = YAMLLimits()
}
