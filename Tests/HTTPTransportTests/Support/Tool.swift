import Foundation

/// A program of the system that a test runs beside itself.
enum Tool {
    struct Failure: Error {
        let words: String
    }

    /// Where the program is, or nil.
    static func path(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return (path.split(separator: ":") + ["/usr/sbin"]).map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a program to its end in a folder.
    static func run(_ name: String, in folder: URL, _ arguments: String) throws {
        let process = make(name, in: folder, arguments.split(separator: " ").map(String.init))
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(words: "\(name) \(arguments)") }
    }

    static func make(_ name: String, in folder: URL, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: path(name) ?? "/nonexistent/\(name)")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }
}

/// A folder that goes away with its owner.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }
}
