import CLinux
import Diagnostics
import Glibc
import ScenarioCompiler

/// Writes whole files: to a temporary one beside them, then renamed, so that nobody ever sees half of one.
enum ReplacedFile {
    /// Why a file could not be written, as the system says it.
    struct Problem: Error {
        var path: String
        var reason: String
    }

    /// Replaces a file's text; its mode stays, and where the path is a link, the file behind it is the one replaced.
    static func replace(_ path: String, with text: String) throws(Problem) {
        let real = FilePath.real(path) ?? path
        var status = stat()
        let mode = stat(real, &status) == 0 ? status.st_mode & 0o7777 : 0o644
        let temporary = FilePath.join(FilePath.parent(real), ".plumb-\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
        try write(text, to: temporary, mode: mode, shown: path)
        guard rename(temporary, real) == 0 else {
            let problem = Problem(path: path, reason: lastError())
            unlink(temporary)
            throw problem
        }
    }

    /// Writes a file that must not be there yet.
    static func create(_ path: String, _ text: String) throws(Problem) {
        try write(text, to: path, mode: 0o644, shown: path)
    }

    private static func write(_ text: String, to path: String, mode: mode_t, shown: String) throws(Problem) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Problem(path: shown, reason: lastError()) }
        defer { close(descriptor) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failed(path, shown) }
            bytes = bytes.dropFirst(count)
        }
        // The mode last: a file that only its owner may write is written like any other.
        guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else { throw failed(path, shown) }
    }

    private static func failed(_ path: String, _ shown: String) -> Problem {
        let problem = Problem(path: shown, reason: lastError())
        unlink(path)
        return problem
    }

    /// What the system said of the last call, in lower case.
    static func lastError() -> String { String(cString: strerror(errno)).lowercased() }

    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws(Problem) {
        if DiskFiles().isFolder(path) { return }
        let parent = FilePath.parent(path)
        if parent != path { try makeFolder(parent) }
        guard mkdir(path, 0o755) == 0 || errno == EEXIST && DiskFiles().isFolder(path) else {
            throw Problem(path: path, reason: lastError())
        }
    }
}

extension ReplacedFile.Problem {
    /// The problem as it is told.
    var diagnostic: Diagnostic {
        Diagnostic(
            .fileNotWritten, at: nil,
            "'\(FilePath.shown(path, from: Streams.workingFolder))' cannot be written: \(reason)")
    }
}
