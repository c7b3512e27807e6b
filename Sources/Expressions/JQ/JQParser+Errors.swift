extension JQParser {
    /// The error of a token that the grammar does not allow here; `due` says what it allows.
    func unexpected(_ due: String?) -> JQSyntaxError {
        if case .bad(let message, let hint) = current.kind {
            return JQSyntaxError(message: message, range: current.range, hint: hint)
        }
        let suffix = due.map { ", \($0)" } ?? ""
        // The end is behind what was written last: the blank lines of a block after it belong to nobody.
        let end = previous.range.upperBound
        let range = current.kind == .end && next > 0 ? end..<end : current.range
        return JQSyntaxError(
            message: "unexpected \(described(current))\(suffix)", range: range,
            hint: hint(at: current, isOperand: due != nil))
    }

    /// What another language's habit, or a newer jq, most likely meant.
    private func hint(at token: JQToken, isOperand: Bool) -> String? {
        let isAdjacent = next > 0 && previous.range.upperBound == token.range.lowerBound
        switch token.kind {
        case .symbol(.questionAlternative): return "jq reads '?//' as one operator: put a blank after '?'"
        case .symbol(.pipe) where isAdjacent && previous.kind == .symbol(.pipe): return "write 'or'"
        case .infix(.assign) where isAdjacent && previous.kind == .infix(.equal): return "write '=='"
        case .infix(.greater) where isAdjacent && previous.kind == .infix(.less): return "write '!='"
        case .infix(.plus) where isAdjacent && previous.kind == .infix(.plus): return "write '+= 1'"
        case .infix(.assign), .infix(.equal):
            return previous.kind == .infix(.equal) || previous.kind == .infix(.assign) ? "write '=='" : nil
        case .identifier(let name):
            switch name {
            case "AND", "And": return "write 'and'"
            case "OR", "Or": return "write 'or'"
            case "is", "eq", "equals": return "write '=='"
            case "in": return "write '… | IN(1, 2)'"
            case "matches", "like": return "write '| test(\"…\")'"
            case "not": return "'not' is a filter: write '… | not'"
            case "contains", "startswith", "endswith", "test", "has", "inside", "IN":
                return "a function stands behind '|': write '… | \(name)(…)'"
            default: break
            }
            if case .number = previous.kind, isAdjacent {
                return "numbers have no unit; text stands in double quotes"
            }
            if isAdjacent, previous.kind == .symbol(.dots) { return "write .. | .\(name)?" }
            return next > 0 && !isAdjacent && !isOperand ? "put an operator between them" : nil
        case .number:
            return isAdjacent && !isOperand ? "an element of an array is written [0]" : nil
        case .field:
            return isAdjacent && previous.kind == .symbol(.dollar) ? "a path begins with '.', not with '$'" : nil
        case .symbol(.dot):
            return isAdjacent && previous.kind == .symbol(.dollar) ? "a path begins with '.', not with '$'" : nil
        case .infix(.times) where previous.kind == .symbol(.openBracket): return "every element is written []"
        case .stringStart:
            guard case .identifier(let name) = previous.kind else { return nil }
            return "an argument stands in parentheses: write \(name)(\"…\")"
        case .symbol(.dots): return "'..' is every value below; between keys stands one dot"
        case .symbol(.question) where previous.kind == .symbol(.openBracket):
            return "elements are filtered with '.[] | select(…)'"
        case .symbol(.openParenthesis):
            guard case .field(let name) = previous.kind, isAdjacent else { return nil }
            return following.kind == .symbol(.closeParenthesis)
                ? "a function stands behind '|': write '… | \(name)'"
                : "a function stands behind '|': write '… | \(name)(…)'"
        case .symbol(.semicolon): return isOperand ? nil : "leave the ';' out"
        case .keyword(.end), .keyword(.else), .keyword(.elif), .keyword(.then): return "no 'if' is open here"
        case .symbol(.closeParenthesis), .symbol(.closeBracket), .symbol(.closeBrace):
            return next == 0 || !endsWithOperator ? "it closes nothing" : nil
        default: return nil
        }
    }

    private var endsWithOperator: Bool {
        switch previous.kind {
        case .symbol(.closeParenthesis), .symbol(.closeBracket), .symbol(.closeBrace), .symbol(.dot): false
        case .symbol, .infix, .keyword(.and), .keyword(.or): true
        default: false
        }
    }

    /// The token that was taken last.
    var previous: JQToken { tokens[max(0, next - 1)] }

    /// A token as a message names it.
    func described(_ token: JQToken) -> String {
        switch token.kind {
        case .identifier(let name): "'\(name)'"
        case .field(let name): "'.\(name)'"
        case .number: "number"
        case .format(let name): "'\(name)'"
        case .keyword(let keyword): "'\(keyword.rawValue)'"
        case .symbol(let symbol): "'\(symbol.rawValue)'"
        case .infix(let infix): "'\(infix.rawValue)'"
        case .stringStart, .stringText, .stringEnd: "string"
        case .interpolationStart, .interpolationEnd: "interpolation"
        case .bad(let message, _): message
        case .end: "end of the expression"
        }
    }

    /// Enters a level that is not an expression of its own.
    mutating func nest() throws(JQSyntaxError) {
        nesting += 1
        guard nesting <= Self.nestingLimit else {
            throw JQSyntaxError(message: "nested deeper than \(Self.nestingLimit) levels", range: current.range)
        }
    }

    /// Leaves a level that `nest` entered.
    mutating func unnest() { nesting -= 1 }
}
