public import Diagnostics
internal import Glibc

extension Template {
    /// Reads a value and reports everything wrong with its expressions; nil if there was an error.
    ///
    /// The role is `.template` or `.expectTemplate`. A template ends at the first `}}` outside jq's strings and brackets;
    /// `$${{` writes a literal `${{`.
    public static func parse(
        _ source: LocatedText, role: Expression.Role = .template, extraVariables: Set<String> = [],
        into diagnostics: inout [Diagnostic]
    ) -> Template? {
        guard containsMarker(source.text) else { return .literal(source.text) }
        let bytes = Array(source.text.utf8)
        var parts: [Part] = []
        var literal: [UInt8] = []
        var failed = false
        var position = 0
        while position < bytes.count {
            if bytes.has("$${{", at: position) {
                literal += "${{".utf8
                position += 4
                continue
            }
            guard bytes.has("${{", at: position) else {
                literal.append(bytes[position])
                position += 1
                continue
            }
            let opening = position..<position + 3
            switch TemplateScanner.end(of: bytes, from: opening.upperBound) {
            case .closed(let end):
                if !literal.isEmpty { parts.append(.literal(String(decoding: literal, as: UTF8.self))) }
                literal = []
                let inner = bytes.trimmed(opening.upperBound..<end)
                let located = inner.isEmpty ? source.slice(opening.lowerBound..<end + 2) : source.slice(inner)
                if inner.isEmpty {
                    diagnostics.append(Diagnostic(.jqEmpty, at: located.span, "the template is empty"))
                    failed = true
                } else if let expression = Expression.parse(
                    located, role: role, extraVariables: extraVariables, into: &diagnostics)
                {
                    parts.append(.value(expression))
                } else {
                    failed = true
                }
                position = end + 2
            case .unclosed(let culprit):
                diagnostics.append(.unclosed(opening, culprit, in: source, bytes))
                return nil
            }
        }
        if failed { return nil }
        if parts.count == 1, literal.isEmpty, case .value(let expression) = parts[0] { return .whole(expression) }
        if !literal.isEmpty { parts.append(.literal(String(decoding: literal, as: UTF8.self))) }
        if parts.isEmpty { return .literal("") }
        if parts.count == 1, case .literal(let text) = parts[0] { return .literal(text) }
        return .text(parts)
    }

    /// Whether a text holds `${{`, escaped or not.
    public static func containsMarker(_ text: String) -> Bool {
        // By memchr, as a large text that many aliases share is asked for each of them.
        let mayHold = unsafe text.utf8.withContiguousStorageIfAvailable { bytes in
            guard let base = bytes.baseAddress else { return false }
            return unsafe memchr(base, CInt(UInt8(ascii: "{")), bytes.count) != nil
        }
        guard mayHold ?? true else { return false }
        let bytes = Array(text.utf8)
        return bytes.indices.contains { bytes.has("${{", at: $0) }
    }
}

/// Finds where a template's expression ends, by jq's strings and brackets alone.
enum TemplateScanner {
    enum Result: Equatable {
        /// Where `}}` stands.
        case closed(Int)
        /// The string or bracket that was still open at the end of the text, if any.
        case unclosed(Int?)
    }

    static func end(of bytes: [UInt8], from start: Int) -> Result {
        /// Where each open bracket, string or interpolation began; the first string that never ends is the culprit.
        var open: [(close: UInt8, at: Int)] = []
        var position = start
        while position < bytes.count {
            let byte = bytes[position]
            if open.last?.close == quote {
                if byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
                    position += 1
                    if bytes[position] == UInt8(ascii: "(") { open.append((UInt8(ascii: ")"), position - 1)) }
                } else if byte == quote {
                    open.removeLast()
                }
                position += 1
                continue
            }
            switch byte {
            case quote: open.append((quote, position))
            case UInt8(ascii: "("): open.append((UInt8(ascii: ")"), position))
            case UInt8(ascii: "["): open.append((UInt8(ascii: "]"), position))
            case UInt8(ascii: "{"): open.append((UInt8(ascii: "}"), position))
            case UInt8(ascii: "#"): position = commentEnd(bytes, from: position) - 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"):
                if open.last?.close == byte { open.removeLast() }
            case UInt8(ascii: "}"):
                if open.last?.close == byte {
                    open.removeLast()
                } else if bytes.has("}}", at: position), !open.contains(where: { $0.close == quote }) {
                    // A bracket that is open here is the expression's error, not the template's.
                    return .closed(position)
                }
            default: break
            }
            position += 1
        }
        return .unclosed(open.first?.at)
    }

    private static let quote = UInt8(ascii: "\"")

    /// Where a comment ends: at the line's end or the template's.
    private static func commentEnd(_ bytes: [UInt8], from start: Int) -> Int {
        var position = start
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n"), !bytes.has("}}", at: position) {
            position += 1
        }
        return position
    }
}

extension [UInt8] {
    /// Whether the ASCII text stands at the offset.
    fileprivate func has(_ text: StaticString, at offset: Int) -> Bool {
        guard offset + text.utf8CodeUnitCount <= count else { return false }
        return text.withUTF8Buffer { unsafe $0.elementsEqual(self[offset..<offset + $0.count]) }
    }

    /// The range without the blanks at its ends.
    fileprivate func trimmed(_ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, self[lower] <= 0x20 { lower += 1 }
        while lower < upper, self[upper - 1] <= 0x20 { upper -= 1 }
        return lower..<upper
    }
}

extension Diagnostic {
    fileprivate static func unclosed(
        _ opening: Range<Int>, _ culprit: Int?, in source: LocatedText, _ bytes: [UInt8]
    ) -> Self {
        let label = culprit.map { at in
            Label(
                span: source.span(of: at..<at + 1),
                text: bytes[at] == UInt8(ascii: "\"") ? "this string does not end" : "this bracket is not closed")
        }
        return Diagnostic(
            .templateUnclosed, at: source.span(of: opening), "'${{' is not closed", secondary: label.map { [$0] } ?? [],
            hint: "close it with '}}', or write '$${{' for the characters themselves")
    }
}
