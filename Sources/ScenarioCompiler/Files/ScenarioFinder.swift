public import Diagnostics
internal import Glibc

/// Finds the scenario files that paths on the command line mean.
///
/// A file named on the command line is taken whatever its name; in a folder every `.yaml` and `.yml`
/// counts, save names that begin with `_` or `.`, and files of the configuration. Folders are walked in
/// the order of their names, links followed, each folder and file once.
public struct ScenarioFinder {
    /// The files by real path, in the order they were found.
    public private(set) var found: [Found] = []
    public private(set) var diagnostics: [Diagnostic] = []
    private let files: any FileAccess
    private let workingFolder: String
    /// Real paths that are no scenarios: the configuration and what it includes.
    private let excluded: Set<String>
    private var visited: Set<String> = []
    /// Counts what is met, files and folders that an earlier path has led to included.
    private var met = 0
    private static let depthLimit = 64

    /// A scenario file.
    public struct Found: Sendable, Hashable {
        /// Absolute, links followed.
        public var path: String
        /// Whether the command line names the file itself.
        public var isNamed: Bool
    }

    /// Creates a finder that has found nothing.
    public init(files: any FileAccess, workingFolder: String, excluded: Set<String>) {
        self.files = files
        self.workingFolder = workingFolder
        self.excluded = excluded
    }

    /// Adds what a path means; a path that means nothing is told.
    public mutating func add(_ path: String) {
        let absolute = FilePath.absolute(path, in: workingFolder)
        guard path.utf8.count < 4096, let real = FilePath.real(absolute) else {
            report("'\(path)': there is no such file or folder", hint: nil)
            return
        }
        if files.isFolder(real) {
            let before = met
            walk(real, depth: 0)
            if met == before {
                report(
                    "'\(path)' holds no scenario", hint: "scenarios are .yaml files whose names do not begin with '_'")
            }
        } else if files.isFile(real) {
            take(real, isNamed: true)
        } else {
            report("'\(path)' is neither a file nor a folder", hint: nil)
        }
    }

    private mutating func walk(_ folder: String, depth: Int) {
        guard visited.insert(folder).inserted else {
            met += 1
            return
        }
        guard depth < Self.depthLimit else {
            report(
                "'\(FilePath.shown(folder, from: workingFolder))': folders nest more than \(Self.depthLimit) deep",
                hint: nil)
            return
        }
        guard access(folder, R_OK | X_OK) == 0 else {
            report("'\(FilePath.shown(folder, from: workingFolder))' cannot be read", hint: "check its permissions")
            return
        }
        for name in files.names(in: folder) where !name.hasPrefix("_") && !name.hasPrefix(".") {
            guard let real = FilePath.real(name, in: folder) else {
                guard Self.isScenarioName(name) else { continue }
                // Bytes that are no UTF-8 were replaced in the name, so that it names nothing any more.
                let isReplaced = name.unicodeScalars.contains("\u{FFFD}")
                let reason = isReplaced ? "has a name that is not UTF-8" : "is a link to nothing, or to itself"
                report(
                    "'\(FilePath.shown(FilePath.join(folder, name), from: workingFolder))' \(reason)",
                    hint: isReplaced ? "rename it" : nil)
                continue
            }
            if files.isFolder(real) {
                walk(real, depth: depth + 1)
            } else if Self.isScenarioName(name) {
                guard files.isFile(real) else {
                    let shown = FilePath.shown(FilePath.join(folder, name), from: workingFolder)
                    report(
                        "'\(shown)' is neither a file nor a folder, and is passed over", .warning,
                        hint: "take it away, or begin its name with '_'")
                    continue
                }
                take(real, isNamed: false)
            }
        }
    }

    private mutating func take(_ path: String, isNamed: Bool) {
        if excluded.contains(path), !isNamed { return }
        met += 1
        guard visited.insert(path).inserted else { return }
        found.append(Found(path: path, isNamed: isNamed))
    }

    private static func isScenarioName(_ name: String) -> Bool {
        (name.hasSuffix(".yaml") || name.hasSuffix(".yml")) && name != "plumb.yaml"
    }

    private mutating func report(_ message: String, _ severity: Diagnostic.Severity = .error, hint: String?) {
        diagnostics.append(
            Diagnostic(.unreadableFile, severity, at: nil, .init(message), hint: hint.map { .init($0) }))
    }
}
