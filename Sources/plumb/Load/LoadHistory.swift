import Expressions
import Glibc
import Reporting
import ScenarioCompiler
import ScenarioModel

/// The stored loads of a project: for each load of the same tests, the last that passed.
struct LoadHistory {
    private let folder: String
    private let path: String

    /// What there is to compare with.
    enum Found {
        case found(LoadResult)
        case none
        case unreadable(String, hint: String?)
    }

    /// The place of a load's record: those that can be held against one another share it.
    init(_ root: String, _ start: LoadStart) {
        folder = FilePath.join(root, ".plumb/loads")
        path = FilePath.join(folder, "\(start.identity).json")
    }

    /// Reads a report, or with `last` the stored one.
    func read(_ asked: String) -> Found {
        let isLast = asked == "last"
        let file = isLast ? path : FilePath.absolute(asked, in: Streams.workingFolder)
        guard let bytes = try? DiskFiles().read(file, limit: 64 << 20) else {
            return isLast
                ? .none
                : .unreadable("the baseline '\(asked)' cannot be read", hint: "write one with '--report json=\(asked)'")
        }
        do {
            return .found(try LoadResult(json: JSON.parse(bytes).value))
        } catch {
            return .unreadable(
                "the baseline '\(isLast ? file : asked)' is no report of a load: \(error)",
                hint: isLast ? "remove it" : "write one with '--report json=PATH'")
        }
    }

    /// Stores a load; a project that cannot be written to simply has no record.
    func write(_ result: LoadResult) {
        mkdir(FilePath.parent(folder), 0o755)
        mkdir(folder, 0o755)
        var bytes: [UInt8] = []
        result.appendJSON(to: &bytes)
        do {
            let file = try ReportFile(path: path)
            try file.write(bytes)
            try file.commit()
        } catch {}
    }
}
