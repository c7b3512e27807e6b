/// Why a report could not be written.
public struct ReportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The path as the user gave it.
    public var path: String
    /// What went wrong; lower case, no full stop.
    public var message: String
    /// What the user could do about it.
    public var hint: String?

    /// Whether it was to be sent to a service.
    public var isSent: Bool

    /// Creates an error about a report's path, or about the address that it is sent to.
    public init(path: String, message: String, hint: String? = nil, isSent: Bool = false) {
        self.path = path
        self.message = message
        self.hint = hint
        self.isSent = isSent
    }

    public var description: String {
        "cannot \(isSent ? "send the report to" : "write the report") '\(path)': \(message)"
    }
}
