import Expressions
import Foundation
import Glibc
import PlumbTesting
import Synchronization
import Testing

/// A project of one test: a configuration with its targets, and scenarios that the built program runs.
///
/// Every run is held to what holds for all of them: no death by a signal, well-formed reports, no secret in any byte.
struct HTTPProject {
    let folder: TemporaryFolder
    /// What the environment holds; each name is declared a secret.
    let secrets: [String: String]

    /// Writes a configuration with these targets, each a line of YAML such as `gw: { kind: http, url: … }`.
    init(_ targets: String..., secrets: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        self.secrets = secrets
        let names = secrets.keys.sorted().joined(separator: ", ")
        let lines = targets.map { "      \($0)\n" }.joined()
        try folder.write(
            """
            secrets: [\(names)]
            profiles:
              test:
                targets:
            \(lines)
            """, to: "plumb.yaml")
    }

    /// Runs one scenario of these steps with every report; `keep_going` lets each of them say what it met.
    func run(
        _ steps: String, limit: Duration = .seconds(60), at location: SourceLocation = #_sourceLocation
    ) async throws -> HTTPRun {
        try folder.write("keep_going: true\nsteps:\n" + steps + "\n", to: "scenario.yaml")
        return try await run(["scenario.yaml"], limit: limit, at: location)
    }

    /// Runs scenarios that stand in the folder already.
    func run(
        _ arguments: [String], limit: Duration = .seconds(60), at location: SourceLocation = #_sourceLocation
    ) async throws -> HTTPRun {
        let reports = ["junit": "r.xml", "json": "r.json", "jsonl": "r.jsonl", "markdown": "r.md", "html": "r.html"]
        let words = reports.sorted { $0.key < $1.key }.flatMap { ["--report", "\($0.key)=\($0.value)"] }
        let (run, problem) = try await OwnThread.run { [self] in
            let command = try RunningCommand.plumb(["run"] + arguments + words, environment: secrets, in: folder.path)
            let peak = PeakMemory(of: command, within: limit)
            let ended = command.finish(within: limit)
            var texts = ["stdout": ended.standardOutput, "stderr": ended.standardError]
            for name in reports.values { texts[name] = try TextFile.readIfPresent(folder.path(name)) }
            return (HTTPRun(ended: ended, texts: texts, peak: peak), texts["r.xml"] == nil ? "" : try xmlProblem())
        }
        #expect(run.ended.exitStatus != nil, "\(run.ended.status)", sourceLocation: location)
        #expect(run.ended.standardError == "", sourceLocation: location)
        #expect(problem == "", sourceLocation: location)
        findSecrets(in: run.texts, location)
        #expect(throws: Never.self, sourceLocation: location) {
            for line in (run.texts["r.jsonl"] ?? "").split(separator: "\n") { _ = try JSON.parse(String(line)) }
        }
        return run
    }

    /// Runs another command, such as `plan`, and looks for secrets in what it writes.
    func command(_ arguments: String..., at location: SourceLocation = #_sourceLocation) async throws -> CommandRun {
        let run = try await OwnThread.run { [self] in
            try CommandRun.plumb(arguments, environment: secrets, in: folder.path)
        }
        findSecrets(in: ["stdout": run.standardOutput, "stderr": run.standardError], location)
        return run
    }

    /// What a reader of XML says against the JUnit report; nothing where there is no such program.
    private func xmlProblem() throws -> String {
        let lint = "/usr/bin/xmllint"
        guard access(lint, X_OK) == 0 else { return "" }
        return try RunningCommand(lint, ["--noout", "r.xml"], environment: [:], in: folder.path).finish().standardError
    }

    private func findSecrets(in texts: [String: String], _ location: SourceLocation) {
        for (name, secret) in secrets {
            let blob = Data("user:\(secret)".utf8).base64EncodedString()
            for form in [
                secret, secret.lowercased(), blob.filter { $0 != "=" }, Self.inURL(secret), Self.inJSON(secret),
            ] {
                for (place, text) in texts {
                    #expect(!text.contains(form), "\(name) stands in \(place)", sourceLocation: location)
                }
            }
        }
    }

    private static func inURL(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            let digits = String(byte, radix: 16, uppercase: true)
            return character.isLetter || character.isNumber ? String(character) : "%" + digits
        }.joined()
    }

    private static func inJSON(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}

