import Diagnostics
import Expressions
import ScenarioModel
import ScenarioSyntax

extension Interpreter {
    /// Runs one test from its variables to its cleanup.
    func execute(_ planned: PlannedTest) async -> TestResult {
        let scenario = planned.scenario
        let layers = SettingsLayers(
            plan.configuration, suites: planned.suites, flags: plan.options.flags, scenario: scenario)
        let run = TestRun(
            RunSource(planned: planned, scenario: scenario, layers: layers),
            session: TestSession(test: planned.name.name), seed: RunSeed(plan.options.seed + "/" + planned.name.name),
            trace: TraceID(run: plan.options.runID, test: planned.name.index), started: clock.now)
        run.faults = faults(of: scenario)
        var result = TestResult(
            test: planned.name, description: scenario.description, tags: scenario.tags, verdict: .passed,
            startedMs: milliseconds(since: began))
        let frame = Frame(
            parent: base, trail: "", seed: run.origin,
            variables: [
                "suite": SharedValue(.object(planned.suites.suiteData)),
                "run": SharedValue(runValue(run)),
            ])
        if let row = planned.row { frame.set("case", SharedValue(row)) }
        let limit = scenario.timeout.map { _ in layers.scenarioLimit } ?? layers.scenarioLimit
        let limits = Limits().adding("scenario timeout", limit, from: clock.now)

        do throws(StepFailure) {
            try beginStandingFaults(run)
            if let reason = try await begin(scenario, run, frame, with: [:]) {
                result.verdict = .skipped
                result.reason = reason
            } else {
                result.steps = await runBlock(
                    scenario.steps, run, frame, limits, keepGoing: scenario.keepGoing, trail: [])
            }
        } catch {
            result.failures.append(error.report)
        }
        if let cleanup = scenario.cleanup, result.verdict != .skipped {
            run.cleanups.insert(.init(block: cleanup, frame: frame, owner: scenario.name), at: 0)
        }
        for driver in drivers.values { await driver.endSteps(run.session) }
        result.cleanup = await cleanUp(run)
        await endSession(run)
        run.faults?.close()
        result.needs = run.needReports
        conclude(&result, run)
        return result
    }

    /// Evaluates what stands before the steps; returns the reason where the scenario's `if` skips it.
    func begin(
        _ scenario: Scenario, _ run: TestRun, _ frame: Frame, with: [String: Value]
    ) async throws(StepFailure) -> String? {
        try evaluateVariables(of: scenario, in: frame, with: with, seed: run.seed)
        if !scenario.needs.isEmpty {
            var given: [SharedValue.Field] = []
            for need in scenario.needs {
                switch await self.outputs(of: need, for: run, frame) {
                case .outputs(let value): given.append(.init(need.name, value))
                case .failed(let reason): return reason
                case .broken(let failure): throw failure
                }
            }
            frame.set("needs", SharedValue(fields: given))
        }
        if let condition = scenario.condition {
            await engine.whenReady(for: [condition])
            guard try rendering(frame, seed: run.seed).holds(condition) else {
                return "if: \(condition.text) is false"
            }
        }
        return nil
    }

    /// Evaluates the variables of a scenario into its frame: `with` over the file's, `--var` over all.
    func evaluateVariables(
        of scenario: Scenario, in frame: Frame, with: [String: Value], seed: @autoclosure () -> String
    ) throws(StepFailure) {
        if scenario.fileVariables.isEmpty, scenario.variables.isEmpty {
            frame.set("vars", noVariables)
            return
        }
        var known: [SharedValue.Field] = []
        for (name, value) in scenario.fileVariables {
            known.append(.init(name, plan.options.variables[name] ?? with[name] ?? value))
        }
        frame.set("vars", SharedValue(fields: known))
        for variable in scenario.variables {
            let value: Value
            if let given = plan.options.variables[variable.name] {
                value = given
            } else if let given = with[variable.name] {
                value = given
            } else {
                value = try rendering(frame, seed: seed() + "/vars/" + variable.name).value(of: variable.value)
            }
            known.append(.init(variable.name, value))
            frame.set("vars", SharedValue(fields: known))
        }
    }

    /// The rendering at a place of a test.
    func rendering(_ frame: Frame, dot: SharedValue? = nil, seed: EvaluationSeed) -> Rendering {
        Rendering(means: means, frame: frame, dot: dot, seed: seed)
    }

    /// The rendering at a place of a test, with a seed of its own.
    func rendering(_ frame: Frame, dot: SharedValue? = nil, seed: String) -> Rendering {
        rendering(frame, dot: dot, seed: EvaluationSeed(seed))
    }

    func runValue(_ run: TestRun) -> Value {
        [
            "id": .string(SeededChance(run.seed + "/id").identifier), "run": .string(plan.options.runID),
            "seed": .string(plan.options.seed), "profile": plan.configuration.profile.map { .string($0) } ?? .null,
            "started": .string(plan.options.started),
        ]
    }

    private func endSession(_ run: TestRun) async {
        for driver in drivers.values { await driver.endSession(run.session) }
    }

    private func conclude(_ result: inout TestResult, _ run: TestRun) {
        for step in result.steps {
            result.verdict = result.verdict.worse(step.verdict == .skipped ? .passed : step.verdict)
        }
        for failure in result.failures { result.verdict = result.verdict.worse(failure.verdict) }
        if result.verdict == .passed, result.cleanup.contains(where: { $0.verdict == .failed || $0.verdict == .error })
        {
            result.verdict = .error
            result.reason = "cleanup failed"
        }
        if isStopping, result.verdict != .skipped {
            result.reason = "interrupted"
            if result.verdict == .passed { result.verdict = .error }
        }
        result.isFlaky = run.isFlaky && result.verdict == .passed
        result.ms = milliseconds(since: run.started)
    }
}
