import PlumbTesting
import Testing

/// A folder that says how to call `plumb` and what must come of it.
///
/// | file | meaning |
/// |---|---|
/// | `arguments` | the words after `plumb`, split at white space; quotes keep it; `${PORT}` is the server's port |
/// | `stdout`, `stderr`, `status` | what must come out: absent means nothing, and status 0 |
/// | `expected/…` | files that must stand in the working folder afterwards, with this text |
/// | `stdin`, `environment` | the input; `NAME=VALUE` lines, `${PORT}` here too |
/// | `server` | a server's answers, see `ScriptedRoutes`; its port is in the variable `PORT` |
/// | all others | copied to the new, empty working folder |
///
/// Every expected text may hold `<<<regex>>>`, see `Golden`.
struct CommandCase: Sendable, CustomTestStringConvertible {
    /// The path below the cases' folder: `lint/unknown-key`.
    let name: String
    /// The absolute path of its folder.
    let folder: String

    var testDescription: String { name }

    private static let reserved: Set = [
        "arguments", "stdout", "stderr", "status", "expected", "stdin", "environment", "server",
    ]

    /// All cases, from the folder beside this file.
    static let all: [CommandCase] = found(in: PackageFolder.parent(of: #filePath) + "/Cases", prefix: "")

    /// Collects the folders that hold a file `arguments`, at any depth.
    static func found(in folder: String, prefix: String) -> [CommandCase] {
        let names = (try? TextFile.names(in: folder)) ?? []
        if names.contains("arguments") { return [CommandCase(name: prefix, folder: folder)] }
        return names.filter { TextFile.isFolder(folder + "/" + $0) }.flatMap { name in
            found(in: folder + "/" + name, prefix: prefix.isEmpty ? name : prefix + "/" + name)
        }
    }

    /// Runs the case in a new folder and compares all that came of it; throws every difference at once.
    func check(record: Bool = Golden.isRecording) throws {
        let work = try TemporaryFolder()
        for name in try TextFile.names(in: folder) where !Self.reserved.contains(name) {
            try work.copy(folder + "/" + name)
        }
        let server = try text("server").map { text in
            let routes = try ScriptedRoutes(text)
            return try SimpleHTTPServer { routes.reply(to: $0) }
        }
        let port = server.map { String($0.port) }
        let run = try CommandRun.plumb(
            try Words.split(text("arguments") ?? "").map { Self.insert(port, into: $0) },
            environment: try environment(port: port), input: text("stdin") ?? "", in: work.path)
        server?.stop()

        var differences: [String] = []
        func compare(_ actual: String, _ name: String) throws {
            // An output that is empty needs no file.
            if actual.isEmpty, try text(name) == nil { return }
            do {
                try Golden.compare(actual, with: folder + "/" + name, record: record)
            } catch let mismatch as Golden.Mismatch {
                differences.append(mismatch.description)
            }
        }
        try compare(run.standardOutput, "stdout")
        try compare(run.standardError, "stderr")
        try compare(run.status == .exit(0) ? "" : "\(run.status)\n", "status")
        for name in expectedFiles() {
            try compare(try TextFile.readIfPresent(work.path(name)) ?? "(no such file)", "expected/" + name)
        }
        if !differences.isEmpty { throw Difference(description: differences.joined(separator: "\n\n")) }
    }

    /// All the ways in which a run was not as expected.
    struct Difference: Error, CustomStringConvertible {
        let description: String
    }

    private func text(_ name: String) throws -> String? { try TextFile.readIfPresent(folder + "/" + name) }

    private func environment(port: String?) throws -> [String: String] {
        var variables: [String: String] = [:]
        for line in (try text("environment") ?? "").split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            variables[String(line[..<equals])] = Self.insert(port, into: String(line[line.index(after: equals)...]))
        }
        variables["PORT"] = port
        return variables
    }

    private func expectedFiles(below prefix: String = "") -> [String] {
        let path = folder + "/expected/" + prefix
        return ((try? TextFile.names(in: path)) ?? []).flatMap { name in
            TextFile.isFolder(path + name) ? expectedFiles(below: prefix + name + "/") : [prefix + name]
        }
    }

    private static func insert(_ port: String?, into text: String) -> String {
        guard let port else { return text }
        return text.replacing("${PORT}", with: port)
    }
}
