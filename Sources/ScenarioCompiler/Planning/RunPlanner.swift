public import Diagnostics
public import Expressions
public import ScenarioModel

/// Makes tests of compiled scenarios: one for each row of their cases, with what they share and exclude.
public struct RunPlanner {
    private let configuration: Configuration
    private let kinds: [any StepKind]
    private let engine: ExpressionEngine
    private let options: RunPlan.Options
    /// What queries of cases gave, by the path of the scenario.
    private let queried: [String: QueriedRows]
    private var diagnostics: [Diagnostic] = []
    private var tests: [PlannedTest] = []

    /// What is selected of the compiled scenarios.
    public struct Selection: Sendable {
        /// Tags of which a scenario must have one; all where empty.
        ///
        /// `!tag` leaves out those that have it.
        public var tags: [String] = []
        /// Names of tests, as a report gives them; all where nil.
        public var names: Set<String>?
        /// Ids of the steps to run, with what they read; all where empty.
        public var steps: Set<String> = []
        /// Makes skips for want of a target errors.
        public var refusesSkips = false

        /// Selects everything.
        public init() {}

        /// Whether a scenario's tags are selected.
        func takes(_ tags: [String]) -> Bool {
            let wanted = self.tags.filter { !$0.hasPrefix("!") }
            let unwanted = self.tags.filter { $0.hasPrefix("!") }.map { String($0.dropFirst()) }
            return (wanted.isEmpty || wanted.contains { tags.contains($0) }) && !unwanted.contains { tags.contains($0) }
        }
    }

    /// Plans a run; nil with diagnostics where its cases cannot be made.
    public static func plan(
        _ compilation: Compiler.Compilation, _ configuration: Configuration, kinds: [any StepKind],
        engine: ExpressionEngine, options: RunPlan.Options, selection: Selection,
        queried: [String: QueriedRows] = [:], into diagnostics: inout [Diagnostic]
    ) -> RunPlan {
        var planner = RunPlanner(
            configuration: configuration, kinds: kinds, engine: engine, options: options, queried: queried)
        for compiled in compilation.scenarios where selection.takes(compiled.scenario.tags) {
            planner.add(compiled, selection)
        }
        diagnostics += planner.diagnostics
        diagnostics += compilation.undeclared(options.variables.keys)
        return RunPlan(
            configuration: configuration, tests: planner.tests, options: options,
            expressions: compilation.expressions)
    }

    private init(
        configuration: Configuration, kinds: [any StepKind], engine: ExpressionEngine, options: RunPlan.Options,
        queried: [String: QueriedRows] = [:]
    ) {
        self.configuration = configuration
        self.kinds = kinds
        self.engine = engine
        self.options = options
        self.queried = queried
    }

    /// What a query of cases gave.
    public enum QueriedRows: Sendable {
        case rows([Value])
        case failed(FailureReport)
    }

    /// A query whose rows are needed before the tests are known, with its values decided.
    public struct PreparedQuery {
        /// The path of its scenario.
        public var path: String
        public var step: any PreparedStep
        /// The time-outs of its attempt.
        public var settings: StepSettings
        public var pool: PoolBounds
        public var span: SourceSpan
    }

    /// The queries of cases of the selected scenarios that are not skipped; one that cannot be prepared has failed.
    public static func queries(
        _ compilation: Compiler.Compilation, _ configuration: Configuration, kinds: [any StepKind],
        engine: ExpressionEngine, options: RunPlan.Options, selection: Selection
    ) -> (queries: [PreparedQuery], failed: [String: QueriedRows]) {
        var planner = RunPlanner(configuration: configuration, kinds: kinds, engine: engine, options: options)
        var queries: [PreparedQuery] = []
        var failed: [String: QueriedRows] = [:]
        var resolved: [String: ResolvedTarget] = [:]
        for compiled in compilation.scenarios where selection.takes(compiled.scenario.tags) {
            guard case .query(let query)? = compiled.scenario.cases, planner.skipReason(compiled, Selection()) == nil
            else { continue }
            do throws(StepFailure) {
                let target: Target
                switch CaseTarget.of(query, configuration, kinds) {
                case .success(let found): target = found
                case .failure(let problem): throw StepFailure(problem)
                }
                let scope = CaseScope(engine: engine, context: planner.context(of: compiled), span: query.span)
                let made: ResolvedTarget
                if let known = resolved[target.name] {
                    made = known
                } else {
                    made = try scope.resolve(target, configuration)
                }
                resolved[target.name] = made
                let layers = SettingsLayers(
                    configuration, suites: compiled.suites, flags: options.flags, scenario: compiled.scenario)
                queries.append(
                    PreparedQuery(
                        path: compiled.path, step: try query.request.prepare(scope, target: made),
                        settings: layers.settings(row: query.request.timeoutKind, target: target),
                        pool: layers.connections(to: target).poolBounds, span: query.span))
            } catch {
                failed[compiled.path] = .failed(error.report)
            }
        }
        return (queries, failed)
    }

