import Diagnostics
import Glibc
import ScenarioCompiler

/// Finds the YAML files that paths mean to `plumb fmt`: scenarios, their helpers, configurations and data.
///
/// A file that is named is taken whatever its name. In a folder every `.yaml` and `.yml` counts, those that begin with
/// `_` too, save hidden ones and links that lead out of the folder. Each file is taken once, in the order of names.
struct YAMLFileFinder {
    /// Absolute paths, links not followed.
    private(set) var found: [String] = []
    /// What is wrong with the paths.
    private(set) var problems: [Diagnostic] = []
    private let files = DiskFiles()
    private var visited: Set<String> = []
    private static let depthLimit = 64

    /// Adds what a path means.
    mutating func add(_ path: String) {
        let absolute = FilePath.absolute(path, in: Streams.workingFolder)
        guard path.utf8.count < 4096, let real = FilePath.real(absolute) else {
            refuse("'\(path)': there is no such file or folder", hint: "look at the path's spelling")
            return
        }
        if files.isFolder(real) {
            let before = found.count
            let seen = visited.count
            walk(absolute, root: real, depth: 0)
            if found.count == before, visited.count <= seen + 1 {
                refuse(
                    "'\(path)' holds no YAML file", hint: "name the file itself where it ends otherwise than in '.yaml'"
                )
            }
        } else if files.isFile(real) {
            if visited.insert(real).inserted { found.append(absolute) }
        } else {
            refuse("'\(path)' is neither a file nor a folder", hint: "'-' reads standard input")
        }
    }

    private mutating func refuse(
        _ message: Diagnostic.Message, code: Diagnostic.Code = .formatPath, hint: Diagnostic.Message
    ) {
        problems.append(Diagnostic(code, at: nil, message, hint: hint))
    }

    private mutating func walk(_ folder: String, root: String, depth: Int) {
        guard let real = FilePath.real(folder), visited.insert(real).inserted else { return }
        guard depth < Self.depthLimit else {
            refuse("'\(folder)': folders nest more than \(Self.depthLimit) deep", hint: "name the folder that is meant")
            return
        }
        guard access(folder, R_OK | X_OK) == 0 else {
            refuse(
                "'\(FilePath.shown(folder, from: Streams.workingFolder))' cannot be read", code: .formatUnreadable,
                hint: "look at its permissions")
            return
        }
        for name in files.names(in: folder) where !name.hasPrefix(".") {
            let path = FilePath.join(folder, name)
            guard let target = FilePath.real(path), FilePath.isInside(target, root) else { continue }
            if files.isFolder(target) {
                walk(path, root: root, depth: depth + 1)
            } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml"), files.isFile(target),
                visited.insert(target).inserted
            {
                found.append(path)
            }
        }
    }
}
