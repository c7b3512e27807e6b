extension JQParser {
    /// Reads what an operator may stand behind: a keyword's form, a negation, or a term.
    mutating func prefixForm() throws(JQSyntaxError) -> JQSyntax {
        let start = current.range.lowerBound
        switch current.kind {
        case .infix(.minus):
            try countStep()
            advance()
            let operand = try expression(.product)
            return .negation(operand, start..<operand.range.upperBound)
        case .keyword(.def): return try definition()
        case .keyword(.if): return try conditional()
        case .keyword(.try): return try attempt()
        case .keyword(.reduce), .keyword(.foreach): return try loop()
        case .keyword(.label):
            advance()
            try expect(.dollar, "before the label's name")
            let name = try variableName()
            try expect(.pipe, "behind the label")
            let body = try expression(.pipe)
            return .label(name, body, start..<body.range.upperBound)
        case .keyword(.import), .keyword(.include), .keyword(.module):
            throw JQSyntaxError(
                kind: .forbidden, message: "expressions reach no other file", range: current.range,
                hint: "define the function in place with 'def'")
        default:
            let source = try term()
            guard take(.as) else { return source }
            let patterns = try patterns()
            try expect(.pipe, "behind 'as'")
            let body = try expression(.pipe)
            return .binding(source, patterns, body: body, start..<body.range.upperBound)
        }
    }

    /// Reads `def name(f; $g): body; rest`.
    private mutating func definition() throws(JQSyntaxError) -> JQSyntax {
        let start = current.range.lowerBound
        advance()
        guard case .identifier(let name) = current.kind else { throw unexpected("the function's name is due") }
        advance()
        var parameters: [String] = []
        let opening = current.range
        if take(.openParenthesis) {
            repeat {
                let dollar = take(.dollar) ? "$" : ""
                guard case .identifier(let parameter) = current.kind else { throw unexpected("a parameter is due") }
                advance()
                parameters.append(dollar + parameter)
            } while take(.semicolon)
            try close(.closeParenthesis, opening: opening, "(")
        }
        try expect(.colon, "before the function's body")
        let body = try expression(.lowest)
        guard take(.semicolon) else {
            if current.kind == .end {
                throw JQSyntaxError(
                    message: "'def' is not closed", range: start..<start + 3, hint: "end the function with ';'")
            }
            throw unexpected("';' behind the function's body is due")
        }
        if current.kind == .end {
            throw JQSyntaxError(
                kind: .empty, message: "nothing follows the definition of '\(name)'", range: start..<consumedEnd,
                hint: "write the expression that uses it behind the ';'")
        }
        let rest = try expression(.lowest)
        return .definition(
            name: name, parameters: parameters, body: body, rest: rest, start..<rest.range.upperBound)
    }

    /// Reads `if f then g elif h then i else j end`.
    private mutating func conditional() throws(JQSyntaxError) -> JQSyntax {
        let opening = current.range
        var branches: [JQSyntax.Branch] = []
        repeat {
            advance()
            let condition = try expression(.lowest)
            guard take(.then) else { throw unfinished(opening, "then") }
            branches.append(JQSyntax.Branch(condition: condition, then: try expression(.lowest)))
        } while at(.elif)
        var otherwise: JQSyntax?
        if take(.else) { otherwise = try expression(.lowest) }
        guard take(.end) else { throw unfinished(opening, otherwise == nil ? "else … end" : "end") }
        return .conditional(branches, otherwise: otherwise, opening.lowerBound..<consumedEnd)
    }

    private func unfinished(_ opening: Range<Int>, _ word: String) -> JQSyntaxError {
        if current.kind == .end {
            return JQSyntaxError(message: "'if' is not closed", range: opening, hint: "it wants '\(word)' behind it")
        }
        var error = unexpected("'\(word)' is due")
        error.related = (opening, "'if' begins here")
        return error
    }

    /// Reads `try f catch g`.
    private mutating func attempt() throws(JQSyntaxError) -> JQSyntax {
        let start = current.range.lowerBound
        advance()
        let body = try expression(.attempt)
        var handler: JQSyntax?
        if take(.catch) { handler = try expression(.handler) }
        return .attempt(body, handler: handler, start..<consumedEnd)
    }

    /// Reads `reduce f as $x (init; update)` or `foreach f as $x (init; update; extract)`.
    private mutating func loop() throws(JQSyntaxError) -> JQSyntax {
        let start = current.range.lowerBound
        let isReduce = at(.reduce)
        advance()
        let source = try term()
        guard take(.as) else {
            var error = unexpected("'as' is due")
            if error.hint == nil { error.hint = "put the source into parentheses if it is more than a path" }
            throw error
        }
        let patterns = try patterns()
        let opening = current.range
        try expect(.openParenthesis, "before the initial value")
        let initial = try expression(.lowest)
        try expect(.semicolon, "behind the initial value")
        let update = try expression(.lowest)
        var extract: JQSyntax?
        if !isReduce, take(.semicolon) { extract = try expression(.lowest) }
        try close(.closeParenthesis, opening: opening, "(")
        let range = start..<consumedEnd
        if isReduce { return .reduce(source, patterns, initial: initial, update: update, range) }
        return .foreach(source, patterns, initial: initial, update: update, extract: extract, range)
    }

    // MARK: - Patterns

    private mutating func patterns() throws(JQSyntaxError) -> [JQSyntax.Pattern] {
        var patterns = [try pattern()]
        while take(.questionAlternative) { patterns.append(try pattern()) }
        return patterns
    }

    private mutating func pattern() throws(JQSyntaxError) -> JQSyntax.Pattern {
        let opening = current.range
        try nest()
        defer { unnest() }
        if take(.dollar) {
            let name = try variableName()
            return .variable(name, opening.lowerBound..<consumedEnd)
        }
        if take(.openBracket) {
            var elements = [try pattern()]
            while take(.comma) { elements.append(try pattern()) }
            try close(.closeBracket, opening: opening, "[")
            return .array(elements, opening.lowerBound..<consumedEnd)
        }
        if take(.openBrace) {
            var members = [try memberPattern()]
            while take(.comma) { members.append(try memberPattern()) }
            try close(.closeBrace, opening: opening, "{")
            return .object(members, opening.lowerBound..<consumedEnd)
        }
        throw unexpected("a '$name', '[' or '{' is due")
    }

    private mutating func memberPattern() throws(JQSyntaxError) -> (
        key: JQSyntax.Member.Key, pattern: JQSyntax.Pattern?
    ) {
        let key = try memberKey("a '$name', a key or '(' is due")
        if case .variable = key, !at(.colon) { return (key, nil) }
        try expect(.colon, "behind the key")
        return (key, try pattern())
    }

    /// Reads the name behind a `$`.
    mutating func variableName() throws(JQSyntaxError) -> String {
        switch current.kind {
        case .identifier(let name):
            advance()
            return name
        case .keyword(let keyword):
            throw JQSyntaxError(
                message: "'\(keyword.rawValue)' is a word of jq and names no variable", range: current.range)
        case .symbol(.openBrace) where following.kind == .symbol(.openBrace):
            throw JQSyntaxError(
                message: "here is jq already; '${{ }}' belongs into other values",
                range: current.range.lowerBound - 1..<following.range.upperBound,
                hint: "leave '${{' and '}}' out")
        default: throw unexpected("a variable's name is due")
        }
    }
}
