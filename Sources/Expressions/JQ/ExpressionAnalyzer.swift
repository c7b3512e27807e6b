internal import Diagnostics

/// Finds what an expression reads, and the names in it that are not there.
///
/// One walk over the tree carries what `.` is: the root result until the first `|` of a bracket, something else behind
/// it. Functions that hand their own `.` on to an argument keep the root (`JQFunction.Argument`).
struct ExpressionAnalyzer {
    let source: LocatedText
    let role: Expression.Role
    let languageVariables: Set<String>
    var analysis = ExpressionAnalysis()
    var diagnostics: [Diagnostic] = []
    /// Variables of `as`, `reduce`, `foreach` and parameters, innermost last.
    var variables: [String] = []
    /// Functions of `def` and parameters, innermost last.
    var functions: [(name: String, arity: Int)] = []
    var labels: [String] = []

    init(source: LocatedText, role: Expression.Role, extraVariables: Set<String>) {
        self.source = source
        self.role = role
        languageVariables = ExpressionAnalysis.languageVariables.union(extraVariables)
    }

    /// What holds where a node is evaluated.
    struct Context {
        /// Whether `.` is the root result.
        var isRoot = true
        /// Whether absence is allowed.
        var isLenient = false

        /// The same place, where absence is allowed.
        var lenient: Self { Self(isRoot: isRoot, isLenient: true) }
        /// A place where `.` is something else.
        var elsewhere: Self { Self(isRoot: false, isLenient: isLenient) }
    }

    mutating func visit(_ node: JQSyntax, _ context: Context) {
        switch node {
        case .identity(let range), .recurse(let range):
            useRoot(range, context, fields: nil)
        case .literal(let value, let range):
            checkNumber(value, range)
        case .interpolation(let format, let parts, let range):
            if let format { checkFormat(format, range.lowerBound..<range.lowerBound + format.utf8.count) }
            for case .value(let inner) in parts { visit(inner, context) }
        case .format(let name, let range):
            checkFormat(name, range)
            useRoot(range, context, fields: nil)
        case .variable(let name, let range):
            useVariable(name, steps: [], range, context)
        case .access:
            visitPath(node, context)
        case .optional(let inner, _):
            if case .access = inner { visitPath(node, context) } else { visit(inner, context.lenient) }
        case .call(let name, let arguments, let range, let nameRange):
            visitCall(name, arguments, range, nameRange, context)
        case .array(let inner, _):
            if let inner { visit(inner, context) }
        case .object(let members, _):
            for member in members { visitMember(member, context) }
        case .negation(let inner, _), .group(let inner, _):
            visit(inner, context)
        case .binary(let infix, let left, let right, _):
            visit(left, infix == .alternative || infix.isAssignment ? context.lenient : context)
            visit(right, infix == .update ? context.elsewhere : context)
        case .pipe(let left, let right, _):
            visit(left, context)
            visit(right, context.elsewhere)
        case .comma(let left, let right, _):
            visit(left, context)
            visit(right, context)
        case .conditional(let branches, let otherwise, let range):
            visitConditional(branches, otherwise, range, context)
        case .attempt(let body, let handler, _):
            visit(body, context.lenient)
            if let handler { visit(handler, context.elsewhere) }
        case .reduce(let source, let patterns, let initial, let update, _):
            visit(source, context)
            visit(initial, context)
            bind(patterns, context) { $0.visit(update, context.elsewhere) }
        case .foreach(let source, let patterns, let initial, let update, let extract, _):
            visit(source, context)
            visit(initial, context)
            bind(patterns, context) { analyzer in
                analyzer.visit(update, context.elsewhere)
                if let extract { analyzer.visit(extract, context.elsewhere) }
            }
        case .binding(let source, let patterns, let body, _):
            visit(source, context)
            bind(patterns, context) { $0.visit(body, context) }
        case .definition(let name, let parameters, let body, let rest, let range):
            visitDefinition(name, parameters, body, rest, range, context)
        case .label(let name, let body, _):
            labels.append(name)
            visit(body, context)
            labels.removeLast()
        case .breaking(let name, let range):
            if !labels.contains(name) {
                report(.jqUnknownVariable, range, .unknownLabel(name), hint: "write 'label $\(name) | …' around it")
            }
        }
    }

