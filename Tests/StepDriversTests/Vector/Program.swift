import Glibc
import PlumbTesting
import Testing

/// Programs beside the tests, ended with them.
enum Program {
    struct Run {
        var status: Int
        /// Both of its streams.
        var output: String
    }

    /// Runs a program to its end; it is killed when its time is over.
    static func run(_ path: String, _ arguments: [String], within limit: Duration) throws -> Run {
        let command = (["timeout", "\(limit.components.seconds)", path] + arguments).map { "'\($0)'" }
        let pipe = try #require(popen(command.joined(separator: " ") + " 2>&1", "r"))
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { bytes += buffer[..<count] }
        let status = pclose(pipe)
        return Run(status: Int(status >> 8) & 255, output: String(decoding: bytes, as: UTF8.self))
    }

    /// A program that prints its address, and serves until its standard input closes.
    final class Server {
        /// What it printed first.
        let firstLine: String
        private let pipe: UnsafeMutablePointer<FILE>
        private let folder: TemporaryFolder

        init(_ path: String, _ arguments: [String], within limit: Duration) throws {
            folder = try TemporaryFolder()
            let output = folder.path("address")
            let words = ([path] + arguments).map { "'\($0)'" }.joined(separator: " ")
            pipe = try #require(popen("exec \(words) > '\(output)'", "w"))
            let deadline = ContinuousClock.now + limit
            var text = ""
            while !text.hasSuffix("\n"), ContinuousClock.now < deadline {
                usleep(20_000)
                text = (try? TextFile.read(output)) ?? ""
            }
            firstLine = String(text.prefix { $0 != "\n" })
            try #require(firstLine.hasPrefix("http"), "\(path) did not start")
        }

        /// Closes its standard input, whereupon it ends, and waits for that.
        func stop() { pclose(pipe) }
    }
}
