/// A text with its positions marked by signs, which are taken out: `"a: 1️⃣b2️⃣"` is `a: b` with two positions.
public struct MarkedText: Sendable, Hashable {
    /// The text without the signs.
    public let text: String
    /// The UTF-8 offset in `text` of each sign.
    public let offsets: [Character: Int]

    /// The signs, in order: keycap digits.
    public static let signs: [Character] = ["1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "0️⃣"]

    /// Takes the signs out; each may stand once.
    public init(_ marked: String) {
        var text = ""
        var offsets: [Character: Int] = [:]
        for character in marked {
            if Self.signs.contains(character) {
                precondition(offsets[character] == nil, "the sign \(character) stands twice in a marked text")
                offsets[character] = text.utf8.count
            } else {
                text.append(character)
            }
        }
        self.text = text
        self.offsets = offsets
    }

    /// The UTF-8 offset of a sign that the text has.
    public subscript(_ sign: Character) -> Int {
        guard let offset = offsets[sign] else { preconditionFailure("no sign \(sign) in the marked text") }
        return offset
    }

    /// The UTF-8 offsets between two signs.
    public subscript(_ start: Character, _ end: Character) -> Range<Int> { self[start]..<self[end] }
}
