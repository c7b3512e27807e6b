internal import Diagnostics

/// A copy of an env file for diagnostics to show, in which all but the names that are set is blotted out.
///
/// The copy has one byte for each Unicode scalar, so lines and columns are those of the file.
struct EnvironmentText {
    private let bytes: [UInt8]
    private let lines: LineIndex
    private let blotted: SourceFile

    /// Copies the text; `names` are the ranges that may be shown, ascending.
    init(path: String, bytes: [UInt8], names: [Range<Int>]) {
        self.bytes = bytes
        lines = LineIndex(bytes)
        var shown: [UInt8] = []
        shown.reserveCapacity(bytes.count)
        var next = 0
        for line in lines.starts.indices {
            for at in lines.range(ofLine: line, in: bytes) where bytes[at] & 0xC0 != 0x80 {
                while next < names.count, names[next].upperBound <= at { next += 1 }
                let isName = next < names.count && names[next].contains(at)
                shown.append(isName ? bytes[at] : UInt8(ascii: "*"))
            }
            shown.append(0x0A)
        }
        blotted = SourceFile(path: path, bytes: shown)
    }

    /// The place in the copy of a range of the bytes, within one line.
    func span(_ range: Range<Int>) -> SourceSpan {
        let from = offset(of: range.lowerBound)
        return SourceSpan(blotted, from..<max(from, offset(of: range.upperBound)))
    }

    private func offset(of place: Int) -> Int {
        let position = lines.position(at: place, in: bytes)
        let starts = blotted.lines.starts
        return starts[min(position.line - 1, starts.count - 1)] + position.column - 1
    }
}
