internal import Diagnostics
internal import Expressions
internal import ScenarioModel

extension ValueTemplate {
    /// The name of a file, where no template makes it.
    var namedFile: (name: String, span: SourceSpan)? {
        guard case .literal(let value, _, let span) = self, let name = value.string, !name.isEmpty else { return nil }
        return (name, span)
    }
}
