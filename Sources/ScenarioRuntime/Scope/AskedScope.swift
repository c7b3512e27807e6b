import Diagnostics
import Expressions
import ScenarioModel

/// A scope that notes whether anybody asked it: what was prepared without is the same the next time.
final class AskedScope: TemplateScope {
    private let rendering: Rendering
    private(set) var wasAsked = false

    init(_ rendering: Rendering) { self.rendering = rendering }

    func value(of template: ValueTemplate) throws(StepFailure) -> Value {
        wasAsked = true
        return try rendering.value(of: template)
    }

    func file(_ path: String, at span: SourceSpan) throws(StepFailure) -> String {
        wasAsked = true
        return try rendering.file(path, at: span)
    }

    func allows(_ permission: String) -> Bool {
        wasAsked = true
        return rendering.allows(permission)
    }

    func holdsSecret(_ text: String) -> Bool {
        wasAsked = true
        return rendering.holdsSecret(text)
    }
}
