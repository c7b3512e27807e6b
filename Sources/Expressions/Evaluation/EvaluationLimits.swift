internal import Glibc

/// What one evaluation may use before it is stopped.
public struct EvaluationLimits: Sendable {
    /// Processor time of one expression; beyond it the evaluation ends with an error.
    public var time: Duration
    /// Resident memory of the process, in bytes, looked at while an evaluation runs.
    ///
    /// At three quarters of it the evaluation is stopped; where that is too late and all of it is
    /// used, the process is given up.
    public var memory: Int
    /// The number of outputs of one expression.
    public var outputs: Int
    /// The size of the outputs of one expression, in bytes.
    public var outputBytes: Int
    /// The levels of nesting of an output.
    public var depth: Int
    /// What is done, on a thread of its own, when an evaluation cannot be stopped; ends the process by itself.
    public var onExcess: @Sendable (Excess) -> Void

    /// The limits of the language reference.
    public static var standard: EvaluationLimits { EvaluationLimits() }

    /// Creates limits; what is left out is as the language reference says.
    public init(
        time: Duration = .seconds(1), memory: Int = 2 << 30, outputs: Int = 100_000, outputBytes: Int = 64 << 20,
        depth: Int = 512, onExcess: @escaping @Sendable (Excess) -> Void = { $0.endProcess() }
    ) {
        self.time = time
        self.memory = memory
        self.outputs = outputs
        self.outputBytes = outputBytes
        self.depth = depth
        self.onExcess = onExcess
    }

    /// Why a process has to end because of an evaluation.
    public enum Excess: Sendable {
        /// The process uses more memory than it may.
        case memory
        /// The evaluation stays within one instruction of libjq, such as a regular expression without end.
        case stuck

        /// The status that the process exits with, by which its parent knows what happened.
        public var exitStatus: Int32 {
            switch self {
            case .memory: 86
            case .stuck: 87
            }
        }

        /// Ends the process at once with the status of this excess.
        public func endProcess() { _exit(exitStatus) }
    }
}
