public import EventLoop
internal import Expressions
public import ScenarioModel
internal import ScenarioSyntax

/// Carries out `exec` steps.
public final class ExecDriver: StepDriver {
    private let loop: EventLoop

    /// Creates a driver that watches its programs on a loop.
    public init(on loop: EventLoop) { self.loop = loop }

    public var kind: String { "exec" }

    public func attempt(_ step: any PreparedStep, _ limits: AttemptLimits, in session: TestSession) async -> Attempt {
        guard let command = step as? PreparedCommand else {
            preconditionFailure("an exec driver was handed a step of another kind")
        }
        let begun = Instant.now
        let child = ChildProcess(on: loop)
        let end = await child.run(command, until: begun + limits.timeout)
        let milliseconds = (Instant.now - begun).inMilliseconds
        let output = (stdout: child.output, stderr: child.errors)
        let error = Self.error(end, command, limits)
        let status: Value =
            switch end {
            case .exited(let status): Value(status)
            case .signalled(let signal): Value(128 + signal)
            default: .null
            }
        var signal: Value = .null
        if case .signalled(let number) = end { signal = Value(number) }
        let result = SharedValue(fields: [
            .init("exit_status", status),
            .init("signal", signal),
            .init("stdout") { .string(String(decoding: output.stdout, as: UTF8.self)) },
            .init("stderr") { .string(String(decoding: output.stderr, as: UTF8.self)) },
            .init("ms", .number(milliseconds)),
            .init("attempt", 1),
            .init("error", error?.value ?? .null),
        ])
        return Attempt(
            result: result, error: error,
            exchange: { Self.exchange(command, end, output.stdout, output.stderr) },
            code: status.number.map { String(Int($0)) })
    }

    public func endSession(_ session: TestSession) async {}

    public func examine(_ target: ResolvedTarget, _ limits: AttemptLimits) async -> Examination {
        Examination(isReachable: false, facts: ["exec steps have no targets"])
    }

    public func shutDown() async {}

    private static func error(_ end: ChildProcess.End, _ command: PreparedCommand, _ limits: AttemptLimits)
        -> StepError?
    {
        let name = command.arguments[0]
        switch end {
        case .exited, .signalled: return nil
        case .notStarted(let reason):
            return StepError(
                .unreachable, "'\(name)' could not be started: \(reason)", phase: "connect",
                hint: "try it by hand: \(command.summary)")
        case .timedOut:
            return StepError(
                .timeout, "'\(name)' still ran after \(DurationText.format(limits.timeout)), and was killed",
                phase: "body",
                hint: "raise 'timeout' of the step if the program may take so long")
        case .tooMuch:
            return StepError(
                .tooLarge, "'\(name)' wrote over \(QuantityText.bytes(ChildProcess.outputLimit)), and was killed",
                phase: "body", hint: "let it write to a file, or less")
        case .cancelled: return StepError(.reset, "'\(name)' was killed: the step is cancelled", phase: "body")
        }
    }

    private static func exchange(
        _ command: PreparedCommand, _ end: ChildProcess.End, _ output: [UInt8], _ errors: [UInt8]
    ) -> StepReport.Exchange {
        var response: [String] =
            switch end {
            case .exited(let status): ["exit status \(status)"]
            case .signalled(let signal): ["ended by signal \(signal)"]
            case .notStarted, .timedOut, .tooMuch, .cancelled: []
            }
        if !errors.isEmpty {
            let text = String(decoding: errors.prefix(4096), as: UTF8.self)
            response += text.split(separator: "\n").map { "stderr: \($0)" }
        }
        return StepReport.Exchange(
            summary: command.summary, request: [command.summary] + command.environment.map { "env \($0)" },
            response: response, body: output.isEmpty ? nil : String(decoding: output.prefix(4096), as: UTF8.self),
            bodyBytes: output.count, command: command.summary)
    }
}
