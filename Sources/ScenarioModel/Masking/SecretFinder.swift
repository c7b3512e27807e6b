/// Finds where secrets stand in a text: as they are, escaped, or inside base64.
///
/// At each byte two tries are walked: one of the secrets' own bytes, which reads each character plain and
/// through every escape that may stand there; and one of base64 cores. The core of a secret at an offset
/// modulo 3 is the run of base64 digits that depend on the secret alone, whatever stands around it.
struct SecretFinder {
    private var plain = ByteTrie()
    private var base64 = ByteTrie()
    private var known: Set<String> = []
    private var longest = 0

    /// Whether there is nothing to find.
    var isEmpty: Bool { known.isEmpty }
    /// How many bytes of text a secret can take up: `&#x41;` for each byte, encoded again.
    var reach: Int { longest * 12 }

    /// Adds a secret, its text without surrounding space, and the longer lines of one that has several.
    mutating func add(_ secret: String) {
        insert(secret)
        insert(Self.trimmed(Substring(secret)))
        // Reports show texts line by line, so that a key in PEM form never stands there whole.
        let lines = secret.split(whereSeparator: \.isNewline)
        if lines.count > 1 {
            for line in lines.map(Self.trimmed) where line.utf8.count >= 8 { insert(line) }
        }
    }

    private mutating func insert(_ secret: String) {
        let bytes = Array(secret.utf8)
        guard bytes.count >= SecretMask.leastBytes, known.insert(secret).inserted else { return }
        longest = max(longest, bytes.count)
        plain.insert(bytes)
        for offset in 0..<3 { base64.insert(Base64Core.digits(of: bytes, at: offset)) }
    }

    private static func trimmed(_ text: Substring) -> String {
        let isSpace = { (c: Character) in c.isWhitespace }
        let start = text.firstIndex { !isSpace($0) } ?? text.endIndex
        let end = text.lastIndex { !isSpace($0) }.map { text.index(after: $0) } ?? start
        return String(text[start..<end])
    }

    /// The ranges of the text that hold secrets, in order; those that overlap are one.
    func ranges(in text: [UInt8]) -> [Range<Int>] {
        guard !isEmpty else { return [] }
        let escapes = EscapeReader(text: text)
        var found: [Range<Int>] = []
        for place in text.indices {
            let mayEscape = EscapeReader.mayBegin(text[place])
            var end = -1
            if mayEscape || plain.step(text[place]) != nil { end = plainEnd(escapes, from: place) }
            var start = place
            if mayEscape || Base64Core.digit(text[place]).map({ base64.step($0) != nil }) ?? false {
                let core = base64End(escapes, from: place)
                if core >= 0 {
                    end = max(end, Base64Core.afterEdge(escapes, core))
                    if place > 0, Base64Core.digit(text[place - 1]) != nil { start = place - 1 }
                }
            }
            guard end > place else { continue }
            if let last = found.last, start < last.upperBound {
                found[found.count - 1] = min(last.lowerBound, start)..<max(last.upperBound, end)
            } else {
                found.append(start..<end)
            }
        }
        return found
    }

    /// A place in the text that is reached with some bytes of a secret read.
    private struct Reached: Hashable {
        var place: Int
        var position: ByteTrie.Position?
        /// How often backslashes escape the text, 0 for not at all; nil while none has been read.
        var level: Int?
    }

    /// Returns the end of the longest secret that the text stands for from `start` on, or -1.
    private func plainEnd(_ escapes: EscapeReader, from start: Int) -> Int {
        let text = escapes.text
        var end = -1
        var open = [Reached(place: start)]
        // Two readings can meet again; each meeting is followed once.
        var met: Set<Reached> = []
        while var reached = open.popLast() {
            while reached.place < text.count {
                let byte = text[reached.place]
                let isBackslash = byte == UInt8(ascii: "\\")
                if EscapeReader.mayBegin(byte) {
                    let levels = !isBackslash ? 1...1 : reached.level.map { $0...$0 } ?? 1...EscapeReader.mostLevels
                    for level in levels where level > 0 {
                        guard let unit = escapes.escape(at: reached.place, level: level),
                            let next = step(unit.bytes, from: reached.position)
                        else { continue }
                        if plain.isEnd(next) { end = max(end, unit.end) }
                        let branch = Reached(
                            place: unit.end, position: next, level: isBackslash ? level : reached.level)
                        if met.insert(branch).inserted { open.append(branch) }
                    }
                }
                if isBackslash {
                    guard reached.level ?? 0 == 0 else { break }
                    reached.level = 0
                }
                guard let next = plain.step(byte, from: reached.position) else { break }
                reached.place += 1
                reached.position = next
                if plain.isEnd(next) { end = max(end, reached.place) }
                if !met.isEmpty, !met.insert(reached).inserted { break }
            }
        }
        return end
    }

    private func step(_ bytes: [UInt8], from begin: ByteTrie.Position?) -> ByteTrie.Position? {
        var position = begin
        for byte in bytes {
            guard let next = plain.step(byte, from: position) else { return nil }
            position = next
        }
        return position
    }

    /// Returns the end of the longest base64 core that begins at `start`, or -1.
    private func base64End(_ escapes: EscapeReader, from start: Int) -> Int {
        var end = -1
        var place = start
        var position: ByteTrie.Position?
        while let (digit, next) = Base64Core.nextDigit(escapes, at: place, mayBreak: position != nil),
            let reached = base64.step(digit, from: position)
        {
            position = reached
            place = next
            if base64.isEnd(reached) { end = place }
        }
        return end
    }
}
