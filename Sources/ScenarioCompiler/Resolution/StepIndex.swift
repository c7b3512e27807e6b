import Diagnostics
import Expressions
import ScenarioModel

/// Every step of a scenario by id, with what a reference to it must know.
struct StepIndex {
    private(set) var entries: [String: Entry] = [:]
    /// Every id, sorted.
    private(set) var ids: [String] = []

    /// A step in its place.
    final class Entry {
        let step: Step
        /// Its number in file order.
        let order: Int
        /// The groups around it, outermost first.
        let groups: [Step]
        /// Whether it stands in a `cleanup`.
        let isCleanup: Bool

        init(step: Step, order: Int, groups: [Step], isCleanup: Bool) {
            self.step = step
            self.order = order
            self.groups = groups
            self.isCleanup = isCleanup
        }

        /// What may skip it: its own condition and those of the groups around.
        var conditions: [(owner: String, text: String)] {
            (groups + [step]).compactMap { step in step.condition.map { (step.id, $0.text) } }
        }
    }

    /// Lists the steps, and tells of ids that occur twice.
    init(_ scenario: Scenario, into diagnostics: inout [Diagnostic]) {
        var order = 0
        add(scenario.steps, groups: [], isCleanup: false, &order, &diagnostics)
        if let cleanup = scenario.cleanup { add(cleanup, groups: [], isCleanup: true, &order, &diagnostics) }
        ids = entries.keys.sorted()
    }

    private mutating func add(
        _ block: Block, groups: [Step], isCleanup: Bool, _ order: inout Int, _ diagnostics: inout [Diagnostic]
    ) {
        for step in block.steps {
            order += 1
            if let earlier = entries[step.id] {
                let hint: Diagnostic.Message? =
                    step.isNamed
                    ? nil : "default ids are s1, s2, … by position; rename the step that is called '\(step.id)'"
                diagnostics.append(
                    Diagnostic(
                        .duplicateID, at: step.span, "two steps have the id '\(step.id)'",
                        secondary: [.init(span: earlier.step.span, text: "the first is here")], hint: hint))
            } else {
                entries[step.id] = Entry(step: step, order: order, groups: groups, isCleanup: isCleanup)
            }
            if case .group(let group) = step.action {
                add(group.block, groups: groups + [step], isCleanup: isCleanup, &order, &diagnostics)
            }
            if let cleanup = step.cleanup {
                add(cleanup, groups: groups, isCleanup: true, &order, &diagnostics)
            }
        }
    }

    subscript(id: String) -> Entry? { entries[id] }
}

extension Diagnostic.Code {
    static let duplicateID = Diagnostic.Code("scenario.duplicate-id", "A step's id is unique in its file.")
}
