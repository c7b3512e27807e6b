internal import Glibc

/// A call of the operating system that the loop depends on and that failed.
public struct EventLoopError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name of the call.
    public let call: String
    /// Its `errno`.
    public let code: Int32

    public var description: String {
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return "\(call) failed: \(reason)"
    }
}
