import Glibc

/// A system call that failed, with its error number.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The call, such as `bind`.
    public let call: String
    /// The value of `errno` after the call.
    public let number: Int32

    /// Creates an error; read `errno` on the very next line after the call.
    public init(_ call: String, _ number: Int32) {
        self.call = call
        self.number = number
    }

    public var description: String { "\(call): \(String(cString: strerror(number)))" }
}
