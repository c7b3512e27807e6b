/// What seeds the functions of one evaluation that look random (`uuid`, `rand_int`): the run, the test, the step and its
/// place among iterations.
///
/// Few evaluations ask for it, so the text is put together when one does.
public struct EvaluationSeed: ExpressibleByStringLiteral {
    private enum Origin {
        case text(String)
        case place(any SeedPlace, String)
    }

    private let origin: Origin

    /// A seed that is there.
    public init(_ text: String) { origin = .text(text) }

    /// The seed of a step at a place of a test.
    public init(_ step: String, at place: any SeedPlace) { origin = .place(place, step) }

    public init(stringLiteral text: String) { origin = .text(text) }

    /// The text of the seed.
    public var text: String {
        switch origin {
        case .text(let text): text
        case .place(let place, let step): place.seed(of: step)
        }
    }
}

/// A place of a test, which names the seeds of what is evaluated there.
public protocol SeedPlace: AnyObject {
    /// The seed of a step.
    func seed(of step: String) -> String
}
