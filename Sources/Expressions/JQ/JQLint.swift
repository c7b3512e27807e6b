internal import Diagnostics

/// Finds expressions that are correct jq and most likely do not mean what was meant.
struct JQLint {
    let source: LocatedText
    let role: Expression.Role
    private(set) var diagnostics: [Diagnostic] = []

    init(source: LocatedText, role: Expression.Role) {
        self.source = source
        self.role = role
    }

    /// Whether the value is judged, so that `true` means success.
    private var isJudged: Bool {
        switch role {
        case .assertion, .aggregate, .until, .giveUp, .leaf: true
        case .template, .expectTemplate, .capture, .condition, .each, .output: false
        }
    }

    /// Checks a whole expression; `readsNothing` says that its value is known before the run.
    mutating func check(_ program: JQSyntax, readsNothing: Bool) {
        visit(program)
        guard isJudged else { return }
        if case .binary(let infix, let left, let right, let range) = program.judged, infix.isAssignment {
            report(
                .jqAssignment, .error, left.range.upperBound..<right.range.lowerBound, in: range,
                "'\(infix.rawValue)' changes a value and tests nothing",
                hint: infix == .assign ? "to compare, write '=='" : "compare with '=='")
        }
        if !Self.isGuarded(program) { checkAll(program) }
        guard readsNothing else { return }
        if case .literal(let value, let range) = program.judged, value != true {
            report(
                .jqConstant, .error, range, "the \(value.type) never holds: only true does",
                hint: "compare something with it, such as .body == \(text(range))")
        } else {
            let whole = text(program.range)
            report(
                .jqConstant, .warning, program.range, "the expression reads nothing, so it tests nothing",
                hint: whole.hasPrefix("not .")
                    ? "'not' is a filter: write \(whole.dropFirst(4)) | not" : "begin with a path, such as .status")
        }
    }

    private mutating func visit(_ node: JQSyntax) {
        switch node {
        case .binary(.alternative, let left, let right, _):
            for operand in [left, right] {
                guard case .binary(let infix, let first, _, let range) = operand, infix.isComparison || infix.isLogic
                else { continue }
                let advice: Diagnostic.Message =
                    operand.range == right.range
                    ? "write (\(text(left.range.lowerBound..<first.range.upperBound))) \(infix.rawValue) …"
                    : "put '//' and what it belongs to into parentheses"
                report(
                    .jqAlternativeBesideComparison, .warning, range,
                    "'//' binds weaker than '\(infix.rawValue)', so it takes all of this as its operand", hint: advice)
            }
        case .pipe(let left, let right, _):
            if case .binary(let infix, _, let last, _) = left, infix.isLogic {
                report(
                    .jqPipeAfterLogic, .warning, left.range.upperBound..<right.range.lowerBound,
                    in: left.range.lowerBound..<right.range.upperBound,
                    "'|' binds weaker than '\(infix.rawValue)', so it takes the result of all before it",
                    hint: "write … \(infix.rawValue) (\(text(last.range.lowerBound..<right.range.upperBound)))")
            }
        case .binary(.minus, let left, let right, _):
            if checkDash(left, right) { return visit(left.withoutDashes) }
        default: break
        }
        node.forEachChild { visit($0) }
    }

    /// Warns of `.content-type`, which subtracts; tells whether it did.
    private mutating func checkDash(_ left: JQSyntax, _ right: JQSyntax) -> Bool {
        guard left.isDashed(before: right), case .access(_, .key(_, let key), _) = left.withoutDashes else {
            return false
        }
        let range = key.lowerBound..<right.range.upperBound
        diagnostics.append(
            Diagnostic(
                .jqDashInKey, .warning, at: source.span(of: range), "'-' subtracts here",
                hint: "a key with a dash is written [\"\(text(range))\"]; to subtract, put blanks around '-'"))
        return true
    }

    // MARK: - all

    /// Warns of `… | all`, which is true where there is nothing.
    private mutating func checkAll(_ node: JQSyntax) {
        switch node {
        case .pipe(let left, .call("all", let arguments, let range, _), _) where arguments.count < 2:
            reportAll(range, instead: .iterated(text(left.range), arguments.first.map { text($0.range) }))
            checkAll(left)
            return
        case .call("all", let arguments, let range, _):
            let texts = arguments.map { text($0.range) }
            reportAll(
                range,
                instead: texts.count == 2 ? "\(texts[0]) | \(texts[1])" : .iterated(".", texts.first))
        default: break
        }
        switch node {
        case .pipe(let left, let right, _):
            checkAll(left)
            checkAll(right)
        case .binary(let infix, let left, let right, _) where infix.isLogic:
            checkAll(left)
            checkAll(right)
        case .group(let inner, _): checkAll(inner)
        case .binding(_, _, let body, _), .label(_, let body, _): checkAll(body)
        case .definition(_, _, _, let rest, _): checkAll(rest)
        default: break
        }
    }

