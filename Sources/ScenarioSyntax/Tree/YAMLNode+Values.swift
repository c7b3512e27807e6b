public import Diagnostics

/// Reading a node as what its key takes; each reports expected and found at the value and returns nil on an error.
extension YAMLNode {
    /// The text of any scalar but null, as it was written: `1.10` and `no` stay what they are.
    public func text(_ diagnostics: inout [Diagnostic]) -> String? {
        locatedText(.text, &diagnostics)?.text
    }

    /// The text of any scalar but null, with its place.
    public func locatedText(_ diagnostics: inout [Diagnostic]) -> LocatedText? {
        locatedText(.text, &diagnostics)
    }

    /// A jq expression: any scalar but null; one that a comment or a comma cut in the middle is an error.
    public func expression(_ diagnostics: inout [Diagnostic]) -> LocatedText? {
        guard let located = locatedText(.expression, &diagnostics) else { return nil }
        if let problem = cutExpression(located.text) {
            diagnostics.append(problem)
            return nil
        }
        return located
    }

    /// A whole number, also as text that reads as one.
    public func integer(_ diagnostics: inout [Diagnostic]) -> Int? {
        guard let scalar = expectedScalar(.integer, &diagnostics) else { return nil }
        if case .integer(let digits) = scalar.resolvedAsPlain, let value = Int(digits) {
            return value
        }
        diagnostics.append(.wrongValue(.integer, self))
        return nil
    }

    /// A finite number, also as text that reads as one.
    public func number(_ diagnostics: inout [Diagnostic]) -> Double? {
        guard let scalar = expectedScalar(.number, &diagnostics) else { return nil }
        switch scalar.resolvedAsPlain {
        case .integer(let digits):
            if let value = Double(digits), value.isFinite { return value }
        case .float(let value) where value.isFinite:
            return value
        default: break
        }
        diagnostics.append(.wrongValue(.number, self))
        return nil
    }

    /// True or false, also as text that reads as one.
    public func boolean(_ diagnostics: inout [Diagnostic]) -> Bool? {
        guard let scalar = expectedScalar(.boolean, &diagnostics) else { return nil }
        if case .bool(let value) = scalar.resolvedAsPlain { return value }
        let word = ["yes": "true", "on": "true", "no": "false", "off": "false"][scalar.text.lowercased()]
        diagnostics.append(.wrongValue(.boolean, self, hint: word.map { .write($0) }))
        return nil
    }

    /// A duration with its unit; a bare number is an error that says how to write it.
    public func duration(_ diagnostics: inout [Diagnostic]) -> Duration? {
        guard let scalar = expectedScalar(.duration, &diagnostics) else { return nil }
        if let duration = DurationText.parse(scalar.text) { return duration }
        let hint: Diagnostic.Message =
            if DecimalText(scalar.text[...]) != nil {
                .write("\(scalar.text)s")
            } else if scalar.text.hasPrefix("-") || scalar.text.hasPrefix("+") {
                "a duration has a unit and no sign"
            } else if DurationText.isTooLong(scalar.text) {
                "nothing takes more than a hundred years"
            } else {
                "units are ms, s, m, h and d, as in 250ms or 1m30s"
            }
        diagnostics.append(.wrongValue(.duration, self, hint: hint))
        return nil
    }

    /// A duration above zero, for what has to give something time.
    public func positiveDuration(_ diagnostics: inout [Diagnostic]) -> Duration? {
        guard let duration = duration(&diagnostics) else { return nil }
        if duration > .zero { return duration }
        diagnostics.append(.wrongValue(.duration, self, hint: "it has to be above 0s"))
        return nil
    }

    /// A whole number within bounds.
    public func integer(in range: ClosedRange<Int>, _ diagnostics: inout [Diagnostic]) -> Int? {
        guard let number = integer(&diagnostics) else { return nil }
        if range.contains(number) { return number }
        let bounds = range.upperBound == .max ? "\(range.lowerBound) on" : "\(range.lowerBound) to \(range.upperBound)"
        diagnostics.append(
            Diagnostic(.badValue, at: openingSpan, "expected a number from \(bounds), found \(number)"))
        return nil
    }

    /// A number of bytes: `10KiB`, `1MB`, `100B`, or a bare whole number.
    public func size(_ diagnostics: inout [Diagnostic]) -> Int? {
        guard let scalar = expectedScalar(.size, &diagnostics) else { return nil }
        if let size = QuantityText.parseSize(scalar.text) { return size }
        if case .integer(let digits) = scalar.resolvedAsPlain, let value = Int(digits), value >= 0 { return value }
        diagnostics.append(.wrongValue(.size, self, hint: "units are B, KB, KiB, MB, MiB, GB and GiB"))
        return nil
    }

