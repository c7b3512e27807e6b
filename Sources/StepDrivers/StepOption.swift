internal import Diagnostics
internal import ScenarioModel
internal import ScenarioSyntax

/// An option of a step, known from the text or a template, with its place.
struct StepOption<Known: Sendable>: Sendable {
    var value: Late<Known>
    var span: SourceSpan

    /// Reads an option; nil where it is left out or wrong.
    init?(_ node: YAMLNode?, _ reader: inout SyntaxReader, _ read: (YAMLNode, inout [Diagnostic]) -> Known?) {
        guard let node, let late = reader.late(node, read) else { return nil }
        value = late
        span = node.span
    }

    /// The value, a template evaluated and read; nil where it yields null.
    ///
    /// - Throws: a failure of the given code where the text does not read as what is expected.
    func evaluate(
        _ what: String, _ scope: any TemplateScope, code: Diagnostic.Code, _ read: (String) -> Known?
    ) throws(StepFailure) -> Known? {
        switch value {
        case .known(let value): return value
        case .template(let template):
            guard let text = try scope.text(of: template) else { return nil }
            if let value = read(text) { return value }
            throw StepFailure.refused(
                code, "expected \(what), found '\(text.prefix(40))'", at: template.span,
                hint: "look at what the template yields")
        }
    }
}
