/// Reads a page line by line; what both formats have in common.
///
/// A line is metadata or a sample. The lines of ``parsePrometheusText()`` are lax about blanks and order, those of
/// ``parseOpenMetrics()`` are not. The text is never copied: what is kept are places in it.
struct PageParser {
    let text: [UInt8]
    var at = 0
    var families: [MetricFamily] = []
    var points: [MetricsPage.Point] = []
    var exemplars: [MetricsPage.ExemplarPoint] = []
    var histograms: [MetricSample.NativeHistogram] = []
    /// Values that their metrics cannot have, where those are no reason to refuse the page.
    var complaints: [ExpositionError] = []
    let isStrict: Bool
    var scanner: LabelScanner
    private var lineStart = 0
    private var line = 1

    /// The most bytes of a page: places are kept in four bytes each.
    private static let limit = Int(UInt32.max) - 1
    /// The most bytes of a line that an error shows.
    private static let excerptLimit = 200

    init(_ text: [UInt8], isStrict: Bool) {
        self.text = text
        self.isStrict = isStrict
        scanner = LabelScanner(text, at: 0)
        points.reserveCapacity(min(text.count / 80, 1 << 20))
    }

    /// What must hold of the whole text before a line is read.
    mutating func checkText() throws(ExpositionError) {
        guard text.count <= Self.limit else { throw failure("the page has over four gigabytes") }
        if let bad = UTF8Check.firstError(in: text) {
            at = bad
            line = 1 + text[..<bad].count { $0 == 0x0A }
            lineStart = (text[..<bad].lastIndex(of: 0x0A) ?? -1) + 1
            throw failure("the text is not UTF-8")
        }
    }

    var byte: UInt8? { at < text.count ? text[at] : nil }

    var isAtLineEnd: Bool { at >= text.count || text[at] == 0x0A }

    /// Begins a line; false at the end of the text.
    mutating func beginLine() -> Bool {
        lineStart = at
        return at < text.count
    }

    /// Ends a line behind its line feed.
    mutating func endLine() {
        at += 1
        line += 1
    }

    mutating func skipBlanks() { while byte == 0x20 || byte == 0x09 { at += 1 } }

    /// The bytes up to a blank or the end of the line.
    mutating func token() -> Range<Int> {
        let start = at
        while let byte, byte != 0x20, byte != 0x09, byte != 0x0A { at += 1 }
        return start..<at
    }

    /// The bytes up to the end of the line.
    mutating func restOfLine() -> Range<Int> {
        let start = at
        while !isAtLineEnd { at += 1 }
        return start..<at
    }

    /// A metric's name as every version of Prometheus knows it; empty where none begins here.
    mutating func plainName() -> Range<Int> {
        let start = at
        while at < text.count, Self.isNameByte(text[at], isFirst: at == start) { at += 1 }
        return start..<at
    }

    /// A name in metadata, quotes allowed.
    mutating func metadataName() throws(ExpositionError) -> String {
        guard byte == UInt8(ascii: "\"") else {
            let range = plainName()
            guard !range.isEmpty, isAtLineEnd || byte == 0x20 || byte == 0x09 else {
                throw failure("expected a metric's name")
            }
            return String(decoding: text[range], as: UTF8.self)
        }
        let start = at + 1
        at = start
        while let byte, byte != UInt8(ascii: "\"") {
            guard byte != 0x0A else { throw failure("the line ends inside of a name") }
            at += byte == UInt8(ascii: "\\") && at + 1 < text.count && text[at + 1] != 0x0A ? 2 : 1
        }
        guard at < text.count, at > start else { throw failure("a name in quotes has no end") }
        at += 1
        return Escapes.text(text[start..<(at - 1)])
    }

    /// The labels that begin here; hash and places are in ``scanner``.
    mutating func labels(isStrict: Bool) throws(ExpositionError) {
        scanner.at = at
        do throws(LabelScanner.Misfit) {
            try scanner.scan(isStrict: isStrict)
        } catch {
            at = error.at
            throw failure(error.reason)
        }
        at = scanner.at
    }

    /// The number of a range, or an error that names it.
    func number(_ range: Range<Int>, _ what: String) throws(ExpositionError) -> Double {
        if let number = PageNumber.parse(text, range) { return number }
        throw failure(
            range.isEmpty ? "expected \(what)" : "'\(shown(range))' is no \(what)", at: range.lowerBound)
    }

    /// Bytes as an error shows them.
    func shown(_ range: Range<Int>) -> String { String(decoding: text[range].prefix(60), as: UTF8.self) }

    func failure(_ reason: String, at place: Int? = nil) -> ExpositionError {
        let end = text[min(lineStart, text.count)...].prefix(Self.excerptLimit).firstIndex(of: 0x0A)
        let stop = end ?? min(text.count, lineStart + Self.excerptLimit)
        return ExpositionError(
            line: line, column: max(0, (place ?? at) - lineStart) + 1, reason: reason,
            excerpt: String(decoding: text[min(lineStart, stop)..<stop], as: UTF8.self))
    }

    private static func isNameByte(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: ":"):
            true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): !isFirst
        default: false
        }
    }
}

/// Looks for bytes that are no UTF-8.
enum UTF8Check {
    /// Where the first such byte stands, or nil.
    static func firstError(in text: [UInt8]) -> Int? {
        var at = 0
        let end = text.count
        while at < end {
            let first = text[at]
            if first < 0x80 {
                at += 1
                continue
            }
            let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
            guard first >= 0xC2, first <= 0xF4, at + length <= end else { return at }
            for other in text[(at + 1)..<(at + length)] where other & 0xC0 != 0x80 { return at }
            let second = text[at + 1]
            // Overlong forms, surrogates, and what lies behind the last code point.
            let isOutside =
                first == 0xE0 && second < 0xA0 || first == 0xED && second > 0x9F || first == 0xF0 && second < 0x90
                || first == 0xF4 && second > 0x8F
            if isOutside { return at }
            at += length
        }
        return nil
    }
}
