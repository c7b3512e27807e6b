import CLinux
import Glibc
import ScenarioCompiler

/// Tells which names in a set of folders were written, made, moved or removed.
///
/// Folders are watched, not files: editors that write a new file and rename it over the old one are heard all the same.
struct FolderWatch {
    let descriptor: Int32
    private var folders: [Int32: String] = [:]
    private var watched: Set<String> = []
    /// Folders beyond this many are not watched; the system has a limit for all of a user's programs.
    static let most = 4096

    /// What was heard since the last look.
    struct Changes {
        var paths: Set<String> = []
        /// Whether more happened than the system kept.
        var isIncomplete = false

        var isEmpty: Bool { paths.isEmpty && !isIncomplete }
    }

    /// Opens a watch of no folder; nil where the system refuses.
    init?() {
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
    }

    /// Adds folders; says whether all of them are watched.
    mutating func add(_ paths: some Sequence<String>) -> Bool {
        let mask = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ONLYDIR)
        var isComplete = true
        for path in paths where !watched.contains(path) {
            guard watched.count < Self.most else { return false }
            let watch = inotify_add_watch(descriptor, path, mask)
            guard watch >= 0 else {
                if errno == ENOSPC { isComplete = false }
                continue
            }
            watched.insert(path)
            folders[watch] = path
        }
        return isComplete
    }

    /// Reads what has happened, without waiting.
    mutating func read() -> Changes {
        var changes = Changes()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                return changes
            }
            buffer.withUnsafeBytes { bytes in
                var offset = 0
                // Of each event: the watch, what happened, a number, the length of the name, the name.
                while offset + 16 <= count {
                    let watch = bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)
                    let mask = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
                    let length = Int(bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
                    let name = bytes[(offset + 16)..<min(count, offset + 16 + length)].prefix { $0 != 0 }
                    take(watch, mask, String(decoding: name, as: UTF8.self), &changes)
                    offset += 16 + length
                }
            }
        }
    }

    private mutating func take(_ watch: Int32, _ mask: UInt32, _ name: String, _ changes: inout Changes) {
        if mask & UInt32(IN_Q_OVERFLOW) != 0 { changes.isIncomplete = true }
        guard let folder = folders[watch] else { return }
        if mask & UInt32(IN_IGNORED) != 0 {
            // The folder is gone; one that comes back in its place is watched anew.
            folders[watch] = nil
            watched.remove(folder)
        }
        // A file that is made is heard once it is written; a folder is heard at once.
        let isMadeFile = mask & UInt32(IN_CREATE) != 0 && mask & UInt32(IN_ISDIR) == 0
        if !name.isEmpty, !isMadeFile { changes.paths.insert(FilePath.join(folder, name)) }
    }
}