    private mutating func add(_ compiled: Compiler.CompiledScenario, _ selection: Selection) {
        var scenario = compiled.scenario
        if !selection.steps.isEmpty {
            guard let pruned = StepSelection.prune(scenario, to: selection.steps) else { return }
            scenario = pruned
        }
        let suite = compiled.folders.joined(separator: "/")
        let base = (compiled.folders + [scenario.name]).joined(separator: "/")
        let skip = skipReason(compiled, selection)
        let claims = Claims.of(scenario, configuration, kinds)
        var names: [String: Int] = [:]
        if case .failed(let failure)? = queried[compiled.path], skip == nil {
            tests.append(
                PlannedTest(
                    name: TestName(
                        index: tests.count, name: base, file: scenario.file.path, suite: suite,
                        scenario: scenario.name, row: nil),
                    scenario: scenario, row: nil, suites: compiled.suites, shared: [], exclusive: [], skip: nil,
                    failure: failure))
            return
        }
        for (number, (row, name)) in rows(of: compiled, isSkipped: skip != nil).enumerated() {
            let full = name.map { "\(base)[\($0)]" } ?? base
            if let first = names.updateValue(number, forKey: full), let cases = scenario.cases {
                let earlier = cases.span(ofRow: first).map { Diagnostic.Label(span: $0, text: "the first is here") }
                diagnostics.append(
                    Diagnostic(
                        .equalRows, at: cases.span(ofRow: number) ?? cases.span,
                        "rows \(first + 1) and \(number + 1) have the same name '\(name ?? "")'",
                        secondary: earlier.map { [$0] } ?? [],
                        hint: "a row is named by its 'name', else by its scalars: give each a 'name' of its own"))
                return
            }
            if let wanted = selection.names, !wanted.contains(full) { continue }
            tests.append(
                PlannedTest(
                    name: TestName(
                        index: tests.count, name: full, file: scenario.file.path, suite: suite,
                        scenario: scenario.name, row: name),
                    scenario: scenario, row: row, suites: compiled.suites, shared: claims.shared,
                    exclusive: claims.exclusive, skip: skip))
        }
    }

    private mutating func skipReason(_ compiled: Compiler.CompiledScenario, _ selection: Selection) -> String? {
        let layers = SettingsLayers(configuration, suites: compiled.suites)
        if !layers.isEnabled.value {
            return
                "suite \(compiled.suites.last?.path.joined(separator: "/") ?? "") is disabled (\(layers.isEnabled.origin))"
        }
        let unmet = Requirements.unmet(of: compiled.scenario, by: configuration)
        guard !unmet.isEmpty else { return nil }
        if selection.refusesSkips {
            for (reason, requirement) in zip(unmet, compiled.scenario.requirements) {
                diagnostics.append(
                    Diagnostic(
                        .unmetRequirement, at: requirement.span, .init(reason), hint: "--no-skips makes this an error"))
            }
        }
        return unmet.joined(separator: "; ")
    }

