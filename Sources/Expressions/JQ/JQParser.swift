/// Reads a jq program by the grammar and the precedences of jq 1.6's `parser.y`.
///
/// Precedence climbing: a prefix form or a term, then every operator that binds at least as tightly as asked for.
/// `def`, `as`, `label` take all that follows as their body, as the grammar's lowest precedence makes them.
struct JQParser {
    let tokens: [JQToken]
    private(set) var next = 0
    var nesting = 0
    private var steps = 0

    /// How deep brackets and keywords may nest; walks over the tree recurse as deep.
    static let nestingLimit = 200
    /// How many operators and path steps an expression may have, since each deepens the tree.
    static let stepLimit = 1000

    /// Parses a whole program.
    static func parse(_ bytes: [UInt8]) throws(JQSyntaxError) -> JQSyntax {
        var parser = JQParser(tokens: JQLexer.tokens(of: bytes))
        return try parser.program()
    }

    private init(tokens: [JQToken]) {
        self.tokens = tokens
    }

    // MARK: - Tokens

    var current: JQToken { tokens[next] }
    var following: JQToken { tokens[min(next + 1, tokens.count - 1)] }
    /// Where the last token that was taken ends.
    var consumedEnd: Int { next > 0 ? tokens[next - 1].range.upperBound : 0 }

    func at(_ symbol: JQToken.Symbol) -> Bool { current.kind == .symbol(symbol) }
    func at(_ infix: JQSyntax.Operator) -> Bool { current.kind == .infix(infix) }
    func at(_ keyword: JQToken.Keyword) -> Bool { current.kind == .keyword(keyword) }

    mutating func advance() {
        if next + 1 < tokens.count { next += 1 }
    }

    mutating func take(_ symbol: JQToken.Symbol) -> Bool { take(.symbol(symbol)) }
    mutating func take(_ infix: JQSyntax.Operator) -> Bool { take(.infix(infix)) }
    mutating func take(_ keyword: JQToken.Keyword) -> Bool { take(.keyword(keyword)) }

    private mutating func take(_ kind: JQToken.Kind) -> Bool {
        guard current.kind == kind else { return false }
        advance()
        return true
    }

    /// Takes a symbol that must stand here.
    mutating func expect(_ symbol: JQToken.Symbol, _ purpose: String) throws(JQSyntaxError) {
        guard take(symbol) else { throw unexpected("'\(symbol.rawValue)' \(purpose) is due") }
    }

    /// Takes the bracket that closes the one at `opening`.
    mutating func close(_ symbol: JQToken.Symbol, opening: Range<Int>, _ opened: String) throws(JQSyntaxError) {
        if take(symbol) { return }
        if case .bad = current.kind { throw unexpected("") }
        if current.kind == .end {
            throw JQSyntaxError(
                message: "'\(opened)' is not closed", range: opening, hint: "close it with '\(symbol.rawValue)'")
        }
        var error = unexpected("'\(symbol.rawValue)' is due")
        error.related = (opening, "'\(opened)' opens here")
        throw error
    }

    /// Counts an operator or path step against the limit.
    mutating func countStep() throws(JQSyntaxError) {
        steps += 1
        guard steps <= Self.stepLimit else {
            throw JQSyntaxError(
                message: "the expression has more than \(Self.stepLimit) operators and path steps",
                range: current.range, hint: "split it, or keep the data in a file")
        }
    }

    // MARK: - Programs and operators

    private mutating func program() throws(JQSyntaxError) -> JQSyntax {
        if current.kind == .end {
            throw JQSyntaxError(kind: .empty, message: "the expression is empty", range: 0..<current.range.upperBound)
        }
        let program = try expression(.lowest)
        guard current.kind == .end else { throw unexpected(nil) }
        return program
    }

    /// How tightly operators bind, loosest first, as `parser.y` declares them.
    enum Precedence: Int, Comparable {
        case lowest, pipe, comma, alternative, assignment, or, and, comparison, sum, product, optional, attempt, handler

        static func < (a: Precedence, b: Precedence) -> Bool { a.rawValue < b.rawValue }
        var tighter: Precedence { Precedence(rawValue: rawValue + 1) ?? .handler }
    }

    mutating func expression(_ minimum: Precedence) throws(JQSyntaxError) -> JQSyntax {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Self.nestingLimit else {
            throw JQSyntaxError(
                message: "nested deeper than \(Self.nestingLimit) levels", range: current.range,
                hint: "split the expression")
        }
        var left = try prefixForm()
        while true {
            if minimum <= .optional, at(.question) {
                try countStep()
                advance()
                left = .optional(left, left.range.lowerBound..<consumedEnd)
                continue
            }
            if at(.pipe), minimum <= .pipe {
                left = try rightAssociative(left, .symbol(.pipe), .pipe) { .pipe($0, $1, $2) }
            } else if at(.alternative), minimum <= .alternative {
                left = try rightAssociative(left, .infix(.alternative), .alternative) {
                    .binary(.alternative, $0, $1, $2)
                }
            } else if at(.comma), minimum <= .comma {
                try countStep()
                advance()
                let right = try expression(.alternative)
                left = .comma(left, right, left.range.lowerBound..<right.range.upperBound)
            } else if let (infix, precedence) = currentOperator, minimum <= precedence {
                try countStep()
                advance()
                let right = try expression(precedence.tighter)
                if precedence == .comparison || precedence == .assignment, currentOperator?.1 == precedence {
                    throw JQSyntaxError(
                        message: "\(precedence == .comparison ? "comparisons" : "assignments") do not chain",
                        range: current.range,
                        hint: precedence == .comparison ? "write 'a < b and b < c'" : "put one into parentheses")
                }
                left = .binary(infix, left, right, left.range.lowerBound..<right.range.upperBound)
                try refuseConstantDivision(left)
            } else {
                return left
            }
        }
    }

    /// Reads `a | b | c` without recursion, since long pipes are common.
    private mutating func rightAssociative(
        _ first: JQSyntax, _ separator: JQToken.Kind, _ precedence: Precedence,
        _ combine: (JQSyntax, JQSyntax, Range<Int>) -> JQSyntax
    ) throws(JQSyntaxError) -> JQSyntax {
        var operands = [first]
        while take(separator) {
            try countStep()
            operands.append(try expression(precedence.tighter))
        }
        var result = operands.removeLast()
        for operand in operands.reversed() {
            result = combine(operand, result, operand.range.lowerBound..<result.range.upperBound)
        }
        return result
    }

    private var currentOperator: (JQSyntax.Operator, Precedence)? {
        switch current.kind {
        case .keyword(.or): (.or, .or)
        case .keyword(.and): (.and, .and)
        case .infix(let infix): (infix, infix.precedence)
        default: nil
        }
    }

    /// Refuses a division that jq finds to be infinite while it compiles.
    private func refuseConstantDivision(_ node: JQSyntax) throws(JQSyntaxError) {
        guard case .binary(let infix, _, _, let range) = node, infix == .divide || infix == .modulo,
            case .number(let quotient)? = node.foldedConstant, quotient.isInfinite
        else { return }
        throw JQSyntaxError(message: "division by zero", range: range)
    }
}

extension JQSyntax.Operator {
    fileprivate var precedence: JQParser.Precedence {
        switch self {
        case .or: .or
        case .and: .and
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: .comparison
        case .plus, .minus: .sum
        case .times, .divide, .modulo: .product
        case .alternative: .alternative
        case .assign, .update, .plusAssign, .minusAssign, .timesAssign, .divideAssign, .moduloAssign,
            .alternativeAssign:
            .assignment
        }
    }
}
