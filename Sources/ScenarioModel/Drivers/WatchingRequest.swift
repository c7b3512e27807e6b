public import Diagnostics
public import Expressions

/// A request that watches another step of its list: it looks before that one begins, and again after its end.
///
/// The planner draws an edge from the watched step to this one; just before the watched step begins, the runtime
/// carries out ``firstLook``, and in its own turn what ``lastLook(after:)`` makes of it.
public protocol WatchingRequest: StepRequest {
    /// The step that is watched, and where it is named.
    var watched: (id: String, span: SourceSpan) { get }
    /// What is asked before the watched step begins; its templates are evaluated there.
    var firstLook: any StepRequest { get }
    /// The expressions of the first look, which can read nothing that comes with the watched step or behind it.
    var firstExpressions: [Expression] { get }
    /// What is asked after the watched step's end, with the first look's result.
    func lastLook(after first: Value) -> any StepRequest
}

extension Step {
    /// The request where it watches another step.
    public var watch: (any WatchingRequest)? {
        if case .request(let request) = action { request as? any WatchingRequest } else { nil }
    }
}
