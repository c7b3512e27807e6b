/// A line of a golden file: literal text with `<<<regex>>>` where it varies.
struct GoldenLine {
    /// The line as it stands in the file.
    let source: String
    private let regex: Regex<AnyRegexOutput>?

    /// Compiles the patterns of a line; throws where one is no regular expression.
    init(_ source: String) throws {
        self.source = source
        guard source.contains("<<<") else {
            regex = nil
            return
        }
        var pattern = ""
        var rest = source[...]
        while let open = rest.firstRange(of: "<<<"), let close = rest[open.upperBound...].firstRange(of: ">>>") {
            pattern += Self.escaped(rest[..<open.lowerBound]) + "(?:" + rest[open.upperBound..<close.lowerBound] + ")"
            rest = rest[close.upperBound...]
        }
        regex = try Regex(pattern + Self.escaped(rest)).matchingSemantics(.unicodeScalar)
    }

    /// Says whether a part of the line varies.
    var hasPattern: Bool { regex != nil }

    /// Says whether a line of text is this one.
    func matches(_ line: String) -> Bool {
        guard let regex else { return line.utf8.elementsEqual(source.utf8) }
        return line.wholeMatch(of: regex) != nil
    }

    private static func escaped(_ text: Substring) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if #"\^$.|?*+()[]{}/#"#.unicodeScalars.contains(scalar) { escaped += "\\" }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }
}
