extension JQParser {
    /// `{a: f, $b, "c", (f): g}`; jq allows a comma at the end.
    mutating func object() throws(JQSyntaxError) -> JQSyntax {
        let opening = current.range
        advance()
        var members: [JQSyntax.Member] = []
        while !at(.closeBrace) {
            members.append(try member())
            try countStep()
            guard take(.comma) else { break }
        }
        if !at(.closeBrace), let hint = valueNeedsParentheses {
            throw JQSyntaxError(
                message: "\(described(current)) cannot stand in an object's value as it is", range: current.range,
                hint: hint)
        }
        try close(.closeBrace, opening: opening, "{")
        return .object(members, opening.lowerBound..<consumedEnd)
    }

    /// Says what to do where an operator follows the value of a member, which the grammar does not let it.
    private var valueNeedsParentheses: String? {
        switch current.kind {
        case .symbol(.closeParenthesis), .symbol(.closeBracket), .symbol(.semicolon), .symbol(.colon): nil
        case .symbol, .infix, .keyword(.and), .keyword(.or), .keyword(.as): "put the member's value into parentheses"
        default: nil
        }
    }

    private mutating func member() throws(JQSyntaxError) -> JQSyntax.Member {
        let key = try memberKey("a key is due")
        guard take(.colon) else {
            switch key {
            case .variable: return JQSyntax.Member(key: key, value: nil)
            case .name(let name, let range):
                guard !isKeywordKey(range) else {
                    throw JQSyntaxError(
                        message: "'\(name)' is a word of jq and cannot stand alone", range: range,
                        hint: "write {\"\(name)\"}")
                }
                return JQSyntax.Member(key: key, value: nil)
            case .computed(.interpolation): return JQSyntax.Member(key: key, value: nil)
            case .computed: throw unexpected("':' behind the key is due")
            }
        }
        if case .variable(let name, let range) = key {
            throw JQSyntaxError(
                message: "'$\(name)' cannot be a key", range: range, hint: "write {($\(name)): …}")
        }
        return JQSyntax.Member(key: key, value: try memberValue())
    }

    private func isKeywordKey(_ range: Range<Int>) -> Bool {
        previous.range == range && { if case .keyword = previous.kind { true } else { false } }()
    }

    /// `-f`, `f | g` or a term: what may stand as a member's value without parentheses.
    private mutating func memberValue() throws(JQSyntaxError) -> JQSyntax {
        try nest()
        defer { unnest() }
        let start = current.range.lowerBound
        switch current.kind {
        case .keyword(.if), .keyword(.try), .keyword(.reduce), .keyword(.foreach), .keyword(.def), .keyword(.label):
            throw JQSyntaxError(
                message: "\(described(current)) cannot stand in an object's value as it is", range: current.range,
                hint: "put the member's value into parentheses")
        default: break
        }
        let value: JQSyntax
        if take(.minus) {
            let operand = try memberOperand()
            value = .negation(operand, start..<consumedEnd)
        } else {
            value = try term()
        }
        guard take(.pipe) else { return value }
        let rest = try memberValue()
        return .pipe(value, rest, start..<rest.range.upperBound)
    }

    private mutating func memberOperand() throws(JQSyntaxError) -> JQSyntax {
        let start = current.range.lowerBound
        guard take(.minus) else { return try term() }
        try nest()
        defer { unnest() }
        let operand = try memberOperand()
        return .negation(operand, start..<consumedEnd)
    }

    /// Reads the key of a member, or of a member's pattern.
    mutating func memberKey(_ due: String) throws(JQSyntaxError) -> JQSyntax.Member.Key {
        let range = current.range
        switch current.kind {
        case .identifier(let name):
            advance()
            return .name(name, range)
        case .keyword(let keyword):
            advance()
            return .name(keyword.rawValue, range)
        case .symbol(.dollar):
            advance()
            if at(.location) {
                throw JQSyntaxError(
                    message: "{$__loc__} needs jq 1.7", range: range.lowerBound..<current.range.upperBound,
                    hint: "write {__loc__: $__loc__}")
            }
            let name = try variableName()
            return .variable(name, range.lowerBound..<consumedEnd)
        case .stringStart, .format:
            if case .format = current.kind, following.kind != .stringStart { throw unexpected(due) }
            let key = try string()
            if case .literal(.string(let name), let range) = key { return .name(name, range) }
            return .computed(key)
        case .symbol(.openParenthesis):
            advance()
            let key = try expression(.lowest)
            try close(.closeParenthesis, opening: range, "(")
            if let constant = key.foldedConstant, constant.string == nil {
                throw JQSyntaxError(message: "\(constant.article) cannot be a key", range: key.range)
            }
            return .computed(.group(key, range.lowerBound..<consumedEnd))
        case .number:
            throw JQSyntaxError(
                message: "a number cannot be a key", range: range, hint: "write it in double quotes")
        default: throw unexpected(due)
        }
    }
}

extension Value {
    /// The type in a sentence.
    fileprivate var article: String {
        switch self {
        case .null: "null"
        case .array, .object: "an \(type)"
        default: "a \(type)"
        }
    }
}
