import ArgumentParser
import Expressions
import Glibc
import ScenarioCompiler
import ScenarioModel

/// What a JSON report tells of: a run or a load.
enum StoredReport {
    case run(RunResult)
    case load(LoadResult)

    /// What a report may have at most, in bytes.
    private static let limit = 1 << 30

    /// Reads a report; tells what is wrong with it and ends with status 2 where it is none.
    static func read(_ path: String) throws -> StoredReport {
        do {
            let bytes = path == "-" ? try standardInput() : try DiskFiles().read(path, limit: limit)
            let document = try JSON.parse(bytes).value
            if document["kind"]?.string == "load" { return .load(try LoadResult(json: document)) }
            return .run(try RunResult(json: document))
        } catch let error as ResultFormatError {
            throw refused("'\(path)' is no report of plumb: \(error)", "write one: plumb run --report json=\(path)")
        } catch let error as JSONError {
            throw refused("'\(path)' is no JSON: \(error)", "write one: plumb run --report json=\(path)")
        } catch {
            throw refused("'\(path)' cannot be read: \(error)", "write one: plumb run --report json=\(path)")
        }
    }

    /// Tells what is wrong with what was given; returns the status to end with.
    static func refused(_ message: String, _ hint: String) -> ExitCode {
        Streams.err("error: \(message)\n  = hint: \(hint)\n")
        return .nothingRan
    }

    private static func standardInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = Glibc.read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
