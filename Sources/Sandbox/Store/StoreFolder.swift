internal import FoundationEssentials
internal import Glibc

/// A private folder that goes with its owner: at the latest when the next sandbox starts.
///
/// A lock that the system frees with the process tells a folder in use from one whose owner was killed.
final class StoreFolder: Sendable {
    let path: String
    private let lock: Int32

    private static let prefix = "plumb-sandbox-"

    init() throws(StoreError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
        Self.removeAbandoned(in: parent)
        var template = Array("\(parent)/\(Self.prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw StoreError(reason: .unavailable, message: "mkdtemp in \(parent): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        lock = Self.takeLock(path, creates: true) ?? -1
    }

    /// Removes the folder with all that it holds.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
        if lock >= 0 { close(lock) }
    }

    /// Locks a folder; nil where somebody else holds it.
    private static func takeLock(_ path: String, creates: Bool) -> Int32? {
        let descriptor = open(path + "/lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW | (creates ? O_CREAT : 0), 0o600)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Removes the folders of this user's sandboxes that were killed.
    private static func removeAbandoned(in parent: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            var status = stat()
            // One that was made just now may not have its lock yet.
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(),
                time(nil) - status.st_mtim.tv_sec > 10, let lock = takeLock(path, creates: false)
            else { continue }
            try? FileManager.default.removeItem(atPath: path)
            close(lock)
        }
    }
}
