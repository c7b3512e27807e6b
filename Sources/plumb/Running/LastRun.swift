import Expressions
import Glibc
import Reporting
import ScenarioCompiler
import ScenarioModel

/// The record of the last run beside the configuration, which `--failed` reads.
struct LastRun {
    private let path: String

    /// The record of a project.
    init(root: String) { path = FilePath.join(root, ".plumb/last-run.json") }

    /// The names of the tests that did not pass; nil without a record.
    var unpassed: Set<String>? {
        guard let bytes = try? DiskFiles().read(path, limit: 64 << 20), let value = try? JSON.parse(bytes).value,
            let names = value["unpassed"]?.array
        else { return nil }
        return Set(names.compactMap(\.string))
    }

    /// Keeps what this run came to; a project that cannot be written to simply has no record.
    ///
    /// Tests that were not part of the run stay as they were.
    func write(_ result: RunResult) {
        let own = Set(result.tests.map { Self.plain($0.test.name) })
        var names = (unpassed ?? []).subtracting(own)
        for test in result.tests where test.verdict == .failed || test.verdict == .error {
            names.insert(Self.plain(test.test.name))
        }
        mkdir(FilePath.parent(path), 0o755)
        let value: Value = ["unpassed": .array(names.sorted().map { .string($0) })]
        // Renamed into place but not forced to the disk: losing it in a power cut costs one `--failed`.
        let new = path + ".\(getpid())"
        let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return }
        Streams.write(value.json() + "\n", to: descriptor)
        close(descriptor)
        if rename(new, path) != 0 { unlink(new) }
    }

    /// A test's name without the round of `--repeat`.
    static func plain(_ name: String) -> String {
        guard let hash = name.utf8.lastIndex(of: UInt8(ascii: "#")) else { return name }
        return name[hash...].dropFirst().allSatisfy(\.isNumber) ? String(name[..<hash]) : name
    }
}
