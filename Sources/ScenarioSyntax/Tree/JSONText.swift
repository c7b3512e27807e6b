/// A JSON text under construction; members keep their order.
indirect enum JSONText {
    case bool(Bool)
    /// A number as it is written.
    case number(String)
    case string(String)
    case array([JSONText])
    case object([(String, JSONText)])

    /// The text over several lines, indented by two spaces a level; short arrays of scalars stay on one line.
    func pretty(_ indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .bool(let value): return value ? "true" : "false"
        case .number(let text): return text
        case .string(let text): return JSONText.quoted(text)
        case .array(let elements):
            if elements.isEmpty { return "[]" }
            if elements.allSatisfy(\.isScalar) {
                return "[" + elements.map { $0.pretty() }.joined(separator: ", ") + "]"
            }
            return "[\n" + elements.map { inner + $0.pretty(inner) }.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members):
            if members.isEmpty { return "{}" }
            let lines = members.map { "\(inner)\(JSONText.quoted($0)): \($1.pretty(inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }

    private var isScalar: Bool {
        switch self {
        case .bool, .number, .string: true
        case .array, .object: false
        }
    }

    /// A text in double quotes, which JSON and YAML read alike; what does not print is escaped.
    static func quoted(_ text: String) -> String {
        var written = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": written += "\\\""
            case "\\": written += "\\\\"
            case "\n": written += "\\n"
            case "\r": written += "\\r"
            case "\t": written += "\\t"
            case "\0"..<" ", "\u{7F}"..<"\u{A0}":
                let hex = String(scalar.value, radix: 16, uppercase: true)
                written += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
            default: written.unicodeScalars.append(scalar)
            }
        }
        return written + "\""
    }
}
