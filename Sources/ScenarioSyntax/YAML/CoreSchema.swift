/// The core schema of YAML 1.2: which plain texts are null, booleans and numbers.
///
/// `no`, `22:22`, `2024-01-01` are strings; `0777` is the number 777.
enum CoreSchema {
    /// The types that a tag may name.
    enum Kind: String, Sendable {
        case null
        case bool
        case int
        case float
        case str
        case seq
        case map

        /// The kind behind a tag of YAML's own, such as `tag:yaml.org,2002:int`; nil for any other.
        init?(tag: String) {
            guard tag.hasPrefix("tag:yaml.org,2002:") else { return nil }
            self.init(rawValue: String(tag.dropFirst("tag:yaml.org,2002:".count)))
        }
    }

    /// Hexadecimal and octal numbers beyond this many digits stay text.
    private static let radixDigits = 512

    /// The meaning of a plain text.
    static func resolve(_ text: String) -> YAMLScalar.Resolved {
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "~"):
            return isNull(text) ? .null : .string
        case UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"):
            return bool(text).map { .bool($0) } ?? .string
        case UInt8(ascii: ".") where !mayBeFloat(text): return .string
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            return integer(text).map { .integer($0) } ?? float(text).map { .float($0) } ?? .string
        default:
            return .string
        }
    }

    /// The meaning of a text whose tag says what it is; nil if it cannot be that.
    static func resolve(_ text: String, as kind: Kind) -> YAMLScalar.Resolved? {
        switch kind {
        case .str: .string
        case .null: isNull(text) || text.isEmpty ? .null : nil
        case .bool: bool(text).map { .bool($0) }
        case .int: integer(text).map { .integer($0) }
        case .float: float(text).map { .float($0) } ?? integer(text).flatMap { Double($0) }.map { .float($0) }
        case .seq, .map: nil
        }
    }

    /// Whether what follows the dot may belong to a number: expressions begin with a dot too, and there are many.
    private static func mayBeFloat(_ text: String) -> Bool {
        switch text.utf8.dropFirst().first {
        case (UInt8(ascii: "0")...UInt8(ascii: "9"))?: true
        case UInt8(ascii: "i")?, UInt8(ascii: "I")?, UInt8(ascii: "n")?, UInt8(ascii: "N")?: true
        default: false
        }
    }

    private static func isNull(_ text: String) -> Bool {
        ["null", "Null", "NULL", "~"].contains(text)
    }

    private static func bool(_ text: String) -> Bool? {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    /// The decimal digits of a whole number, without a plus sign or leading zeros.
    static func integer(_ text: String) -> String? {
        if text.hasPrefix("0x") { return digits(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0o") { return digits(text.dropFirst(2), radix: 8) }
        let isNegative = text.hasPrefix("-")
        let unsigned = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard !unsigned.isEmpty, unsigned.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        let significant = unsigned.drop { $0 == "0" }
        if significant.isEmpty { return "0" }
        return isNegative ? "-\(significant)" : String(significant)
    }

    private static func digits(_ text: Substring, radix: Int) -> String? {
        guard !text.isEmpty, text.utf8.count <= radixDigits else { return nil }
        // Decimal digits, least significant first.
        var decimal: [Int] = [0]
        for character in text {
            guard let digit = character.hexDigitValue, digit < radix, character.isASCII else { return nil }
            var carry = digit
            for index in decimal.indices {
                let value = decimal[index] * radix + carry
                decimal[index] = value % 10
                carry = value / 10
            }
            while carry > 0 {
                decimal.append(carry % 10)
                carry /= 10
            }
        }
        return decimal.reversed().map(String.init).joined()
    }

    /// A number with a fraction or an exponent, or one of `.inf` and `.nan`.
    private static func float(_ text: String) -> Double? {
        switch text {
        case ".nan", ".NaN", ".NAN": return .nan
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .infinity
        case "-.inf", "-.Inf", "-.INF": return -.infinity
        default: break
        }
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let whole = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
        rest = rest.dropFirst(whole.count)
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
            rest = rest.dropFirst(fraction)
        }
        guard !whole.isEmpty || fraction > 0 else { return nil }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            let exponent = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
            guard !exponent.isEmpty else { return nil }
            rest = rest.dropFirst(exponent.count)
        }
        guard rest.isEmpty else { return nil }
        return Double(text)
    }
}
