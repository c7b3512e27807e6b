/// Why the sandbox did not start.
public struct SandboxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, in one line.
    public var message: String
    /// What to do about it.
    public var hint: String

    /// The message and its hint.
    public var description: String { "\(message) (\(hint))" }
}
