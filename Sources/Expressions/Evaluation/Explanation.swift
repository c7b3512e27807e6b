internal import Diagnostics

/// The expressions whose values show why an assertion does not hold, in the shape of its outermost logic.
indirect enum Explanation {
    /// `A == B`
    case comparison(left: Side?, right: Side?, whole: Part)
    /// `A and B`, `A or B`
    case logic(isAnd: Bool, Explanation, Explanation, whole: Part)
    /// `A | not`
    case negation(Explanation, whole: Part)
    /// Anything else, with what is piped into it.
    case other(input: Side?, whole: Part)

    /// A part of the assertion that can be evaluated by itself.
    struct Part {
        var range: Range<Int>
        /// Nil where it cannot be.
        var expression: Expression?
    }

    /// A part whose value a reader wants to see.
    struct Side {
        var text: String
        var range: Range<Int>
        var expression: Expression
    }

    /// Takes an assertion apart.
    init(_ expression: Expression) { self.init(expression.decision, of: expression) }

    private init(_ decision: Expression.Decision, of expression: Expression) {
        let whole = Part(
            range: decision.whole, expression: expression.part(decision.whole, behind: decision.prefix))
        switch decision {
        case .comparison(_, let left, let right, _, let prefix):
            self = .comparison(
                left: Side(left, behind: prefix, of: expression), right: Side(right, behind: prefix, of: expression),
                whole: whole)
        case .logic(let symbol, let left, let right, _, _):
            self = .logic(
                isAnd: symbol == .and, Explanation(left, of: expression), Explanation(right, of: expression),
                whole: whole)
        case .negation(let inner, _, _):
            self = .negation(Explanation(inner, of: expression), whole: whole)
        case .other(_, let prefix):
            self = .other(input: Side(inputOf: prefix, of: expression), whole: whole)
        }
    }

    /// The whole of what this part is about.
    var whole: Part {
        switch self {
        case .comparison(_, _, let whole), .logic(_, _, _, let whole), .negation(_, let whole),
            .other(_, let whole):
            whole
        }
    }

    /// Every expression that an explanation may evaluate.
    var expressions: [Expression] {
        let inner: [Expression?] =
            switch self {
            case .comparison(let left, let right, _): [left?.expression, right?.expression]
            case .logic(_, let left, let right, _): left.expressions + right.expressions
            case .negation(let inner, _): inner.expressions
            case .other(let input, _): [input?.expression]
            }
        return ([whole.expression] + inner).compactMap { $0 }
    }
}

extension Explanation.Side {
    /// The side of a comparison.
    fileprivate init?(_ range: Range<Int>, behind prefix: [Range<Int>], of expression: Expression) {
        guard let part = expression.part(range, behind: prefix) else { return nil }
        let own = expression.source.slice(range).text
        let isConstant = expression.part(range, behind: [])?.syntax.isConstant ?? false
        text = isConstant || prefix.isEmpty ? own : expression.text(of: prefix) + own
        self.range = isConstant ? range : (prefix.first ?? range).lowerBound..<range.upperBound
        self.expression = part
    }

    /// What a pipe hands to its last stage.
    fileprivate init?(inputOf prefix: [Range<Int>], of expression: Expression) {
        guard let first = prefix.first, let last = prefix.last else { return nil }
        var written = expression.text(of: prefix)
        while let letter = written.last, letter.isWhitespace { written.removeLast() }
        guard written.last == "|" else { return nil }
        written.removeLast()
        while let letter = written.last, letter.isWhitespace { written.removeLast() }
        let span = expression.source.span(of: last.upperBound..<last.upperBound)
        let dot = LocatedText(verbatim: "(.)", at: span)
        guard let part = expression.reading(prefix.map { expression.source.slice($0) } + [dot]),
            !part.syntax.isBinding
        else { return nil }
        text = written
        range = first.lowerBound..<first.lowerBound + written.utf8.count
        self.expression = part
    }
}

extension Expression {
    /// A part of this expression as an expression of its own, or nil where it cannot stand alone.
    fileprivate func part(_ range: Range<Int>, behind prefix: [Range<Int>]) -> Expression? {
        let operand = source.slice(range)
        if prefix.isEmpty { return reading([operand]) }
        let open = LocatedText(
            verbatim: "(",
            at: SourceSpan(source.span.file, operand.span.range.lowerBound..<operand.span.range.lowerBound))
        let close = LocatedText(
            verbatim: "\n)",
            at: SourceSpan(source.span.file, operand.span.range.upperBound..<operand.span.range.upperBound))
        return reading(prefix.map { source.slice($0) } + [open, operand, close])
    }

    fileprivate func reading(_ pieces: [LocatedText]) -> Expression? {
        var ignored: [Diagnostic] = []
        // A capture reads `.` as strictly as an assertion and may yield anything.
        return Expression.parse(
            LocatedText(joining: pieces), role: .capture, extraVariables: Set(analysis.references.map(\.variable)),
            into: &ignored)
    }

    fileprivate func text(of ranges: [Range<Int>]) -> String { ranges.map { source.slice($0).text }.joined() }
}

extension JQSyntax {
    /// Whether variables or functions are defined around the rest.
    fileprivate var isBinding: Bool {
        switch self {
        case .binding, .definition, .label: true
        default: false
        }
    }
}

extension LocatedText {
    /// Joins texts; each keeps the places of its bytes.
    fileprivate init(joining pieces: [LocatedText]) {
        var text = ""
        var segments: [Segment] = []
        for piece in pieces {
            let offset = text.utf8.count
            segments += piece.segments.map {
                Segment(value: $0.value + offset, source: $0.source, verbatim: $0.verbatim)
            }
            text += piece.text
        }
        self.init(text: text, span: pieces[0].span, segments: segments)
    }
}