/// What came of a run.
struct HTTPRun {
    let ended: CommandRun
    /// What was written, by its place.
    let texts: [String: String]
    let peak: PeakMemory

    var output: String { ended.standardOutput }

    /// The report of a step, as the JSON document has it.
    func step(_ id: String, at location: SourceLocation = #_sourceLocation) throws -> Value {
        let document = try JSON.parse(try #require(texts["r.json"] ?? nil, "\(output)", sourceLocation: location)).value
        for test in document["tests"]?.array ?? [] {
            for step in test["steps"]?.array ?? [] where step["id"]?.string == id { return step }
        }
        throw NoSuchStep(id: id, output: output)
    }

    struct NoSuchStep: Error { let id, output: String }

    /// The failures of a step, each as `verdict code message hint notes`.
    func failures(of id: String, at location: SourceLocation = #_sourceLocation) throws -> [String] {
        (try step(id, at: location)["failures"]?.array ?? []).map { failure in
            let notes = (failure["notes"]?.array ?? []).compactMap(\.string)
            let words = ["verdict", "code", "message", "hint"].compactMap { failure[$0]?.string }
            return (words + notes).joined(separator: " | ")
        }
    }

    /// Expects that a step failed with a text that holds all of these words.
    func expect(_ id: String, tells words: String..., at location: SourceLocation = #_sourceLocation) throws {
        let text = try failures(of: id, at: location).joined(separator: "\n")
        for word in words {
            #expect(text.contains(word), "step \(id) does not tell '\(word)': \(text)", sourceLocation: location)
        }
    }

    /// Expects that every step passed.
    func expectAllPassed(at location: SourceLocation = #_sourceLocation) {
        #expect(ended.status == .exit(0), "\(output)", sourceLocation: location)
    }

    /// How long a step took, in seconds.
    func seconds(of id: String) throws -> Double { (try step(id)["ms"]?.number ?? .infinity) / 1000 }
}

/// The most memory that a command's worker had at a time, as the kernel counts it.
struct PeakMemory {
    let mebibytes: Int

    /// Looks every few milliseconds until the command has ended.
    init(of command: RunningCommand, within limit: Duration) {
        let end = ContinuousClock.now + limit
        var most = 0
        repeat {
            for child in ChildProcesses.of(command.processID) { most = max(most, Self.kibibytes(of: child)) }
            // Nothing writes this: the wait moves the outputs and reaps the process.
        } while !command.waitForOutput("\u{0}\u{1}", within: .milliseconds(10))
            && kill(pid_t(command.processID), 0) == 0 && .now < end
        mebibytes = most / 1024
    }

    /// Expects so many mebibytes; under a sanitizer, whose own books are a multiple of that, nothing.
    func expect(_ bounds: Range<Int>, at location: SourceLocation = #_sourceLocation) {
        #expect(bounds.contains(mebibytes) || Sanitizer.isPresent, sourceLocation: location)
    }

    private static func kibibytes(of process: pid_t) -> Int {
        let status = (try? TextFile.read("/proc/\(process)/status")) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split { !$0.isNumber }.first.flatMap { Int($0) } ?? 0
    }
}

/// Runs what blocks beside the tests' own threads, of which there are few and which others need in time.
enum OwnThread {
    private static let running = Mutex(0)
    private static let most = 2

    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                while !running.withLock({ count in
                    guard count < most else { return false }
                    count += 1
                    return true
                }) { usleep(2000) }
                defer { running.withLock { $0 -= 1 } }
                continuation.resume(with: Swift.Result { try body() })
            }
        }
    }
}
