import Foundation
import PlumbTesting

/// A program of the system that a test runs beside itself.
enum Tool {
    struct Failure: Error {
        let words: String
    }

    /// Where the program is, or nil.
    static func path(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin"]
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a program to its end in a folder.
    static func run(_ name: String, in folder: TemporaryFolder, _ arguments: String) throws {
        let run = try start(name, in: folder, arguments.split(separator: " ").map(String.init)).finish()
        guard run.exitStatus == 0 else { throw Failure(words: "\(name) \(arguments): \(run.standardError)") }
    }

    /// Starts a program in a folder; it is killed when the value goes.
    static func start(_ name: String, in folder: TemporaryFolder, _ arguments: [String]) throws -> RunningCommand {
        try RunningCommand(
            path(name) ?? "/nonexistent/\(name)", arguments, environment: RunningCommand.plainEnvironment,
            in: folder.path)
    }
}
