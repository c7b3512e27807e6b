/// Says whether a text is well-formed XML, as far as a report's writer could get it wrong.
enum XMLCheck {
    /// Returns what is wrong; nil where nothing is.
    static func problem(in text: String) -> String? {
        if let scalar = text.unicodeScalars.first(where: { !isAllowed($0) }) {
            return "U+\(String(scalar.value, radix: 16)) is no character of XML"
        }
        var open: [Substring] = []
        var elements = 0
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            if let problem = textProblem(rest[..<start]) { return problem }
            rest = rest[start...]
            if rest.hasPrefix("<?") || rest.hasPrefix("<!--") || rest.hasPrefix("<![CDATA[") {
                let end = rest.hasPrefix("<?") ? "?>" : rest.hasPrefix("<!--") ? "-->" : "]]>"
                guard let found = rest.firstRange(of: end) else { return "'\(rest.prefix(20))' does not end" }
                rest = rest[found.upperBound...]
                continue
            }
            guard let end = rest.firstIndex(of: ">") else { return "a tag does not end" }
            let tag = rest[..<end].dropFirst()
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("/") {
                guard open.popLast() == tag.dropFirst() else { return "'<\(tag)>' closes another element" }
            } else {
                if open.isEmpty { elements += 1 }
                guard let match = tag.wholeMatch(of: /([A-Za-z][\w.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)/) else {
                    return "'<\(tag)>' is no tag"
                }
                if let problem = textProblem(match.2) { return problem }
                if match.3.isEmpty { open.append(match.1) }
            }
        }
        if let name = open.last { return "<\(name)> is not closed" }
        return elements == 1 ? nil : "there are \(elements) roots"
    }

    private static func textProblem(_ text: Substring) -> String? {
        if text.contains("]]>") { return "']]>' stands in a text" }
        var rest = text
        while let start = rest.firstIndex(of: "&") {
            guard let match = rest[start...].prefixMatch(of: /&(?:amp|lt|gt|quot|apos|#\d+|#x[0-9A-Fa-f]+);/) else {
                return "'&' stands alone: '\(rest[start...].prefix(20))'"
            }
            rest = rest[match.range.upperBound...]
        }
        return nil
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
