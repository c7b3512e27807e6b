/// Letters of other alphabets that are drawn like Latin ones.
enum LookAlike {
    private static let latin: [Unicode.Scalar: Unicode.Scalar] = [
        "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ј": "j", "ѕ": "s", "һ": "h",
        "ԁ": "d", "ո": "n", "ν": "v", "ο": "o", "α": "a", "ρ": "p", "τ": "t", "υ": "u", "κ": "k", "ι": "i", "к": "k",
        "м": "m", "т": "t", "в": "b", "н": "h", "ı": "i", "ɡ": "g", "ⅼ": "l",
    ]

    /// The name with look-alikes replaced, full-width letters narrowed and everything else that is no ASCII left out.
    static func ascii(_ name: String) -> String {
        var plain = ""
        for scalar in name.unicodeScalars {
            if scalar.isASCII, scalar.value >= 0x20 {
                plain.unicodeScalars.append(scalar)
            } else if let letter = latin[scalar] {
                plain.unicodeScalars.append(letter)
            } else if (0xFF01...0xFF5E).contains(scalar.value), let narrow = Unicode.Scalar(scalar.value - 0xFEE0) {
                plain.unicodeScalars.append(narrow)
            }
        }
        return plain
    }
}
