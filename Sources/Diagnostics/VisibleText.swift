/// Text made safe to show: every character that a terminal would obey or hide is written out.
public struct VisibleText: Sendable, Hashable {
    /// What is shown.
    public private(set) var text = ""
    /// How many terminal cells it takes; East Asian wide characters and emoji take two.
    public private(set) var cells = 0

    /// Creates an empty text.
    public init() {}

    /// Creates the visible form of a text; a line feed becomes `\n`.
    public init(_ text: String) {
        append(text)
    }

    /// Creates the visible form of a range of bytes: those that are no UTF-8 become `\xFF`, tabs become spaces.
    ///
    /// A tab reaches to the next multiple of `tabStop`, counted from `column` cells before the text.
    public init(_ bytes: [UInt8], _ range: Range<Int>, from column: Int = 0, tabStop: Int = 4) {
        var pending = ""
        var offset = range.lowerBound
        while offset < range.upperBound {
            guard let scalar = UTF8Text.scalar(in: bytes, at: offset) else {
                append(pending)
                pending = ""
                add("\\x" + VisibleText.hex(UInt32(bytes[offset]), digits: 2))
                offset += 1
                continue
            }
            offset += UTF8.width(scalar)
            if scalar == "\t" {
                append(pending)
                pending = ""
                add(String(repeating: " ", count: tabStop - (column + cells) % tabStop))
            } else {
                pending.unicodeScalars.append(scalar)
            }
        }
        append(pending)
    }

    /// Adds a text, its tabs written as `\t`.
    public mutating func append(_ more: String) {
        if more.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
            text += more
            cells += more.utf8.count
            return
        }
        for character in more { append(character) }
    }

    private mutating func add(_ ascii: String) {
        text += ascii
        cells += ascii.utf8.count
    }

    private mutating func append(_ character: Character) {
        if let ascii = character.asciiValue, ascii >= 0x20, ascii < 0x7F {
            text.append(character)
            cells += 1
            return
        }
        let scalars = Array(character.unicodeScalars)
        let isJoinedEmoji = scalars.count > 1 && scalars[0].properties.isEmoji && !scalars[0].isASCII
        guard scalars.contains(where: { VisibleText.isHidden($0, inEmoji: isJoinedEmoji) }) else {
            text.append(character)
            cells += VisibleText.cells(of: scalars)
            return
        }
        for scalar in scalars {
            if VisibleText.isHidden(scalar, inEmoji: isJoinedEmoji) {
                add(VisibleText.escape(scalar))
            } else {
                text.unicodeScalars.append(scalar)
                cells += VisibleText.cells(of: [scalar])
            }
        }
    }
}

extension VisibleText {
    /// The way a character is written out: `\n`, `\t` or `\u{1B}`.
    public static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(hex(scalar.value, digits: 2))}"
        }
    }

    /// The number of a character in Swift's notation: `\u{430}`.
    public static func codePoint(_ scalar: Unicode.Scalar) -> String {
        "\\u{\(hex(scalar.value, digits: 2))}"
    }

    /// Whether a character is one that a reader cannot see or a terminal obeys.
    public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        isHidden(scalar, inEmoji: false)
    }

    private static func isHidden(_ scalar: Unicode.Scalar, inEmoji: Bool) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            return true
        case .format:
            return !inEmoji
        case .spaceSeparator:
            // A no-break space looks like a space and is none to YAML.
            return true
        default:
            return scalar == "\u{115F}" || scalar == "\u{1160}" || scalar == "\u{3164}" || scalar == "\u{FFA0}"
        }
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    private static func cells(of scalars: [Unicode.Scalar]) -> Int {
        guard let first = scalars.first else { return 0 }
        if scalars.contains(where: isWide) { return 2 }
        // An emoji that is text by default is drawn wide when a variation selector asks for it.
        if scalars.contains("\u{FE0F}"), first.properties.isEmoji { return 2 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return scalars.count == 1 ? 0 : 1
        default: return 1
        }
    }

    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x1100: false
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F1E6...0x1F1FF,
            0x20000...0x3FFFD:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }
}