    /// The rows with their names; one test without a row where there are no cases.
    private mutating func rows(
        of compiled: Compiler.CompiledScenario, isSkipped: Bool
    ) -> [(row: Value?, name: String?)] {
        guard let cases = compiled.scenario.cases else { return [(nil, nil)] }
        let values: [Value]
        switch cases {
        case .table(let rows, _): values = rows
        case .query(let query):
            guard case .rows(let known)? = queried[compiled.path] else { return [(nil, Self.unknownRows)] }
            if known.isEmpty {
                diagnostics.append(Diagnostic(.noCases, at: query.span, "the query of 'cases' has no rows"))
            }
            values = known
        case .rows(let templates, let span):
            guard let rendered = render(templates, compiled, span) else { return [] }
            values = rendered
        case .template(let template, let span):
            guard let rendered = render([template], compiled, span)?.first else { return [] }
            guard let array = rendered.array else {
                diagnostics.append(
                    Diagnostic(
                        .casesForm, at: span, "'cases' needs an array, and got \(rendered.type) \(rendered.preview())",
                        hint: "'[…]' makes an array of what stands inside"))
                return []
            }
            if array.isEmpty { diagnostics.append(Diagnostic(.noCases, at: span, "'cases' has no rows")) }
            values = array
        }
        return values.enumerated().map { index, row in (row, Self.name(of: row) ?? String(index + 1)) }
    }

    /// What stands for rows that only the run will know.
    static let unknownRows = "each row of the query"

    /// What expressions of `cases` see.
    private func context(of compiled: Compiler.CompiledScenario) -> EvaluationContext {
        var context = EvaluationContext(seed: options.seed + "/cases/" + compiled.path)
        context.variables["suite"] = SharedValue(.object(compiled.suites.suiteData))
        context.variables["env"] = SharedValue(
            .object(
                Value.Object(
                    configuration.environment.filter { !configuration.secrets.keys.contains($0.key) }.map {
                        ($0.key, .string($0.value))
                    })))
        context.variables["config"] = SharedValue(configuration.tree)
        var variables = compiled.scenario.fileVariables
        for variable in compiled.scenario.variables {
            if let given = options.variables[variable.name] {
                variables[variable.name] = given
                continue
            }
            context.variables["vars"] = SharedValue(.object(variables))
            // A variable that needs the row or a result is none that the rows can be made of.
            if let value = try? engine.value(of: variable.value, in: context) { variables[variable.name] = value }
        }
        context.variables["vars"] = SharedValue(.object(variables))
        return context
    }

    private mutating func render(
        _ templates: [ValueTemplate], _ compiled: Compiler.CompiledScenario, _ span: SourceSpan
    ) -> [Value]? {
        let context = context(of: compiled)
        do throws(EvaluationError) {
            var values: [Value] = []
            for template in templates { values.append(try engine.value(of: template, in: context)) }
            return values
        } catch {
            diagnostics.append(
                Diagnostic(
                    .casesForm, at: span, "'cases' cannot be made: \(error.message)",
                    hint: .init(error.hint ?? "rows are made of '$suite', '$vars', '$env' and '$config'")))
            return nil
        }
    }

    /// A row's name: its `name`, else its scalars; nil where it has none of both.
    static func name(of row: Value) -> String? {
        switch row {
        case .object(let object):
            if let name = object["name"]?.string, !name.isEmpty { return clean(name) }
            let scalars = object.values.compactMap(scalar)
            return scalars.isEmpty ? nil : clean(scalars.joined(separator: ", "))
        case .array(let elements):
            let scalars = elements.compactMap(scalar)
            return scalars.count == elements.count && !scalars.isEmpty ? clean(scalars.joined(separator: ", ")) : nil
        default:
            return scalar(row).map(clean)
        }
    }

    private static func scalar(_ value: Value) -> String? {
        switch value {
        case .string(let text): text.isEmpty ? nil : text
        case .number, .bool: value.tostring
        default: nil
        }
    }

    private static func clean(_ name: String) -> String {
        let line = name.map { $0.isNewline ? " " : $0 }
        return line.count > 80 ? String(line.prefix(79)) + "…" : String(line)
    }
}

extension Scenario.Cases {
    /// Where a row is written; nil for those of a template or a table.
    fileprivate func span(ofRow number: Int) -> SourceSpan? {
        if case .rows(let rows, _) = self, rows.indices.contains(number) { rows[number].span } else { nil }
    }
}

extension Diagnostic.Code {
    static let equalRows = Diagnostic.Code(
        "scenario.equal-rows",
        "Each row of 'cases' is a test with a name of its own: its 'name', else its scalars, else its number.")
    static let casesForm = Diagnostic.Code(
        "scenario.cases", "'cases' is a list of rows, or a template that yields one.")
    static let unmetRequirement = Diagnostic.Code(
        "target.required",
        "The scenario requires what the profile does not have; it is skipped unless --no-skips is given.")
}
