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
        case unreadable(String, hint: String)
    }

    /// The place of a load's record: tests, profile and load that are the same share it.
    init(_ root: String, _ plan: RunPlan, load: String?) {
        folder = FilePath.join(root, ".plumb/loads")
        let identity = ([plan.configuration.profile ?? "", load ?? ""] + plan.tests.map(\.name.name))
            .joined(separator: "\n")
        // FNV-1a: the name only has to be the same for the same load.
        let hash = identity.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        path = FilePath.join(folder, "\(String(hash, radix: 16)).json")
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