    private mutating func reportAll(_ range: Range<Int>, instead: Diagnostic.Message) {
        report(
            .jqAllOfNothing, .warning, range, "'all' is true where there is nothing",
            hint: "an assertion holds only if every output is true: write \(instead.text)")
    }

    /// Whether another operand of the outermost `and` asks that there is something, or one of an `or` says that nothing will do.
    private static func isGuarded(_ node: JQSyntax) -> Bool {
        switch node {
        case .group(let inner, _): isGuarded(inner)
        case .binding(_, _, let body, _): isGuarded(body)
        case .pipe(_, let right, _): isGuarded(right)
        case .binary(.and, let left, let right, _), .binary(.or, let left, let right, _):
            [left, right].contains { !$0.calls(["all"]) && $0.calls(["length", "any", "isempty", "first"]) }
                || isGuarded(left) || isGuarded(right)
        default: false
        }
    }

    // MARK: - Reports

    /// The diagnostics behind those of the names; a key with a dash explains the names in it that are not there.
    func merged(with names: [Diagnostic]) -> [Diagnostic] {
        var names = names
        var found = diagnostics
        for position in found.indices where found[position].code == .jqDashInKey {
            guard let dashed = found[position].primary?.span.range else { continue }
            let count = names.count
            names.removeAll {
                $0.code == .jqUnknownFunction && dashed.contains($0.primary?.span.range.lowerBound ?? -1)
            }
            if names.count < count { found[position].severity = .error }
        }
        return names + found
    }

    private func text(_ range: Range<Int>) -> String { source.slice(range).text }

    /// Reports at the part of `range` that is not blank.
    private mutating func report(
        _ code: Diagnostic.Code, _ severity: Diagnostic.Severity, _ range: Range<Int>, in outer: Range<Int>? = nil,
        _ message: Diagnostic.Message, hint: Diagnostic.Message
    ) {
        var range = range
        let bytes = Array(text(range).utf8)
        if outer != nil, let first = bytes.firstIndex(where: { $0 > 0x20 }),
            let last = bytes.lastIndex(where: { $0 > 0x20 })
        {
            range = range.lowerBound + first..<range.lowerBound + last + 1
        }
        diagnostics.append(Diagnostic(code, severity, at: source.span(of: range), message, hint: hint))
    }
}

extension JQSyntax {
    /// Whether a `-` without blanks stands between a path's key and a plain name.
    fileprivate func isDashed(before right: JQSyntax) -> Bool {
        guard case .call(_, let arguments, let range, _) = right, arguments.isEmpty,
            self.range.upperBound + 1 == range.lowerBound
        else { return false }
        switch self {
        case .access(_, .key, _): return true
        case .binary(.minus, let left, let middle, _): return left.isDashed(before: middle)
        default: return false
        }
    }

    /// The path before the first dash.
    fileprivate var withoutDashes: JQSyntax {
        if case .binary(.minus, let left, _, _) = self { left.withoutDashes } else { self }
    }

    /// What decides the value, behind definitions, bindings and parentheses.
    fileprivate var judged: JQSyntax {
        switch self {
        case .group(let inner, _): inner.judged
        case .definition(_, _, _, let rest, _): rest.judged
        case .binding(_, _, let body, _), .label(_, let body, _): body.judged
        default: self
        }
    }
}

extension Diagnostic.Message {
    fileprivate static func iterated(_ source: String, _ condition: String?) -> Self {
        let isPath = source.hasPrefix(".") && source.count > 1 && !source.contains(where: \.isWhitespace)
        let elements = source == "." ? ".[]" : isPath ? source + "[]" : source + " | .[]"
        guard let condition else { return .init(elements) }
        let isStep = condition.hasPrefix(".") && condition.count > 1 && (isPath || source == ".")
        return .init(isStep && source != "." ? elements + condition : "\(elements) | \(condition)")
    }
}
