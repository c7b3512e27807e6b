import ScenarioModel

/// The way of one of the other loops to the one that leads the load.
///
/// `@unchecked Sendable`: used on the interpreter's executor only.
final class LoadFollower: @unchecked Sendable {
    private let send: @Sendable ([UInt8]) -> Void
    /// How its part begins; nil where there is nothing to do for it.
    let beginning = Awaited<LoadBeginning?>()
    private var needs: [String: Awaited<NeedOutcome>] = [:]

    init(_ send: @escaping @Sendable ([UInt8]) -> Void) { self.send = send }

    /// Tells the leading loop.
    func tell(_ report: LoopReport) { send(report.line) }

    /// What a need came to, which the leading loop is asked for once.
    func outcome(of question: NeedQuestion) async -> NeedOutcome {
        if let known = needs[question.key] { return await known.get() }
        let awaited = Awaited<NeedOutcome>()
        needs[question.key] = awaited
        tell(.need(question))
        return await awaited.get()
    }

    /// Takes what a need came to.
    func take(_ outcome: NeedOutcome, key: String) { needs[key]?.set(outcome) }
}
