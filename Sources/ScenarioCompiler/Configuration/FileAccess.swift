/// The files that a compilation may look at; tests give their own.
///
/// Paths are absolute.
public protocol FileAccess: Sendable {
    /// The bytes of a regular file of at most `limit` bytes.
    func read(_ path: String, limit: Int) throws(FileProblem) -> [UInt8]
    /// Whether a regular file stands there.
    func isFile(_ path: String) -> Bool
    /// Whether a folder stands there.
    func isFolder(_ path: String) -> Bool
    /// The names in a folder, sorted; empty where there is none.
    func names(in folder: String) -> [String]
}

/// Why a file could not be read.
public enum FileProblem: Error, Sendable, Hashable {
    case missing
    case folder
    /// A pipe, a socket or a device, which might never end.
    case special
    case tooLarge(limit: Int)
    /// The system's own words.
    case refused(String)

    /// What is the matter, to follow the file's name: `config.yaml: permission denied`.
    public var phrase: String {
        switch self {
        case .missing: "no such file"
        case .folder: "it is a folder"
        case .special: "it is not a regular file"
        case .tooLarge(let limit): "it is larger than \(limit / (1 << 20)) MiB"
        case .refused(let reason): reason
        }
    }
}
