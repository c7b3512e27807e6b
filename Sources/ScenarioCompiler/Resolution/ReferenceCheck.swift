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
    let scenario: Scenario
    let index: StepIndex
    /// The keys that some row has; nil where the text does not tell all rows.
    private let rowKeys: Set<String>?
    var diagnostics: [Diagnostic] = []
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
                checkNames(expression, variables: known, loops: Loops())
            }
            known.insert(variable.name)
        }
        if let condition = scenario.condition { checkNames(condition, variables: known, loops: Loops()) }
        check(scenario.steps, known, groups: [], inCleanup: false)
        if let cleanup = scenario.cleanup { check(cleanup, known, groups: [], inCleanup: true) }
        for output in scenario.outputs {
            checkNames(output.expression, variables: known, loops: Loops())
            checkSteps(output.expression, from: nil, inCleanup: true)
        }
    }

    private mutating func check(
        _ block: Block, _ variables: Set<String>, groups: [Step], inCleanup: Bool, loops: Loops = Loops()
    ) {
        for step in block.steps {
            let own = loops.adding(step)
            for expression in step.ownExpressions {
                checkNames(expression, variables: variables, loops: own)
                checkSteps(expression, from: step, inCleanup: inCleanup)
                checkRoot(expression, of: step)
            }
            checkTree(step)
            checkCaptures(step)
            if case .group(let group) = step.action {
                check(group.block, variables, groups: groups + [step], inCleanup: inCleanup, loops: own)
            }
            if let cleanup = step.cleanup {
                check(cleanup, variables, groups: groups, inCleanup: true, loops: own)
            }
        }
    }

    private mutating func checkNames(_ expression: Expression, variables: Set<String>, loops: Loops) {
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
                if let problem = loops.problem(of: reference.variable) {
                    report(
                        .unknownName, expression, reference, key: nil, .init(problem.message), nearest: nil,
                        advice: problem.advice)
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

    mutating func report(
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
