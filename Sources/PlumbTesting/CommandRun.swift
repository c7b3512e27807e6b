/// A finished run of a command.
public struct CommandRun: Sendable {
    /// How a process ended.
    public enum Status: Sendable, Hashable, CustomStringConvertible {
        case exit(Int)
        case signal(Int)
        /// It outlived its limit, and was killed.
        case timedOut
        /// It wrote more than `RunningCommand.mostOutput`, and was killed.
        case wroteTooMuch

        /// `0`, `signal 11`, `timed out`.
        public var description: String {
            switch self {
            case .exit(let code): "\(code)"
            case .signal(let number): "signal \(number)"
            case .timedOut: "timed out"
            case .wroteTooMuch: "wrote too much"
            }
        }
    }

    public let status: Status
    public let standardOutput: String
    public let standardError: String
    /// From its start to its end.
    public let duration: Duration

    /// The exit status; nil where it did not exit by itself.
    public var exitStatus: Int? {
        guard case .exit(let code) = status else { return nil }
        return code
    }

    /// Runs the built `plumb` to its end.
    ///
    /// The environment is laid over `RunningCommand.plainEnvironment`; standard input holds `input` and then ends;
    /// at the `limit` the command and its children are killed.
    public static func plumb(
        _ arguments: [String], environment: [String: String] = [:], input: String = "", in folder: String? = nil,
        limit: Duration = .seconds(60)
    ) throws -> CommandRun {
        let command = try RunningCommand.plumb(arguments, environment: environment, input: input, in: folder)
        return command.finish(within: limit)
    }
}
