import ScenarioCompiler

/// Files of a test, by absolute path; a folder is there when a file lies in it, or when it is named.
struct MemoryFiles: FileAccess {
    var contents: [String: [UInt8]] = [:]
    var folders: Set<String> = []

    init(_ texts: [String: String] = [:], folders: Set<String> = []) {
        for (path, text) in texts { contents[path] = Array(text.utf8) }
        self.folders = folders
    }

    func read(_ path: String, limit: Int) throws(FileProblem) -> [UInt8] {
        if isFolder(path) { throw .folder }
        guard let bytes = contents[path] else { throw .missing }
        guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        return bytes
    }

    func isFile(_ path: String) -> Bool { contents[path] != nil }

    func isFolder(_ path: String) -> Bool {
        folders.contains(path) || (Array(contents.keys) + folders).contains { $0.hasPrefix(path + "/") }
    }

    func names(in folder: String) -> [String] {
        let inside = (Array(contents.keys) + folders).filter { $0.hasPrefix(folder + "/") }
        return Set(inside.compactMap { $0.dropFirst(folder.count + 1).split(separator: "/").first.map(String.init) })
            .sorted()
    }
}
