internal import Glibc

/// The files of this machine.
public struct DiskFiles: FileAccess {
    /// Creates access to the machine's files.
    public init() {}

    public func read(_ path: String, limit: Int) throws(FileProblem) -> [UInt8] {
        // C would cut the path at a NUL and open another file.
        guard !path.utf8.contains(0) else { throw .missing }
        // Without O_NONBLOCK, opening a pipe waits for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileProblem(errno: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileProblem(errno: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .folder
        default: throw .special
        }
        guard status.st_size <= limit else { throw .tooLarge(limit: limit) }
        return try Self.readAll(descriptor, expected: Int(status.st_size), limit: limit)
    }

    /// Reads to the end, as the file may grow after its size was asked for.
    private static func readAll(_ descriptor: Int32, expected: Int, limit: Int) throws(FileProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(expected)
        var chunk = [UInt8](repeating: 0, count: max(4096, min(expected + 1, 1 << 20)))
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileProblem(errno: errno) }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        }
    }

    public func isFile(_ path: String) -> Bool { kind(of: path) == S_IFREG }

    public func isFolder(_ path: String) -> Bool { kind(of: path) == S_IFDIR }

    public func names(in folder: String) -> [String] {
        guard !folder.utf8.contains(0), let start = MemoryLayout<dirent>.offset(of: \.d_name),
            let stream = opendir(folder)
        else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            // The field is 256 bytes long, and the last entry of a buffer ends with its name: it is read in place.
            let name = String(cString: UnsafeRawPointer(entry).advanced(by: start).assumingMemoryBound(to: CChar.self))
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private func kind(of path: String) -> mode_t? {
        guard !path.utf8.contains(0) else { return nil }
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}

extension FileProblem {
    fileprivate init(errno code: Int32) {
        self =
            switch code {
            case ENOENT, ENOTDIR: .missing
            case EACCES, EPERM: .refused("permission denied")
            case ELOOP: .refused("too many symbolic links")
            case ENAMETOOLONG: .refused("the path is too long")
            case ENXIO: .special
            default: .refused("the system says error \(code)")
            }
    }
}
