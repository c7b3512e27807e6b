import FoundationEssentials
import Glibc

/// A process that a test has started: it can be waited for, signalled and read while it runs.
///
/// It leads a process group of its own, which is killed with it at its limit or when the value goes; it is always
/// waited for, so no zombie stays. Use it from one thread.
public final class RunningCommand {
    /// The most bytes that one of its outputs may have; more kills it.
    public static let mostOutput = 64 << 20

    private let pid: pid_t
    private let started = ContinuousClock.now
    private var input: ArraySlice<UInt8>
    private var inputPipe: Int32
    private var outputs: [Output]
    private var ended: (status: CommandRun.Status, duration: Duration)?

    private struct Output {
        var pipe: Int32
        var bytes: [UInt8] = []

        /// Takes what is in the pipe; closes it at its end.
        mutating func read() {
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            let count = Glibc.read(pipe, &chunk, chunk.count)
            let number = errno
            if count > 0 {
                bytes += chunk[..<count]
            } else if count == 0 || number != EAGAIN && number != EINTR {
                close(pipe)
                pipe = -1
            }
        }
    }

    /// Starts a program, named by its absolute path, with nothing but the given environment.
    ///
    /// Its standard input holds `input` and then ends; without a `folder` it runs in the test's own.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String], input: String = "",
        in folder: String? = nil
    ) throws {
        var pipes: [Pipe] = []
        defer { for pipe in pipes { close(pipe.childEnd) } }
        do {
            for childReads in [true, false, false] { pipes.append(try Pipe(childReads: childReads)) }
            pid = try Self.spawn(program, arguments, environment, folder, pipes.map(\.childEnd))
        } catch {
            for pipe in pipes { close(pipe.ownEnd) }
            throw error
        }
        self.input = Array(input.utf8)[...]
        inputPipe = pipes[0].ownEnd
        outputs = [Output(pipe: pipes[1].ownEnd), Output(pipe: pipes[2].ownEnd)]
    }

    deinit {
        if ended == nil { killGroup() }
        for pipe in [inputPipe] + outputs.map(\.pipe) where pipe >= 0 { close(pipe) }
    }

    /// Starts the built `plumb`; the environment is laid over `plainEnvironment`.
    public static func plumb(
        _ arguments: [String], environment: [String: String] = [:], input: String = "", in folder: String? = nil
    ) throws -> RunningCommand {
        try RunningCommand(
            binary("plumb"), arguments, environment: plainEnvironment.merging(environment) { $1 }, input: input,
            in: folder)
    }

    /// What the environment of a test holds for every command: where programs and libraries are, a UTF-8 locale, UTC.
    public static var plainEnvironment: [String: String] {
        let kept = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE", "TSAN_OPTIONS", "ASAN_OPTIONS"]
        return ProcessInfo.processInfo.environment.filter { kept.contains($0.key) }
            .merging(["LC_ALL": "C.UTF-8", "TZ": "UTC"]) { $1 }
    }

    /// Returns the path of a built product, which stands beside the test bundle; `PLUMB_BINARY` names another `plumb`.
    public static func binary(_ name: String) -> String {
        if name == "plumb", let named = ProcessInfo.processInfo.environment["PLUMB_BINARY"], !named.isEmpty {
            return named
        }
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return PackageFolder.parent(of: bundle) + "/" + name
    }

    /// The process id.
    public var processID: Int { Int(pid) }
    /// What it wrote to standard output, as far as it was read.
    public var standardOutput: String { String(decoding: outputs[0].bytes, as: UTF8.self) }
    /// What it wrote to standard error, as far as it was read.
    public var standardError: String { String(decoding: outputs[1].bytes, as: UTF8.self) }

    /// Sends a signal to the process itself, unless it has ended.
    public func signal(_ number: Int32) {
        if ended == nil { kill(pid, number) }
    }

    /// Reads until one of the outputs holds a text; false where the process or the time ends first.
    public func waitForOutput(_ text: String, within limit: Duration = .seconds(30)) -> Bool {
        let deadline = ContinuousClock.now + limit
        while true {
            if standardOutput.contains(text) || standardError.contains(text) { return true }
            guard ended == nil, ContinuousClock.now < deadline else { return false }
            pump(until: min(deadline, .now + .milliseconds(50)))
            reap()
        }
    }

    /// Waits for the end of the process and of its outputs; kills its group when the time is over.
    public func finish(within limit: Duration = .seconds(60)) -> CommandRun {
        let deadline = ContinuousClock.now + limit
        while ended == nil {
            pump(until: min(deadline, .now + .milliseconds(20)))
            reap()
            if ended == nil, outputs.contains(where: { $0.bytes.count > Self.mostOutput }) {
                killGroup(as: .wroteTooMuch)
            } else if ended == nil, ContinuousClock.now >= deadline {
                killGroup(as: .timedOut)
            }
        }
        // What the process wrote is in the pipes already; a child that holds them open gets a moment, no more.
        let rest = ContinuousClock.now + .seconds(1)
        while outputs.contains(where: { $0.pipe >= 0 && $0.bytes.count <= Self.mostOutput }), ContinuousClock.now < rest
        {
            pump(until: rest)
        }
        let end = ended ?? (.timedOut, started.duration(to: .now))
        return CommandRun(
            status: end.status, standardOutput: standardOutput, standardError: standardError, duration: end.duration)
    }

    private func killGroup(as status: CommandRun.Status = .timedOut) {
        kill(-pid, SIGKILL)
        var raw: Int32 = 0
        while waitpid(pid, &raw, 0) < 0, errno == EINTR {}
        ended = (status, started.duration(to: .now))
    }

    /// Takes the status of a process that has ended.
    private func reap() {
        var raw: Int32 = 0
        guard ended == nil, waitpid(pid, &raw, WNOHANG) == pid else { return }
        // The low seven bits name the signal that ended it, the next byte is the exit status (wait(2)).
        let signal = Int(raw & 0x7f)
        let status: CommandRun.Status = signal == 0 ? .exit(Int(raw >> 8 & 0xff)) : .signal(signal)
        ended = (status, started.duration(to: .now))
    }

    /// Moves bytes in and out until something happened or the deadline is over.
    private func pump(until deadline: ContinuousClock.Instant) {
        if input.isEmpty, inputPipe >= 0 { closeInput() }
        var entries = [pollfd(fd: inputPipe, events: Int16(POLLOUT), revents: 0)]
        entries += outputs.map { pollfd(fd: $0.pipe, events: Int16(POLLIN), revents: 0) }
        let left = max(.zero, ContinuousClock.now.duration(to: deadline))
        guard poll(&entries, nfds_t(entries.count), left.roundedUpMilliseconds) > 0 else { return }
        if entries[0].revents != 0 { writeInput() }
        for index in outputs.indices where entries[index + 1].revents != 0 { outputs[index].read() }
    }

    private func writeInput() {
        let count = input.withUnsafeBytes { write(inputPipe, $0.baseAddress, $0.count) }
        let number = errno
        if count > 0 {
            input = input.dropFirst(count)
        } else if number != EAGAIN, number != EINTR {
            closeInput()
        }
    }

    private func closeInput() {
        close(inputPipe)
        inputPipe = -1
        input = []
    }
}
