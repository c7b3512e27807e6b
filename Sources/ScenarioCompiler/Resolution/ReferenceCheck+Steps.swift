import Diagnostics
import Expressions
import ScenarioModel

extension ReferenceCheck {
    /// Checks that each step that an expression reads is there, has run before, and can be seen from here.
    mutating func checkSteps(_ expression: Expression, from step: Step?, inCleanup: Bool) {
        for reference in expression.analysis.references where reference.variable == "steps" {
            guard let id = reference.keys.first else { continue }
            guard let entry = index[id] else {
                report(
                    .unknownStep, expression, reference, key: 0, "there is no step '\(id)'",
                    nearest: (id, index.ids),
                    advice: "ids are: \(index.ids.prefix(8).joined(separator: ", "))")
                continue
            }
            let here = step.flatMap { index[$0.id] }
            let isSelf = step?.id == id
            let isAround = here?.groups.contains { $0.id == id } ?? false
            if isSelf, !expression.role.seesOwnCaptures, !inCleanup {
                report(
                    .forwardReference, expression, reference, key: 0, "step '\(id)' has no result before it has run",
                    nearest: nil, advice: "its own result is '.', in 'assert', 'capture', 'until' and 'expect'")
                continue
            }
            if isAround {
                report(
                    .forwardReference, expression, reference, key: 0,
                    "step '\(id)' is the group around this step and has not ended here", nearest: nil,
                    advice: "judge it in the group's own 'assert', or in a step behind it")
                continue
            }
            if let here, !isSelf, !inCleanup, entry.order > here.order {
                report(
                    .forwardReference, expression, reference, key: 0, "step '\(id)' runs only after this one",
                    nearest: nil, advice: "move it up, or read another step",
                    secondary: .init(span: entry.step.span, text: "it is here"))
                continue
            }
            if let loop = entry.groups.first(where: { group in
                (group.each != nil || group.repetition != nil)
                    && !(here?.groups.contains { $0.id == group.id } ?? false)
            }) {
                report(
                    .insideLoop, expression, reference, key: 0,
                    "step '\(id)' runs many times inside '\(loop.id)'", nearest: nil,
                    advice: "read one of them as '$steps.\(loop.id).items[0].\(id)'")
                continue
            }
            checkMember(expression, reference, entry.step, isSelf: isSelf)
            if !isSelf, !inCleanup { checkSkip(expression, reference, entry, here) }
        }
    }

    private mutating func checkMember(
        _ expression: Expression, _ reference: ExpressionAnalysis.Reference, _ step: Step, isSelf: Bool
    ) {
        guard reference.keys.count > 1, !reference.isOptional, !step.isBroken else { return }
        let known =
            isSelf ? ResultShape.inside(step) : ResultShape.outside(step)
        let member = reference.keys[1]
        guard !known.contains(member) else { return }
        report(
            .unknownMember, expression, reference, key: 1,
            "step '\(step.id)' has no '\(member)': neither its result nor a capture", nearest: (member, known),
            advice: "it has: \(known.joined(separator: ", "))")
    }

    private mutating func checkSkip(
        _ expression: Expression, _ reference: ExpressionAnalysis.Reference, _ entry: StepIndex.Entry,
        _ here: StepIndex.Entry?
    ) {
        guard !reference.isOptional, reference.keys.count < 2 || reference.keys[1] != "ran" else { return }
        for condition in entry.conditions {
            let around = here.map { $0.groups + [$0.step] } ?? []
            let isGuarded = around.contains { step in
                guard let own = step.condition else { return false }
                return step.id == condition.owner || own.text == condition.text
                    || own.analysis.references.contains {
                        $0.variable == "steps" && $0.keys == [condition.owner, "ran"]
                            || $0.variable == "steps" && $0.keys == [entry.step.id, "ran"]
                    }
            }
            let sharesGroup = around.contains { $0.id == condition.owner }
            if !isGuarded, !sharesGroup {
                report(
                    .mayBeSkipped, expression, reference, key: 0,
                    "step '\(entry.step.id)' may be skipped by its 'if'", nearest: nil,
                    advice: "ask '$steps.\(condition.owner).ran' in this step's own 'if', or give it the same 'if'")
                return
            }
        }
    }
}

extension Expression.Role {
    /// Whether the step's own captures are there when it is evaluated.
    fileprivate var seesOwnCaptures: Bool {
        switch self {
        case .assertion, .expectTemplate, .leaf, .aggregate: true
        default: false
        }
    }
}
