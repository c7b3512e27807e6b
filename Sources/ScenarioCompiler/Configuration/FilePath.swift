/// A path as text: made absolute, taken apart, shown; the disk is not asked.
public enum FilePath {
    /// A path without `.`, `..` and doubled slashes, taken from a folder where it is relative.
    public static func absolute(_ path: String, in folder: String) -> String {
        let whole = path.hasPrefix("/") ? path : folder + "/" + path
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The folder that an absolute path lies in; the root lies in itself.
    public static func parent(_ path: String) -> String {
        // Whoever looks through all folders above a path asks this for each of them.
        func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
            bytes.lastIndex { $0 != 0x2F }.map { bytes[...$0] } ?? bytes.prefix(0)
        }
        let whole = trimmed(path.utf8[...])
        let folder = trimmed(whole.lastIndex(of: 0x2F).map { whole[..<$0] } ?? whole.prefix(0))
        return folder.isEmpty ? "/" : String(Substring(folder))
    }

    /// A name inside a folder.
    public static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    /// An absolute path as users know it: relative where it lies below the working folder.
    public static func shown(_ path: String, from workingFolder: String) -> String {
        let prefix = join(workingFolder, "")
        return path.utf8.starts(with: prefix.utf8) ? String(Substring(path.utf8.dropFirst(prefix.utf8.count))) : path
    }
}
