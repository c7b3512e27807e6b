extension JQParser {
    /// Reads a term and the path steps behind it.
    mutating func term() throws(JQSyntaxError) -> JQSyntax {
        let start = current.range.lowerBound
        var term = try primary()
        while true {
            if case .field(let name) = current.kind {
                let range = current.range
                advance()
                term = .access(term, .key(name, range.lowerBound + 1..<range.upperBound), start..<consumedEnd)
            } else if at(.dot) {
                advance()
                guard atString else { throw misplacedDot() }
                term = try keyed(term, from: start)
            } else if at(.openBracket) {
                term = try bracketed(term, from: start)
            } else {
                return term
            }
            try countStep()
            if take(.question) { term = .optional(term, start..<consumedEnd) }
        }
    }

    private var atString: Bool {
        if current.kind == .stringStart { return true }
        if case .format = current.kind { return following.kind == .stringStart }
        return false
    }

    /// The error of a `.` that no key follows.
    private func misplacedDot() -> JQSyntaxError {
        switch current.kind {
        case .symbol(.openBracket):
            JQSyntaxError(
                message: "'.[' behind a path needs jq 1.7", range: consumedEnd - 1..<current.range.upperBound,
                hint: "leave the dot before '[' out")
        case .identifier(let name):
            JQSyntaxError(
                message: "a blank stands between '.' and '\(name)'",
                range: consumedEnd - 1..<current.range.upperBound, hint: "write .\(name)")
        case .keyword(let name):
            JQSyntaxError(
                message: "a blank stands between '.' and '\(name.rawValue)'",
                range: consumedEnd - 1..<current.range.upperBound, hint: "write .\(name.rawValue)")
        case .number:
            JQSyntaxError(
                message: "a number is no key", range: current.range, hint: "write .[0] for an element")
        default: unexpected("a key behind '.' is due")
        }
    }

    private mutating func primary() throws(JQSyntaxError) -> JQSyntax {
        let range = current.range
        switch current.kind {
        case .symbol(.dot):
            advance()
            if atString {
                let keyed = try keyed(.identity(range), from: range.lowerBound)
                try countStep()
                return take(.question) ? .optional(keyed, range.lowerBound..<consumedEnd) : keyed
            }
            if case .identifier = current.kind { throw misplacedDot() }
            return .identity(range)
        case .symbol(.dots):
            advance()
            return .recurse(range)
        case .field(let name):
            advance()
            try countStep()
            let access = JQSyntax.access(
                .identity(range.lowerBound..<range.lowerBound + 1),
                .key(name, range.lowerBound + 1..<range.upperBound), range)
            return take(.question) ? .optional(access, range.lowerBound..<consumedEnd) : access
        case .number(let number):
            advance()
            return .literal(.number(number), range)
        case .stringStart: return try string()
        case .format(let name):
            if following.kind == .stringStart { return try string() }
            advance()
            return .format(name, range)
        case .symbol(.dollar):
            advance()
            if take(.location) { return .variable("__loc__", range.lowerBound..<consumedEnd) }
            let name = try variableName()
            return .variable(name, range.lowerBound..<consumedEnd)
        case .identifier(let name): return try call(name)
        case .keyword(.break):
            advance()
            try expect(.dollar, "and a label's name")
            let name = try variableName()
            return .breaking(name, range.lowerBound..<consumedEnd)
        case .symbol(.openParenthesis):
            advance()
            let inner = try expression(.lowest)
            try close(.closeParenthesis, opening: range, "(")
            return .group(inner, range.lowerBound..<consumedEnd)
        case .symbol(.openBracket):
            advance()
            if take(.closeBracket) { return .array(nil, range.lowerBound..<consumedEnd) }
            let inner = try expression(.lowest)
            try close(.closeBracket, opening: range, "[")
            return .array(inner, range.lowerBound..<consumedEnd)
        case .symbol(.openBrace): return try object()
        default: throw unexpected("a value is due")
        }
    }

    /// Reads `name` or `name(f; g)`.
    private mutating func call(_ name: String) throws(JQSyntaxError) -> JQSyntax {
        let nameRange = current.range
        advance()
        let opening = current.range
        guard take(.openParenthesis) else {
            switch name {
            case "true": return .literal(true, nameRange)
            case "false": return .literal(false, nameRange)
            case "null": return .literal(.null, nameRange)
            default: return .call(name, [], nameRange, name: nameRange)
            }
        }
        if at(.closeParenthesis) {
            throw JQSyntaxError(
                message: "'\(name)' has empty parentheses", range: opening.lowerBound..<current.range.upperBound,
                hint: "a function without arguments is written without parentheses")
        }
        var arguments = [try expression(.lowest)]
        while take(.semicolon) { arguments.append(try expression(.lowest)) }
        try close(.closeParenthesis, opening: opening, "(")
        return .call(name, arguments, nameRange.lowerBound..<consumedEnd, name: nameRange)
    }

    /// `."name"` behind its dot.
    private mutating func keyed(_ base: JQSyntax, from start: Int) throws(JQSyntaxError) -> JQSyntax {
        let key = try string()
        if case .literal(.string(let name), let range) = key {
            return .access(base, .key(name, range), start..<consumedEnd)
        }
        return .access(base, .index(key), start..<consumedEnd)
    }

    /// `[f]`, `[f:g]`, `[]` behind a term.
    private mutating func bracketed(_ base: JQSyntax, from start: Int) throws(JQSyntaxError) -> JQSyntax {
        let opening = current.range
        advance()
        let accessor: JQSyntax.Accessor
        if at(.closeBracket) {
            accessor = .iterate
        } else if take(.colon) {
            accessor = .slice(nil, try expression(.lowest))
        } else {
            let index = try expression(.lowest)
            if take(.colon) {
                accessor = .slice(index, at(.closeBracket) ? nil : try expression(.lowest))
            } else if case .literal(.string(let name), let range) = index {
                accessor = .key(name, range)
            } else {
                accessor = .index(index)
            }
        }
        try close(.closeBracket, opening: opening, "[")
        return .access(base, accessor, start..<consumedEnd)
    }

    /// `"a \(.b)"`, with a format before it or not.
    mutating func string() throws(JQSyntaxError) -> JQSyntax {
        let start = current.range.lowerBound
        var format: String?
        if case .format(let name) = current.kind {
            format = name
            advance()
        }
        let opening = current.range
        advance()
        var parts: [JQSyntax.StringPart] = []
        var text = ""
        while current.kind != .stringEnd {
            switch current.kind {
            case .stringText(let piece):
                advance()
                text += piece
            case .interpolationStart:
                let interpolation = current.range
                advance()
                let value = try expression(.lowest)
                guard current.kind == .interpolationEnd else {
                    if current.kind == .end {
                        throw JQSyntaxError(
                            message: "'\\(' is not closed", range: interpolation, hint: "close it with ')'")
                    }
                    var error = unexpected("')' is due")
                    error.related = (interpolation, "'\\(' opens here")
                    throw error
                }
                advance()
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(.value(value))
                try countStep()
            case .end:
                throw JQSyntaxError(
                    message: "the string is not closed", range: opening, hint: "close it with a double quote")
            default: throw unexpected(nil)
            }
        }
        advance()
        let range = start..<consumedEnd
        guard !parts.isEmpty else { return .literal(.string(text), range) }
        if !text.isEmpty { parts.append(.text(text)) }
        return .interpolation(format: format, parts, range)
    }
}
