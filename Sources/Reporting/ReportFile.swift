internal import Glibc

/// A file that appears as a whole or not at all.
///
/// Bytes go to a file without a name in the same folder, which takes the report's name when it is complete
/// and on the disk. An old report stays until then, a run that is killed leaves nothing behind, and two runs
/// that write to one path each leave a whole report: the last one stays. `-` is standard output, and a path
/// that is a device or a pipe is written as it is.
public final class ReportFile: ReportSink {
    private let path: String
    private var descriptor: Int32
    private let kind: Kind

    private enum Kind {
        /// Standard output, a device, a pipe: written in place.
        case stream
        /// A file without a name (`O_TMPFILE`).
        case nameless
        /// A file of this temporary name, where the file system has no nameless ones.
        case temporary(String)
        /// Committed or given up.
        case closed
    }

    private var state: Kind

    /// Opens a report for writing; fails where the path could not become a file.
    public init(path: String) throws(ReportError) {
        self.path = path
        if path == "-" {
            descriptor = STDOUT_FILENO
            kind = .stream
        } else {
            (descriptor, kind) = try Self.open(path)
        }
        state = kind
    }

    deinit {
        if case .temporary(let name) = state { unlink(name) }
        close()
    }

    /// Writes bytes to the file that is to become the report.
    public func write(_ bytes: [UInt8]) throws(ReportError) {
        if case .closed = state { return }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN {
                    try waitUntilWritable()
                    continue
                }
                throw error(errno)
            }
            written += count
        }
    }

    /// Brings the report to the disk and gives it its name.
    public func commit() throws(ReportError) {
        switch state {
        case .closed: return
        case .stream: break
        case .nameless, .temporary:
            guard fsync(descriptor) == 0 else { throw error(errno) }
            try rename()
        }
        state = .closed
        close()
    }

    private func rename() throws(ReportError) {
        var name = ""
        switch state {
        case .temporary(let temporary): name = temporary
        case .nameless:
            // A link never replaces a file, so the nameless file gets a temporary name for an instant.
            name = Self.temporaryName(beside: path)
            guard linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 else {
                throw error(errno)
            }
            state = .temporary(name)
        case .stream, .closed: return
        }
        guard Glibc.rename(name, path) == 0 else { throw error(errno) }
        let folder = Glibc.open(Self.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            // The name is on the disk too once its folder is; a file system without this is no error.
            _ = fsync(folder)
            _ = Glibc.close(folder)
        }
    }

    private func close() {
        if descriptor > STDERR_FILENO { _ = Glibc.close(descriptor) }
        descriptor = -1
    }

    private func waitUntilWritable() throws(ReportError) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&entry, 1, 10_000) > 0 else {
            throw ReportError(path: path, message: "the reader took nothing for 10 s")
        }
    }

    private func error(_ number: Int32) -> ReportError { Self.error(path, number) }
}

extension ReportFile {
    /// `__O_TMPFILE | O_DIRECTORY`; a macro that Swift does not import.
    private static let nameless = 0o20_000_000 | O_DIRECTORY

    private static func open(_ path: String) throws(ReportError) -> (Int32, Kind) {
        guard !path.isEmpty else { throw ReportError(path: path, message: "its path is empty") }
        var entry = stat()
        if stat(path, &entry) == 0 {
            let type = entry.st_mode & S_IFMT
            if type == S_IFDIR {
                throw ReportError(
                    path: path, message: "it is a directory", hint: "name a file in it, such as '\(path)/report'")
            }
            if type != S_IFREG {
                let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
                guard descriptor >= 0 else { throw error(path, errno) }
                return (descriptor, .stream)
            }
            guard access(path, W_OK) == 0 else { throw error(path, errno) }
        }
        let descriptor = Glibc.open(folder(of: path), O_WRONLY | O_CLOEXEC | nameless, 0o666)
        if descriptor >= 0 { return (descriptor, .nameless) }
        guard errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL else { throw error(path, errno) }
        let name = temporaryName(beside: path)
        let named = Glibc.open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard named >= 0 else { throw error(path, errno) }
        return (named, .temporary(name))
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func temporaryName(beside path: String) -> String {
        let folder = folder(of: path)
        return "\(folder == "/" ? "" : folder)/.plumb-\(getpid())-\(UInt64.random(in: .min ... .max)).part"
    }

    private static func error(_ path: String, _ number: Int32) -> ReportError {
        switch number {
        case ENOENT, ENOTDIR:
            let folder = folder(of: path)
            return ReportError(
                path: path, message: "there is no folder '\(folder)'", hint: "create it: mkdir -p '\(folder)'")
        case EACCES, EPERM, EROFS:
            return ReportError(
                path: path, message: "no permission to write there", hint: "choose a folder that this user may write to"
            )
        case ENOSPC, EDQUOT:
            return ReportError(path: path, message: "no space is left; an older report is kept as it was")
        case ENXIO:
            return ReportError(path: path, message: "it is a pipe that nobody reads")
        default:
            return ReportError(path: path, message: String(cString: strerror(number)).lowercased())
        }
    }
}
