internal import Glibc

extension FilePath {
    /// The part behind the last slash.
    static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// The name without its last extension.
    static func stem(of path: String) -> String {
        let name = name(of: path)
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        return String(name[..<dot])
    }

    /// The path with every link followed, or nil where something on it is missing or links run in a circle.
    public static func real(_ path: String) -> String? {
        guard !path.utf8.contains(0), let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The real path of what stands in a folder, whose own path is real already.
    static func real(_ name: String, in folder: String) -> String? {
        let path = join(folder, name)
        var status = stat()
        guard !path.utf8.contains(0), lstat(path, &status) == 0 else { return nil }
        // Few entries are links, and following each part of each path is most of the work of finding files.
        return status.st_mode & S_IFMT == S_IFLNK ? real(path) : path
    }

    /// Whether a path lies in a folder, links followed.
    public static func isInside(_ path: String, _ folder: String) -> Bool {
        guard let path = real(path), let folder = real(folder) else { return false }
        return path == folder || path.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
    }
}
