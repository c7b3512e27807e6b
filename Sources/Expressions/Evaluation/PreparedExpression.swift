/// An expression made ready for libjq: its rewritten text, and what has to be known to evaluate it.
final class PreparedExpression: Sendable {
    let key: Key
    let source: ExpressionSource
    let edits: [ExpressionSource.Edit]
    let checks: [Check]
    let hosts: [HostCall]
    let misplacedHosts: [SyntaxSurvey.Call]
    let calls: [SyntaxSurvey.Call]
    let orderings: [Range<Int>]
    /// The variables that are read, and which part of each.
    let variables: [String: Selection]
    /// Variables whose absence the expression does not allow for, with the place of a use.
    let requiredVariables: [(name: String, range: Range<Int>)]
    /// The part of `.` that is read.
    let dot: Selection
    /// Whether the whole expression is a host call, with what is piped into it.
    let isHostCall: Bool

    /// What makes two expressions the same program.
    struct Key: Sendable, Hashable {
        var text: ExactText
        var requiresPaths: Bool

        /// The key of an expression.
        init(_ expression: Expression) {
            text = ExactText(text: expression.text)
            requiresPaths = expression.role.requiresPaths
        }
    }

    /// Something that has to exist when it is read.
    enum Check: Sendable {
        case path(ExpressionAnalysis.RootPath)
        /// A variable's member, as deep as the language says.
        case member(ExpressionAnalysis.Reference, depth: Int)
    }

    /// Rewrites an expression.
    init(_ expression: Expression) {
        key = Key(expression)
        let analysis = expression.analysis
        var checks: [(range: Range<Int>, check: Check)] = []
        if expression.role.requiresPaths {
            for path in analysis.rootPaths where !path.isOptional { checks.append((path.range, .path(path))) }
        }
        for reference in analysis.references where !reference.isOptional {
            let depth = min(reference.keys.count, ExpressionAnalysis.strictDepth(of: reference.variable))
            if depth > 0 { checks.append((reference.range, .member(reference, depth: depth))) }
        }
        self.checks = checks.map(\.check)
        let source = ExpressionSource(expression.text, checkCount: checks.count)
        let guards = checks.enumerated().map { number, check in
            ExpressionSource.Edit(range: check.range, text: source.guarded(check.check, check.range, number: number))
        }
        let survey = SyntaxSurvey(expression.syntax, source: source, edits: guards)
        self.source = source
        edits = survey.edits
        hosts = survey.hosts
        misplacedHosts = survey.misplaced
        calls = survey.calls
        orderings = survey.orderings
        isHostCall = !survey.hosts.isEmpty && survey.edits.contains { $0.range == expression.syntax.core.range }
        var variables: [String: Selection] = [:]
        var required: [(name: String, range: Range<Int>)] = []
        for reference in analysis.references {
            variables[reference.variable, default: .nothing].merge(Selection(keys: reference.keys))
            if !reference.isOptional { required.append((reference.variable, reference.range)) }
        }
        for name in survey.freeVariables where variables[name] == nil { variables[name] = .everything }
        self.variables = variables
        requiredVariables = required
        dot = analysis.rootFields.map { .members($0.reduce(into: [:]) { $0[$1] = .everything }) } ?? .everything
    }

    /// The text that libjq evaluates.
    var program: String { source.render(0..<key.text.text.utf8.count, edits) }
}

extension JQSyntax {
    /// The node without the parentheses around it.
    var core: JQSyntax {
        var node = self
        while case .group(let inner, _) = node { node = inner }
        return node
    }
}
