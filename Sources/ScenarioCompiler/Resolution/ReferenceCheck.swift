import Diagnostics
import Expressions
import ScenarioModel

/// Checks that every name in a scenario's expressions means something where it stands.
///
/// One walk over the steps in file order. For each expression of a step: a `$steps.X` must name a step
/// that comes before, that is visible from here (not inside a loop seen from outside), that has run for
/// sure or whose `ran` is asked, and whose result can have the member that is read. Variables, needs,
/// rows and elements are held against what the scenario declares, and the root's first key against the
/// members of the kind's result.
struct ReferenceCheck {
    private let scenario: Scenario
    private let index: StepIndex
    /// The keys that some row has; nil where the text does not tell all rows.
    private let rowKeys: Set<String>?
    private var diagnostics: [Diagnostic] = []
    /// How many more names are compared to find the nearest: beyond that, errors go without the suggestion.
    private var comparisons = 400_000

    /// Adds what is wrong to the diagnostics.
    static func check(_ scenario: Scenario, into diagnostics: inout [Diagnostic]) {
        var problems: [Diagnostic] = []
        let index = StepIndex(scenario, into: &problems)
        var check = ReferenceCheck(scenario: scenario, index: index)
        check.checkScenario()
        diagnostics += problems + check.diagnostics
    }

    private init(scenario: Scenario, index: StepIndex) {
        self.scenario = scenario
        self.index = index
        if case .rows(let rows, _) = scenario.cases {
            let objects = rows.map { $0.constant?.object?.keys }
            rowKeys = objects.contains { $0 == nil } ? nil : Set(objects.flatMap { $0 ?? [] })
        } else {
            rowKeys = nil
        }
    }

    private mutating func checkScenario() {
        var known = Set(scenario.fileVariables.keys)
        for variable in scenario.variables {
            for expression in variable.value.expressions {
                checkNames(expression, variables: known, inLoop: false)
            }
            known.insert(variable.name)
        }
        if let condition = scenario.condition { checkNames(condition, variables: known, inLoop: false) }
        check(scenario.steps, known, groups: [], inCleanup: false)
        if let cleanup = scenario.cleanup { check(cleanup, known, groups: [], inCleanup: true) }
        for output in scenario.outputs {
            checkNames(output.expression, variables: known, inLoop: false)
            checkSteps(output.expression, from: nil, inCleanup: true)
        }
    }

    private mutating func check(
        _ block: Block, _ variables: Set<String>, groups: [Step], inCleanup: Bool, inLoop: Bool = false
    ) {
        for step in block.steps {
            let inOwnLoop = inLoop || step.each != nil || step.repetition != nil
            let own = ResultShape.own(step)
            for expression in step.ownExpressions {
                checkNames(expression, variables: variables, inLoop: inOwnLoop)
                checkSteps(expression, from: step, inCleanup: inCleanup)
                checkRoot(expression, of: step, own)
            }
            checkTree(step, own)
            checkCaptures(step, own)
            if case .group(let group) = step.action {
                check(group.block, variables, groups: groups + [step], inCleanup: inCleanup, inLoop: inOwnLoop)
            }
            if let cleanup = step.cleanup {
                check(cleanup, variables, groups: groups, inCleanup: true, inLoop: inOwnLoop)
            }
        }
    }

    private mutating func checkNames(_ expression: Expression, variables: Set<String>, inLoop: Bool) {
        for reference in expression.analysis.references {
            let name = reference.keys.first
            switch reference.variable {
            case "vars":
                if let name, !variables.contains(name), !reference.isOptional {
                    let later = scenario.variables.contains { $0.name == name }
                    report(
                        later ? .forwardReference : .unknownName, expression, reference, key: 0,
                        later ? "'$vars.\(name)' is defined further down" : "there is no variable '\(name)'",
                        nearest: later || comparisons <= 0 ? nil : (name, variables.sorted()),
                        advice: later
                            ? "variables are evaluated in order: move it above this one" : "declare it under 'vars'")
                }
            case "needs":
                guard let name else { continue }
                guard let need = scenario.needs.first(where: { $0.name == name }) else {
                    report(
                        .unknownName, expression, reference, key: 0, "this scenario needs nothing called '\(name)'",
                        nearest: (name, scenario.needs.map(\.name)), advice: "declare it under 'needs'")
                    continue
                }
                let outputs = need.scenario.outputs.map(\.name)
                if reference.keys.count > 1, !outputs.contains(reference.keys[1]) {
                    report(
                        .unknownName, expression, reference, key: 1,
                        "'\(need.scenario.file.path)' has no output '\(reference.keys[1])'",
                        nearest: (reference.keys[1], outputs), advice: "only its 'outputs' show")
                }
            case "case":
                guard scenario.cases != nil else {
                    report(
                        .unknownName, expression, reference, key: nil, "'$case' has no meaning without 'cases'",
                        nearest: nil, advice: "add 'cases: [ … ]' to the scenario")
                    continue
                }
                checkRowKey(expression, reference)
            case "item", "index":
                if !inLoop {
                    report(
                        .unknownName, expression, reference, key: nil,
                        "'$\(reference.variable)' has a meaning only inside 'each' or 'repeat'", nearest: nil,
                        advice: "give the step 'each: LIST', where LIST is jq that yields an array")
                }
            default: break
            }
        }
    }

