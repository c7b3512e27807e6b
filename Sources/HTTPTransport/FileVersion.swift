internal import Glibc

/// Tells whether a file is still the one that was looked at: another file, size or time of change is another version.
public struct FileVersion: Sendable, Hashable {
    private let device: UInt64
    private let number: UInt64
    private let seconds: Int
    private let nanoseconds: Int
    /// The bytes of the file.
    let size: Int
    /// Whether it is a plain file: no folder, pipe or device.
    public let isPlain: Bool

    /// Looks at the file of a path, links followed; nil where there is none.
    public init?(path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Looks at an open file; nil where it is none.
    init?(descriptor: Int32) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
        size = Int(status.st_size)
        isPlain = status.st_mode & S_IFMT == S_IFREG
    }
}
