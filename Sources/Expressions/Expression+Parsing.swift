public import Diagnostics

extension Expression {
    /// Reads a jq expression and reports everything wrong with it; nil if there was an error.
    ///
    /// `extraVariables` are names that the place defines beside the language's own, such as the one in `as`.
    public static func parse(
        _ source: LocatedText, role: Role, extraVariables: Set<String> = [], into diagnostics: inout [Diagnostic]
    ) -> Expression? {
        if extraVariables.isEmpty, let reading = Readings.shared.known(source.text, role) {
            return Expression(source: source, role: role, reading: reading)
        }
        let syntax: JQSyntax
        do {
            syntax = try JQParser.parse(Array(source.text.utf8))
        } catch {
            diagnostics.append(Diagnostic(error, in: source))
            return nil
        }
        var analyzer = ExpressionAnalyzer(source: source, role: role, extraVariables: extraVariables)
        analyzer.visit(syntax, ExpressionAnalyzer.Context())
        var lint = JQLint(source: source, role: role)
        lint.check(syntax, readsNothing: syntax.isConstant)
        let found = lint.merged(with: analyzer.diagnostics)
        diagnostics += found
        guard !found.contains(where: { $0.severity == .error }) else { return nil }
        let reading = Reading(syntax, analyzer.analysis)
        // What is told of a text names its place, so a text that something is told of is read anew.
        if extraVariables.isEmpty, found.isEmpty { Readings.shared.keep(reading, source.text, role) }
        return Expression(source: source, role: role, reading: reading)
    }
}

extension Diagnostic {
    /// The diagnostic of a text that is no jq program.
    fileprivate init(_ error: JQSyntaxError, in source: LocatedText) {
        let code: Code =
            switch error.kind {
            case .syntax: .jqSyntax
            case .forbidden: .jqForbidden
            case .empty: .jqEmpty
            }
        self.init(
            code, at: source.span(of: error.range), Message(error.message),
            secondary: error.related.map { [Label(span: source.span(of: $0.range), text: Message($0.text))] } ?? [],
            hint: error.hint.map { Message($0) })
    }
}
