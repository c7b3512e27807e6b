/// Reads `{name="value", …}`, the name of a metric in quotes among them, as places in the text.
struct LabelScanner {
    let text: [UInt8]
    /// Where the next byte is read; behind the closing brace after a scan.
    var at: Int
    /// The labels of the last scan.
    var labels: [Place] = []
    /// The metric's name where it stands in quotes inside of the braces.
    var metric: Range<Int>?
    /// The sum of the labels' hashes: the same for labels in any order, and an empty value is no label.
    var hash = 0

    /// A label, escapes as they are written.
    struct Place {
        var name: Range<Int>
        var value: Range<Int>
        var hash: Int
    }

    /// Where a text stops being labels, and why.
    struct Misfit: Error {
        var at: Int
        var reason: String
    }

    /// From so many labels on, names are looked up rather than compared one by one.
    private static let fewLabels = 16

    init(_ text: [UInt8], at: Int) {
        self.text = text
        self.at = at
    }

    /// Reads labels from an opening brace to the closing one; `isStrict` allows no comma that separates nothing.
    mutating func scan(isStrict: Bool) throws(Misfit) {
        labels.removeAll(keepingCapacity: true)
        metric = nil
        hash = 0
        at += 1
        skipBlanks()
        if !isStrict, byte == UInt8(ascii: ",") {
            at += 1
            skipBlanks()
        }
        while byte != UInt8(ascii: "}") {
            try readTerm()
            skipBlanks()
            if byte == UInt8(ascii: "}") { break }
            guard byte == UInt8(ascii: ",") else { throw misfit("expected ',' or '}' between labels") }
            at += 1
            skipBlanks()
            if isStrict, byte == UInt8(ascii: "}") { throw misfit("a comma stands behind the last label") }
        }
        at += 1
        try checkNames()
    }

    private mutating func readTerm() throws(Misfit) {
        let name: Range<Int>
        if byte == UInt8(ascii: "\"") {
            name = try readQuoted()
            skipBlanks()
            guard byte == UInt8(ascii: "=") else {
                guard metric == nil, labels.isEmpty else { throw misfit("a quoted name stands behind labels") }
                guard !name.isEmpty else { throw misfit("the metric's name is empty") }
                metric = name
                return
            }
        } else {
            let start = at
            while let byte, Self.isLabelByte(byte, isFirst: at == start) { at += 1 }
            name = start..<at
            guard !name.isEmpty else { throw misfit("expected a label's name") }
            skipBlanks()
            guard byte == UInt8(ascii: "=") else { throw misfit("expected '=' behind a label's name") }
        }
        at += 1
        skipBlanks()
        guard byte == UInt8(ascii: "\"") else { throw misfit("a label's value stands in quotes") }
        let value = try readQuoted()
        let hash = Self.hash(text, name, value)
        if !value.isEmpty { self.hash &+= hash }
        labels.append(Place(name: name, value: value, hash: hash))
    }

    /// Reads a text in quotes; the range is what stands between them.
    private mutating func readQuoted() throws(Misfit) -> Range<Int> {
        at += 1
        let start = at
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: "\""):
                at += 1
                return start..<(at - 1)
            case UInt8(ascii: "\\"):
                if at + 1 < text.count, text[at + 1] != 0x0A { at += 1 }
                at += 1
            case 0x0A: throw misfit("the line ends inside of a text in quotes")
            default: at += 1
            }
        }
        throw misfit("the page ends inside of a text in quotes")
    }

    private func checkNames() throws(Misfit) {
        if labels.count > Self.fewLabels {
            var seen: Set<ArraySlice<UInt8>> = []
            for label in labels where !seen.insert(text[label.name]).inserted { throw twice(label) }
            return
        }
        for (position, label) in labels.enumerated() {
            for other in labels[..<position]
            where other.name.count == label.name.count && text[other.name].elementsEqual(text[label.name]) {
                throw twice(label)
            }
        }
    }

    private func twice(_ label: Place) -> Misfit {
        Misfit(
            at: label.name.lowerBound,
            reason: "the label '\(String(decoding: text[label.name].prefix(60), as: UTF8.self))' stands twice")
    }

    private mutating func skipBlanks() { while byte == 0x20 || byte == 0x09 { at += 1 } }

    private var byte: UInt8? { at < text.count ? text[at] : nil }

    private func misfit(_ reason: String) -> Misfit { Misfit(at: at, reason: reason) }

    private static func isLabelByte(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): !isFirst
        default: false
        }
    }

    /// The seeded hash of a label, so that no page can choose labels that collide.
    private static func hash(_ text: [UInt8], _ name: Range<Int>, _ value: Range<Int>) -> Int {
        var hasher = Hasher()
        text.withUnsafeBytes { bytes in
            hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: bytes[name]))
            hasher.combine(UInt8(0xFF))
            hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: bytes[value]))
        }
        return hasher.finalize()
    }
}
