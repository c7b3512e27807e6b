internal import Glibc

/// The header lines of the last answer from a service, by their place in it: those of the next are mostly the same, and
/// then need no text of their own.
///
/// Lives on the loop's thread.
final class KnownLines {
    private struct Line {
        var bytes: [UInt8]
        var header: HTTPHeader
    }
    private static let most = 32
    private static let longest = 256

    private var lines: [Line] = []

    init() {}

    /// What the line at a place says, if it is the one that stood there last.
    func header(at place: Int, _ line: UnsafeRawBufferPointer) -> HTTPHeader? {
        guard place < lines.count, lines[place].bytes.count == line.count, let start = line.baseAddress else {
            return nil
        }
        let isSame = unsafe lines[place].bytes.withUnsafeBytes { known in
            unsafe known.baseAddress.map { unsafe memcmp($0, start, line.count) == 0 } ?? false
        }
        return isSame ? lines[place].header : nil
    }

    /// Keeps what the line at a place says.
    func keep(_ header: HTTPHeader, at place: Int, _ line: UnsafeRawBufferPointer) {
        guard place < Self.most, place <= lines.count, line.count <= Self.longest else { return }
        let line = unsafe Line(bytes: Array(line), header: header)
        if place == lines.count { lines.append(line) } else { lines[place] = line }
    }
}
