/// Why a report could not be written.
public struct ReportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The path as the user gave it.
    public var path: String
    /// What went wrong; lower case, no full stop.
    public var message: String
    /// What the user could do about it.
    public var hint: String?

    /// Creates an error about a report's path.
    public init(path: String, message: String, hint: String? = nil) {
        self.path = path
        self.message = message
        self.hint = hint
    }

    public var description: String { "cannot write the report '\(path)': \(message)" }
}
