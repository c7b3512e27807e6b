/// Why a history cannot be read or written.
public struct RunHistoryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file as it was named, or the server and its database.
    public var path: String
    /// What went wrong; lower case, no full stop.
    public var message: String
    /// What the user could do about it.
    public var hint: String?
    /// Whether it is only that nothing has been kept there yet.
    public var isEmpty = false

    public var description: String { "the history '\(path)' cannot be used: \(message)" }
}