    /// A number per second: `20/s`, `600/m`.
    public func rate(_ diagnostics: inout [Diagnostic]) -> Double? {
        guard let scalar = expectedScalar(.rate, &diagnostics) else { return nil }
        if let rate = QuantityText.parseRate(scalar.text) { return rate }
        let hint: Diagnostic.Message =
            if DecimalText(scalar.text[...]) != nil {
                .write("\(scalar.text)/s")
            } else if QuantityText.perSecond(scalar.text) != nil {
                "a rate lies above 0 and goes up to 1000000/s"
            } else {
                "rates are per s, m or h, as in 600/m"
            }
        diagnostics.append(.wrongValue(.rate, self, hint: hint))
        return nil
    }

    /// The elements of a list.
    public func list(_ diagnostics: inout [Diagnostic]) -> [YAMLNode]? {
        if let elements { return elements }
        diagnostics.append(.wrongType("a list", self))
        return nil
    }

    /// One text or a list of texts; nil if any of them is none.
    public func strings(_ diagnostics: inout [Diagnostic]) -> [String]? {
        guard let elements else {
            guard scalar != nil else {
                diagnostics.append(.wrongType("text or a list of texts", self))
                return nil
            }
            return text(&diagnostics).map { [$0] }
        }
        let texts = elements.map { $0.text(&diagnostics) }
        return texts.contains { $0 == nil } ? nil : texts.compactMap { $0 }
    }

    /// A name: a letter or `_`, then letters, digits, `_` and `-`.
    public func identifier(_ diagnostics: inout [Diagnostic]) -> String? {
        guard let text = expectedScalar(.identifier, &diagnostics)?.text else { return nil }
        if Identifier.isValid(text) { return text }
        let strange = text.unicodeScalars.first { !Identifier.isValid("_\($0)") }
        diagnostics.append(
            .wrongValue(
                .identifier, self, hint: strange.map { .notInName($0) } ?? "a name begins with a letter or '_'"))
        return nil
    }

    private func expectedScalar(_ shape: Shape, _ diagnostics: inout [Diagnostic]) -> YAMLScalar? {
        if let scalar, scalar.resolved != .null { return scalar }
        diagnostics.append(.wrongType(shape.phrase, self))
        return nil
    }

    private func locatedText(_ shape: Shape, _ diagnostics: inout [Diagnostic]) -> LocatedText? {
        if let scalar, scalar.resolved != .null { return scalar.located }
        diagnostics.append(.wrongType(shape.phrase, self, hint: quotingHint))
        return nil
    }

    /// How to write a mapping or list of one line that was meant as text.
    private var quotingHint: Diagnostic.Message? {
        guard scalar == nil, openingSpan == span, !span.range.isEmpty else { return nil }
        let written = String(decoding: span.file.bytes[span.range], as: UTF8.self)
        return isInFlow ? .quote(written) : .mappingByColon(written)
    }

    /// An expression that ends within a string or a bracket because YAML ended it there.
    private func cutExpression(_ text: String) -> Diagnostic? {
        guard let cut = cutByComment ?? cutByIndicator, OpenEnds.isOpen(text) else { return nil }
        let bytes = span.file.bytes
        let line = span.file.lines.range(ofLine: span.file.lines.line(at: cut.range.lowerBound), in: bytes)
        let isComment = bytes[cut.range.lowerBound] == UInt8(ascii: "#")
        let whole = String(decoding: bytes[span.range.lowerBound..<line.upperBound], as: UTF8.self)
        if isComment {
            return Diagnostic(
                .yamlCutByComment, at: cut, "' #' begins a comment and ends the expression here",
                secondary: [.init(span: span)], hint: .quote(whole))
        }
        let sign = Character(Unicode.Scalar(bytes[cut.range.lowerBound]))
        return Diagnostic(
            .yamlCommaInFlow, at: cut, "'\(String(sign))' ends the expression here", secondary: [.init(span: span)],
            hint: "quote the expression, or write the list in block style, one '- ' a line")
    }
}

/// The names that ids, targets and captures may have.
public enum Identifier {
    /// Whether a text is a letter or `_`, then letters, digits, `_` and `-`, all of them ASCII.
    public static func isValid(_ text: String) -> Bool {
        guard let first = text.utf8.first, first == UInt8(ascii: "_") || isLetter(first) else { return false }
        return text.utf8.allSatisfy {
            isLetter($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0)
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

extension Diagnostic.Message {
    fileprivate static func notInName(_ scalar: Unicode.Scalar) -> Self {
        let shown = scalar.isASCII && !VisibleText.isHidden(scalar) ? "'\(scalar)'" : VisibleText.codePoint(scalar)
        return "a name cannot hold \(shown)"
    }

    fileprivate static func mappingByColon(_ written: String) -> Self {
        "': ' makes this a mapping; if it is text, \(Self.quote(written).text)"
    }
}

extension Diagnostic {
    /// A scalar that does not read as what its key takes, shown at the value.
    fileprivate static func wrongValue(_ shape: Shape, _ node: YAMLNode, hint: Message? = nil) -> Diagnostic {
        let isText = node.scalar.map { $0.resolved == .string } ?? false
        let found = isText ? "'\(Message.preview(node.scalar?.text ?? ""))'" : node.found
        return Diagnostic(
            isText ? .badValue : .wrongType, at: node.openingSpan, "expected \(shape.phrase), found \(found)",
            hint: hint)
    }
}
