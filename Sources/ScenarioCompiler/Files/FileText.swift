public import Diagnostics
import Glibc

/// Reads files the way a tool that is handed anything must: regular files only, bounded, never hanging.
public enum FileText {
    /// Why a file was not read.
    public enum Problem: Error, Sendable, Hashable {
        case missing
        case unreadable(String)
        /// `a directory`, `a named pipe`, …
        case notAFile(String)
        case tooLarge(Int, limit: Int)
    }

    /// The largest file that is read, in bytes.
    public static let limit = 64 << 20

    /// Returns the bytes of a regular file.
    public static func read(_ path: String, limit: Int = limit) throws(Problem) -> [UInt8] {
        // O_NONBLOCK, so that opening a named pipe returns at once and fstat can refuse it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw errno == ENOENT ? .missing : .unreadable(reason(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(reason(errno)) }
        if let kind = kind(status) { throw .notAFile(kind) }
        guard status.st_size <= limit else { throw .tooLarge(Int(status.st_size), limit: limit) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size) + 1)
        var buffer = [UInt8](repeating: 0, count: min(max(Int(status.st_size) + 1, 4096), 1 << 20))
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            guard count > 0 else { throw .unreadable(reason(errno)) }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= limit else { throw .tooLarge(bytes.count, limit: limit) }
        }
    }

    /// The word for what a path is when it is no regular file.
    static func kind(_ status: stat) -> String? {
        switch status.st_mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: "a directory"
        case S_IFIFO: "a named pipe"
        case S_IFSOCK: "a socket"
        case S_IFCHR, S_IFBLK: "a device"
        default: "no regular file"
        }
    }

    static func reason(_ number: Int32) -> String {
        String(cString: strerror(number)).lowercased()
    }
}

extension FileText.Problem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing: "there is no such file"
        case .unreadable(let reason): "it cannot be read: \(reason)"
        case .notAFile(let kind): "it is \(kind)"
        case .tooLarge(let size, let limit): "it has \(size) bytes, and \(limit) are allowed"
        }
    }
}