    private mutating func visitConditional(
        _ branches: [JQSyntax.Branch], _ otherwise: JQSyntax?, _ range: Range<Int>, _ context: Context
    ) {
        for branch in branches {
            visit(branch.condition, context)
            visit(branch.then, context)
        }
        if let otherwise {
            visit(otherwise, context)
        } else {
            report(
                .jqSyntax, range.lowerBound..<range.lowerBound + 2, "an 'if' without 'else' needs jq 1.7",
                hint: "write 'else . end'")
        }
    }

    private mutating func visitMember(_ member: JQSyntax.Member, _ context: Context) {
        switch (member.key, member.value) {
        case (.name(let name, let range), nil):
            useRoot(range, context, fields: [name])
            guard context.isRoot else { break }
            analysis.rootPaths.append(
                ExpressionAnalysis.RootPath(
                    elements: [.key(name)], range: range, isOptional: context.isLenient, isShorthand: true))
        case (.variable(let name, let range), nil):
            useVariable(name, steps: [], range, context)
        case (.computed(let key), nil):
            visit(key, context)
            useRoot(key.range, context, fields: nil)
        case (.computed(let key), let value?):
            visit(key, context)
            visit(value, context)
        case (_, let value?):
            visit(value, context)
        }
    }

    private mutating func visitDefinition(
        _ name: String, _ parameters: [String], _ body: JQSyntax, _ rest: JQSyntax, _ range: Range<Int>,
        _ context: Context
    ) {
        if name.hasPrefix("_") {
            report(
                .jqForbidden, range.lowerBound..<range.lowerBound + 3,
                "functions whose names begin with '_' are jq's own", hint: "choose another name")
        }
        let outerVariables = variables.count
        let outerFunctions = functions.count
        functions.append((name, parameters.count))
        for parameter in parameters {
            let bare = parameter.hasPrefix("$") ? String(parameter.dropFirst()) : parameter
            functions.append((bare, 0))
            if bare != parameter { variables.append(bare) }
        }
        visit(body, Context(isRoot: false, isLenient: false))
        variables.removeSubrange(outerVariables...)
        functions.removeSubrange((outerFunctions + 1)...)
        visit(rest, context)
        functions.removeSubrange(outerFunctions...)
    }

    /// Visits what runs with the variables of the patterns.
    private mutating func bind(
        _ patterns: [JQSyntax.Pattern], _ context: Context, _ body: (inout Self) -> Void
    ) {
        let outer = variables.count
        var bound: [String] = []
        for pattern in patterns { visitPattern(pattern, context.elsewhere, &bound) }
        variables += bound
        body(&self)
        variables.removeSubrange(outer...)
    }

    private mutating func visitPattern(_ pattern: JQSyntax.Pattern, _ context: Context, _ bound: inout [String]) {
        switch pattern {
        case .variable(let name, _): bound.append(name)
        case .array(let elements, _):
            for element in elements { visitPattern(element, context, &bound) }
        case .object(let members, _):
            for (key, inner) in members {
                switch key {
                case .name: break
                case .variable(let name, _): bound.append(name)
                case .computed(let key): visit(key, context)
                }
                if let inner { visitPattern(inner, context, &bound) }
            }
        }
    }

    mutating func report(
        _ code: Diagnostic.Code, _ range: Range<Int>, _ message: Diagnostic.Message,
        severity: Diagnostic.Severity = .error, hint: Diagnostic.Message? = nil
    ) {
        diagnostics.append(Diagnostic(code, severity, at: source.span(of: range), message, hint: hint))
    }
}

extension JQSyntax.Operator {
    /// Whether the operator changes what its left names.
    var isAssignment: Bool {
        switch self {
        case .assign, .update, .plusAssign, .minusAssign, .timesAssign, .divideAssign, .moduloAssign,
            .alternativeAssign:
            true
        default: false
        }
    }
    /// Whether the operator yields a boolean from an equality or an ordering.
    var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
        default: false
        }
    }
    /// Whether the operator is `and` or `or`.
    var isLogic: Bool { self == .and || self == .or }
}

extension Diagnostic.Message {
    fileprivate static func unknownLabel(_ name: String) -> Self { "no label '$\(name)' around this 'break'" }
}
