internal import Glibc

/// What the last answers of a service began with: the next will mostly say the same, and then need no text of its own.
///
/// Heads are known as a whole, and the lines of the last one by their place in it, since a service may have a new number
/// or date in each head. Lives on the loop's thread.
final class KnownLines {
    private struct Line {
        var bytes: [UInt8]
        var header: HTTPHeader
    }
    private static let most = 32
    private static let longest = 256

    private static let mostHeads = 4
    private static let longestHead = 2 << 10

    private var lines: [Line] = []
    private var heads: [(bytes: [UInt8], head: ResponseHead)] = []
    /// Which head makes room for the next.
    private var oldest = 0

    init() {}

    /// The head that the bytes begin with, if it is known.
    func head(of bytes: UnsafeRawBufferPointer) -> ResponseHead? {
        guard let start = bytes.baseAddress else { return nil }
        for place in heads.indices where heads[place].bytes.count <= bytes.count {
            let isSame = unsafe heads[place].bytes.withUnsafeBytes { known in
                unsafe known.baseAddress.map { unsafe memcmp($0, start, known.count) == 0 } ?? false
            }
            if isSame { return heads[place].head }
        }
        return nil
    }

    /// Keeps a head, whose bytes these are.
    func keep(_ head: ResponseHead, _ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= Self.longestHead else { return }
        let known = unsafe (bytes: Array(bytes), head: head)
        guard heads.count == Self.mostHeads else { return heads.append(known) }
        heads[oldest] = known
        oldest = (oldest + 1) % Self.mostHeads
    }

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
