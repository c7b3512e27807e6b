internal import Glibc

/// Writes a file of lines, and takes it away again where that fails.
struct SnapshotWriter: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private(set) var size = 0

    /// How much is gathered before it is written.
    private static let chunk = 1 << 20

    /// Makes a file that only its owner reads; it must not be there.
    init(_ path: String) throws(VectorError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .snapshot("a snapshot's file cannot be made") }
    }

    deinit { close(descriptor) }

    mutating func line(_ json: JSON) throws(VectorError) {
        pending += json.encoded
        pending.append(UInt8(ascii: "\n"))
        if pending.count >= Self.chunk { try flush() }
    }

    mutating func bytes(_ bytes: some Collection<UInt8>) throws(VectorError) {
        pending += bytes
        try flush()
    }

    /// Writes what waits.
    mutating func flush() throws(VectorError) {
        var written = 0
        while written < pending.count {
            let count = pending[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = String(cString: strerror(errno))
                unlink(path)
                throw .snapshot("a snapshot cannot be written: \(reason)")
            }
            written += count
        }
        size += written
        pending.removeAll(keepingCapacity: true)
    }
}

/// Reads a file line by line, or chunk by chunk.
final class SnapshotReader {
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var start = 0

    private static let chunk = 1 << 20
    private static let longestLine = 32 << 20

    init(_ path: String) throws(VectorError) {
        // Not blocking: opening a FIFO would wait for its other end.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw VectorError(status: 400, message: "Bad request: Snapshot file \"\(path)\" does not exist")
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The next bytes of the file; none at its end.
    func chunk() throws(VectorError) -> [UInt8] {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunk) { buffer, filled in
                count = read(descriptor, buffer.baseAddress, buffer.count)
                filled = max(0, count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .snapshot("a snapshot cannot be read: \(String(cString: strerror(errno)))") }
            return bytes
        }
    }

    /// The next line as JSON; nil behind the last.
    func line() throws(VectorError) -> JSON? {
        var searched = start
        while true {
            if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(pending[start..<end])
                start = end + 1
                do throws(JSONError) {
                    return try JSON(parsing: line)
                } catch {
                    throw .bad("the file is no snapshot of this store: \(error.reason)")
                }
            }
            guard pending.count - start <= Self.longestLine else { throw .bad("the file is no snapshot of this store") }
            pending.removeFirst(start)
            start = 0
            searched = pending.count
            let more = try chunk()
            if more.isEmpty {
                guard pending.isEmpty else { throw .bad("the snapshot ends within a line") }
                return nil
            }
            pending += more
        }
    }
}

extension VectorError {
    static func snapshot(_ what: String) -> Self { Self(status: 500, message: "Service internal error: \(what)") }
}
