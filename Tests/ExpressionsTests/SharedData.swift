import Expressions
import FoundationEssentials

/// The conformance data that lies beside the project on some machines; tests that read it are skipped without it.
enum SharedData {
    static let folder: String = {
        if let folder = ProcessInfo.processInfo.environment["PLUMB_SHARED"] { return folder }
        let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(package)/../shared"
    }()

    static let hasJQ = FileManager.default.fileExists(atPath: folder + "/data/jq-1.6/cases.jsonl")

    /// The documents of a JSON Lines file.
    static func lines(_ path: String) throws -> [Value] {
        let text = try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
        return try text.split(separator: "\n").map { try JSON.parse(String($0)).value }
    }
}
