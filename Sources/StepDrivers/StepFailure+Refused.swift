internal import Diagnostics
internal import ScenarioModel

extension StepFailure {
    /// A request that cannot be sent as its templates have it.
    static func refused(
        _ code: Diagnostic.Code, _ message: String, at span: SourceSpan?, hint: String? = nil
    ) -> StepFailure {
        StepFailure(
            FailureReport(
                code: code.id, verdict: .error, message: message, place: span.map { Place($0) }, hint: hint))
    }
}
