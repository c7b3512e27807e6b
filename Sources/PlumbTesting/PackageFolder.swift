/// The folder of the package that the tests were built from.
public enum PackageFolder {
    /// Its absolute path, without a slash at the end.
    public static let path = parent(of: #filePath, levels: 3)

    /// Returns the folder that stands some levels above a path; for `#filePath` of a test, one level is its folder.
    public static func parent(of path: String, levels: Int = 1) -> String {
        var path = path[...]
        for _ in 0..<levels {
            guard let slash = path.lastIndex(of: "/") else { return "." }
            path = path[..<slash]
        }
        return path.isEmpty ? "/" : String(path)
    }
}
