import Expressions
import Glibc
import PlumbTesting
import Testing

/// A new folder with scenarios, in which the built program runs and is held to what holds for every run.
///
/// Whatever the input: no death by a signal, an end in time, a secret in no byte of what comes out, every report well
/// formed, and no file or process left.
final class TestProject {
    /// The value of the secret `TOKEN`, which every run knows.
    static let secret = "tok-SECRET/12&34"

    private let folder: TemporaryFolder
    /// A variable of the environment by which the processes of this project are found.
    private let mark: String

    /// Makes the folder; `plumb.yaml` declares the secret and no target unless it is among the files.
    init(_ files: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        mark = "PLUMB_TEST_MARK=\(folder.path)"
        try folder.write("secrets: [TOKEN]\n", to: "plumb.yaml")
        for (name, text) in files { try folder.write(text, to: name) }
        for name in ["tmp", "reports"] { mkdir(folder.path(name), 0o755) }
    }

    /// A project with one http target, a server of the test's.
    convenience init(server url: String, _ files: [String: String]) throws {
        let settings = """
            secrets: [TOKEN]
            profiles:
              test:
                targets:
                  api: { kind: http, url: "\(url)" }
            """
        try self.init(files.merging(["plumb.yaml": settings]) { own, _ in own })
    }

    /// The absolute path of a name in the folder.
    func path(_ name: String) -> String { folder.path(name) }

    /// Writes a file, whatever its bytes.
    func write(_ bytes: [UInt8], to name: String) throws { try folder.write(bytes, to: name) }

    /// Writes a text file.
    func write(_ text: String, to name: String) throws { try folder.write(text, to: name) }

    /// Returns the text of a file, U+FFFD in the place of what is not UTF-8.
    func read(_ name: String) throws -> String { try folder.read(name) }

    /// Starts the program in the folder; behind a shell's words, such as `ulimit -n 64`, where they are given.
    func start(
        _ arguments: [String], environment: [String: String] = [:], input: String = "", after shell: String? = nil
    ) throws -> RunningCommand {
        var variables = RunningCommand.plainEnvironment.merging(environment) { $1 }
        variables["TOKEN"] = Self.secret
        variables["TMPDIR"] = path("tmp")
        variables["PLUMB_TEST_MARK"] = folder.path
        let program = RunningCommand.binary("plumb")
        // A sanitizer takes terabytes of address space for its own books.
        let isBoundless = Sanitizer.isPresent && shell?.hasPrefix("ulimit -v") ?? false
        guard let shell, !isBoundless else {
            return try RunningCommand(program, arguments, environment: variables, input: input, in: folder.path)
        }
        return try RunningCommand(
            "/bin/sh", ["-c", shell + "; exec \"$0\" \"$@\"", program] + arguments, environment: variables,
            input: input, in: folder.path)
    }

    /// Runs the program to its end and checks what holds for every run.
    func run(
        _ arguments: String..., environment: [String: String] = [:], input: String = "", after shell: String? = nil,
        limit: Duration = .seconds(60), at location: SourceLocation = #_sourceLocation
    ) throws -> CommandRun {
        let command = try start(arguments, environment: environment, input: input, after: shell)
        return finish(command, within: limit, at: location)
    }

    /// Waits for the end of a run and checks what holds for every one.
    func finish(
        _ command: RunningCommand, within limit: Duration = .seconds(60), at location: SourceLocation = #_sourceLocation
    ) -> CommandRun {
        let run = command.finish(within: limit)
        #expect(run.exitStatus != nil, "ended with \(run.status): \(run.standardError)", sourceLocation: location)
        for (name, text) in [("stdout", run.standardOutput), ("stderr", run.standardError)] {
            expectNoSecret(text, name, location)
            for word in ["Fatal error", "Backtrac"] {
                #expect(!text.contains(word), "\(name) has '\(word)'", sourceLocation: location)
            }
        }
        checkReports(location)
        #expect(((try? TextFile.names(in: path("tmp"))) ?? []).isEmpty, sourceLocation: location)
        expectNoProcess(location)
        return run
    }

    /// The JSON report of this name in `reports`.
    func report(_ name: String = "run.json") throws -> Value {
        try JSON.parse(TextFile.bytes(path("reports/" + name))).value
    }

    private func checkReports(_ location: SourceLocation) {
        for name in (try? TextFile.names(in: path("reports"))) ?? [] {
            guard let bytes = try? TextFile.bytes(path("reports/" + name)) else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            expectNoSecret(text, name, location)
            #expect(Array(text.utf8) == bytes, "\(name) is not UTF-8", sourceLocation: location)
            if name.hasSuffix(".json") {
                #expect((try? JSON.parse(bytes)) != nil, "\(name) is not JSON", sourceLocation: location)
            } else if name.hasSuffix(".jsonl") {
                for line in bytes.split(separator: 0x0A) {
                    #expect((try? JSON.parse(Array(line))) != nil, "a line of \(name)", sourceLocation: location)
                }
            } else if name.hasSuffix(".xml") {
                #expect(XMLCheck.problem(in: text) == nil, "\(name)", sourceLocation: location)
            } else {
                #expect(
                    [".md", ".prom", ".html"].contains { name.hasSuffix($0) }, "a stray file \(name)",
                    sourceLocation: location)
            }
        }
    }

    private func expectNoSecret(_ text: String, _ name: String, _ location: SourceLocation) {
        for form in [
            Self.secret, "tok-SECRET%2F12%2634", "tok-SECRET/12&amp;34", #"tok-SECRET\/12"#, "dG9rLVNFQ1JFVC8xMiYz",
        ] {
            #expect(!text.contains(form), "the secret is in \(name)", sourceLocation: location)
        }
    }

    /// Checks that no process of this project is left; one that is about to go gets a moment.
    private func expectNoProcess(_ location: SourceLocation) {
        let deadline = ContinuousClock.now + .seconds(5)
        while !processes.isEmpty, ContinuousClock.now < deadline { usleep(20_000) }
        #expect(processes.isEmpty, "processes are left", sourceLocation: location)
    }

    /// The ids of the processes whose environment has the mark; a zombie has none.
    private var processes: [String] {
        ((try? TextFile.names(in: "/proc")) ?? []).filter { name in
            guard name.allSatisfy(\.isNumber), let text = Self.environment(of: name) else { return false }
            return text.contains(mark)
        }
    }

    /// Reads `/proc/PID/environ`, whose size is told as 0.
    private static func environment(of process: String) -> String? {
        let descriptor = open("/proc/\(process)/environ", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}

extension TestProject {
    /// A scenario that passes.
    static let passing = "steps:\n  - assert: [$run.id != null]\n"
}

extension TextFile {
    /// Says whether there is anything at a path.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
