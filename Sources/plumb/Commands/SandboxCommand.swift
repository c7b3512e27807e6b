import ArgumentParser
import CLinux
import Glibc
import Sandbox

/// `plumb sandbox`: the embedded services by themselves.
struct SandboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Starts the embedded services and prints where they listen.",
        discussion: """
            An OpenAI-style gateway in front of model services, on free loopback ports. The first line of the \
            output is a JSON object of their addresses and the API key. Ends on SIGTERM or SIGINT.

            The gateway stores what it serves in files of its own, or in the PostgreSQL database that the environment \
            variable PLUMB_SANDBOX_DATABASE names by a connection string of libpq.

            Options:
            \(SandboxOption.all.map(line).joined(separator: "\n"))
            """)

    /// An option as help shows those of other commands, in 80 columns, which the library leaves as it is.
    private static func line(_ option: SandboxOption) -> String {
        let margin = 26
        var lines = ["  --\(option.name) <\(option.valueName)>"]
        if lines[0].count >= margin { lines.append("") }
        for word in option.doc.split(separator: " ") {
            var last = lines[lines.count - 1]
            if last.count > margin, last.count + 1 + word.count > 80 {
                lines.append("")
                last = ""
            }
            let isStart = last.count < margin
            last += isStart ? String(repeating: " ", count: margin - last.count) : " "
            lines[lines.count - 1] = last + word
        }
        return lines.joined(separator: "\n")
    }

    /// Names the database that the gateway stores in.
    static let databaseVariable = "PLUMB_SANDBOX_DATABASE"

    @Flag(help: .init("Ends when standard input is closed.", visibility: .hidden))
    var untilStdinCloses = false

    @Flag(help: "Lists what --break breaks, and which step of which scenario must notice, in columns with tabs.")
    var listBreaks = false

    @Argument(parsing: .captureForPassthrough, help: "The options above.")
    var options: [String] = []

    mutating func run() throws {
        if listBreaks {
            for fault in SandboxBreak.allCases {
                for proof in fault.proofs {
                    Streams.out("\(fault.rawValue)\t\(fault.summary)\t\(proof.scenario)\t\(proof.step)\n")
                }
            }
            return
        }
        var parsed = try Self.parse(options)
        parsed.options.database = getenv(Self.databaseVariable).map { String(cString: $0) }.flatMap {
            $0.isEmpty ? nil : $0
        }
        // Before the first thread is made, so that every thread leaves the signals to the descriptor.
        guard let signals = Signals() else { throw ExitCode(3) }
        let chosen = parsed.options
        let outcome = Self.wait { try await Sandbox.start(chosen) }
        switch outcome {
        case .failure(let error):
            let words = (error as? SandboxError).map { "\($0.message)\n  = hint: \($0.hint)" } ?? "\(error)"
            Streams.err("error: \(words)\n")
            throw ExitCode(3)
        case .success(let endpoints):
            Streams.out(endpoints.json + "\n")
            Self.waitForEnd(signals, untilStdinCloses || parsed.endsWithInput)
            _ = Self.wait { await endpoints.stop() }
        }
    }

    /// Runs an operation on Swift's own threads while this one waits.
    private static func wait<Value: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Value
    ) -> Result<Value, any Error> {
        let outcome = Awaited<Value>()
        Task.detached {
            do { outcome.end(.success(try await operation())) } catch { outcome.end(.failure(error)) }
        }
        return outcome.wait()
    }

    private static func parse(_ words: [String]) throws -> (options: SandboxOptions, endsWithInput: Bool) {
        var options = SandboxOptions()
        var endsWithInput = false
        var rest = words[...]
        while let word = rest.popFirst() {
            // Everything is passed through to this loop, the library's own flag too.
            if word == "--help" || word == "-h" { throw CleanExit.helpRequest(Self.self) }
            if word == "--until-stdin-closes" {
                endsWithInput = true
                continue
            }
            // For a run whose faults are put between the gateway and its models.
            if word == "--via" {
                options.detours = detours(rest.popFirst() ?? "")
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard let option = SandboxOption.all.first(where: { "--" + $0.name == parts[0] }) else {
                throw ValidationError("unknown option '\(word)'; 'plumb sandbox --help' lists them")
            }
            guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else {
                throw ValidationError("\(parts[0]) takes a value: \(option.doc)")
            }
            do {
                try option.apply(value, &options)
            } catch {
                throw ValidationError(error.description)
            }
        }
        return (options, endsWithInput)
    }

    /// Reads `mixtral-0=40001,mixtral-1=40002`.
    private static func detours(_ text: String) -> [String: UInt16] {
        var ports: [String: UInt16] = [:]
        for pair in text.split(separator: ",") {
            let parts = pair.split(separator: "=")
            if parts.count == 2, let port = UInt16(parts[1]) { ports[String(parts[0])] = port }
        }
        return ports
    }

    private static func waitForEnd(_ signals: Signals, _ untilStdinCloses: Bool) {
        var waiting = [
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: untilStdinCloses ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            guard poll(&waiting, 2, -1) > 0 else { continue }
            if !signals.read().isEmpty { return }
            var byte: UInt8 = 0
            if waiting[1].revents != 0, read(STDIN_FILENO, &byte, 1) <= 0 { return }
        }
    }
}
