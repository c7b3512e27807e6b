/// The byte offsets at which the lines of a text begin; LF, CRLF and CR each end a line.
public struct LineIndex: Sendable, Hashable {
    /// The first byte of each line; the first entry is 0, or 3 behind a byte order mark.
    public let starts: [Int]
    /// Whether every character is one byte, so that columns need no counting.
    private let isASCII: Bool

    /// Scans the bytes once.
    public init(_ bytes: [UInt8]) {
        var starts = [bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0]
        var union: UInt8 = 0
        var i = starts[0]
        while i < bytes.count {
            union |= bytes[i]
            if bytes[i] == 0x0A {
                starts.append(i + 1)
            } else if bytes[i] == 0x0D, i + 1 == bytes.count || bytes[i + 1] != 0x0A {
                starts.append(i + 1)
            }
            i += 1
        }
        self.starts = starts
        self.isASCII = union < 0x80
    }

    /// The number, from 0, of the line that holds the offset.
    public func line(at offset: Int) -> Int {
        var low = 0
        var high = starts.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low
    }

    /// The bytes of a line, numbered from 0, without its line end.
    public func range(ofLine line: Int, in bytes: [UInt8]) -> Range<Int> {
        let start = min(starts[line], bytes.count)
        var end = line + 1 < starts.count ? starts[line + 1] : bytes.count
        while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
        return start..<end
    }

    /// The line and column of an offset; columns count Unicode scalars.
    public func position(at offset: Int, in bytes: [UInt8]) -> SourcePosition {
        let offset = max(0, min(offset, bytes.count))
        let line = line(at: offset)
        if isASCII { return SourcePosition(line: line + 1, column: max(0, offset - starts[line]) + 1) }
        var column = 1
        var i = starts[line]
        while i < offset {
            if bytes[i] & 0xC0 != 0x80 { column += 1 }
            i += 1
        }
        return SourcePosition(line: line + 1, column: column)
    }
}