    private mutating func checkRowKey(
        _ expression: Expression, _ reference: ExpressionAnalysis.Reference
    ) {
        guard let key = reference.keys.first, !reference.isOptional, let known = rowKeys else { return }
        if !known.contains(key) {
            report(
                .unknownName, expression, reference, key: 0, "no row of 'cases' has '\(key)'",
                nearest: (key, known.sorted()), advice: nil)
        }
    }

    private mutating func checkSteps(_ expression: Expression, from step: Step?, inCleanup: Bool) {
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

    private mutating func checkRoot(_ expression: Expression, of step: Step, _ own: [String]) {
        guard !step.isBroken else { return }
        let known: [String]
        switch expression.role {
        case .assertion, .until, .giveUp, .capture, .expectTemplate: known = own
        case .aggregate: known = ResultShape.aggregate(of: step)
        default: return
        }
        for path in expression.analysis.rootPaths where !path.isOptional {
            guard case .key(let key)? = path.elements.first, !known.contains(key) else { continue }
            let span = expression.source.span(of: path.range)
            let nearest = NearestName.of(key, in: known)
            diagnostics.append(
                Diagnostic(
                    .unknownMember, at: span,
                    known.isEmpty
                        ? "a step without a kind has no result of its own"
                        : "the result of \(article(step.kind)) step never has '\(key)'",
                    hint: nearest.map { "did you mean '.\($0)'?" }
                        ?? (known.isEmpty
                            ? "read another step: '$steps.ID.\(key)'" : "it has: \(known.joined(separator: ", "))")))
        }
    }

    private func article(_ kind: String) -> String {
        (["a", "e", "i", "o", "u", "h"].contains { kind.hasPrefix($0) } ? "an " : "a ") + kind
    }

    private mutating func checkTree(_ step: Step, _ known: [String]) {
        guard case .object(let members, _)? = step.expectation, !step.isBroken else { return }
        for member in members where !known.contains(member.key) {
            let nearest = NearestName.of(member.key, in: known)
            diagnostics.append(
                Diagnostic(
                    .unknownMember, at: member.keySpan,
                    known.isEmpty
                        ? "a step without a kind has no result of its own"
                        : "the result of \(article(step.kind)) step never has '\(member.key)'",
                    hint: nearest.map { "did you mean '\($0)'?" } ?? "it has: \(known.joined(separator: ", "))"))
        }
    }

    private mutating func checkCaptures(_ step: Step, _ own: [String]) {
        guard !step.captures.isEmpty else { return }
        var taken = own + ["ran", "items", "polls"]
        if step.repetition != nil { taken += ResultShape.aggregate }
        for capture in step.captures where taken.contains(capture.name) {
            diagnostics.append(
                Diagnostic(
                    .captureName, at: capture.span,
                    "'\(capture.name)' is a member of the result and cannot be the name of a capture",
                    hint: "'$steps.\(step.id).\(capture.name)' gives it without a capture"))
        }
    }

    private mutating func report(
        _ code: Diagnostic.Code, _ expression: Expression, _ reference: ExpressionAnalysis.Reference, key: Int?,
        _ message: Diagnostic.Message, nearest: (name: String, candidates: [String])?, advice: String?,
        secondary: Diagnostic.Label? = nil
    ) {
        let range = key.map { reference.keyRanges[$0] } ?? reference.range
        var near: String?
        if let nearest, nearest.candidates.count <= comparisons {
            comparisons -= nearest.candidates.count
            near = NearestName.of(nearest.name, in: nearest.candidates).map { "did you mean '\($0)'?" }
        }
        diagnostics.append(
            Diagnostic(
                code, at: expression.source.span(of: range), message, secondary: secondary.map { [$0] } ?? [],
                hint: (near ?? advice).map { Diagnostic.Message($0) }))
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

extension Step {
    /// The expressions of the step itself, without those of the steps inside it.
    var ownExpressions: [Expression] {
        guard case .group = action else { return expressions }
        return [condition, each?.list].compactMap { $0 } + (repetition?.assertions.map(\.expression) ?? [])
            + assertions.map(\.expression) + captures.map(\.expression)
    }
}

extension Diagnostic.Code {
    static let unknownName = Diagnostic.Code(
        "reference.unknown-name", "The expression reads a name that nothing declares.")
    static let unknownStep = Diagnostic.Code(
        "reference.unknown-step", "'$steps.X' reads a step that the file does not have.")
    static let unknownMember = Diagnostic.Code(
        "reference.unknown-member",
        "The expression reads a member that such a result can never have; it would always be null.")
    static let forwardReference = Diagnostic.Code(
        "reference.forward", "A step can read only what has run before it.")
    static let insideLoop = Diagnostic.Code(
        "reference.inside-loop", "From outside of a loop its steps are read by element: '$steps.GROUP.items[0].ID'.")
    static let mayBeSkipped = Diagnostic.Code(
        "reference.may-be-skipped",
        "A step with an 'if' may have no result; a step that reads it must ask '$steps.X.ran' first.")
    static let captureName = Diagnostic.Code(
        "scenario.capture-name", "A capture may not hide a member of the result.")
}
