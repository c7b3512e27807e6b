import Diagnostics
import EventLoop
import Expressions
import ScenarioCompiler
import ScenarioModel
import StepDrivers

/// Opens the targets of a configuration, one after the other, and says what answered.
enum TargetVisit {
    /// What became of a target.
    struct Outcome: Sendable {
        var name: String
        var kind: String
        var origin: String
        var examination: Examination
    }

    /// Opens every target on a loop of its own; nil where the system gives none.
    static func visitAll(_ configuration: Configuration) -> [Outcome]? {
        guard let loop = try? EventLoop() else { return nil }
        return loop.run { await visit(configuration, on: loop) }
    }

    private static func visit(_ configuration: Configuration, on loop: EventLoop) async -> [Outcome] {
        let drivers = StepKinds.drivers(on: loop, version: PlumbVersion.text)
        let engine = ExpressionEngine(configuration.expressions)
        let layers = SettingsLayers(configuration)
        var outcomes: [Outcome] = []
        for target in configuration.targets {
            var outcome = Outcome(
                name: target.name, kind: target.kind, origin: target.origin.description,
                examination: Examination(isReachable: false, facts: []))
            if let reason = target.missing?.value, !reason.isEmpty {
                outcome.examination.facts = ["it is missing: \(reason)"]
                outcome.examination.advice = "scenarios that require it are skipped"
                outcomes.append(outcome)
                continue
            }
            let missing = ConfigurationReferences(configuration, suite: nil).missing(in: target.settings.expressions)
            if !missing.isEmpty {
                outcome.examination.facts = missing.map(\.message.text)
                outcome.examination.advice = missing.first?.hint?.text
                outcomes.append(outcome)
                continue
            }
            let kind = StepKinds.all.first { $0.targetKinds.contains { $0.name == target.kind } }
            if let kind, let driver = drivers.first(where: { $0.kind == kind.name }) {
                let settings = layers.settings(row: kind.name, target: target)
                let limits = AttemptLimits(
                    timeout: settings.timeout.value.known ?? .seconds(30), connect: settings.connect.value,
                    label: "plumb doctor", pool: layers.connections(to: target).poolBounds)
                do throws(EvaluationError) {
                    let value = try engine.value(of: target.settings, in: configuration.context)
                    let resolved = ResolvedTarget(target, settings: value.object ?? .init())
                    outcome.examination = await driver.examine(resolved, limits)
                } catch {
                    outcome.examination.facts = ["its settings cannot be evaluated: \(error.message)"]
                    outcome.examination.advice = error.hint
                }
            } else {
                outcome.examination.facts = ["this build has no driver for '\(target.kind)' targets"]
                outcome.examination.advice = "take the target out of the profile, or use a build that has the driver"
            }
            outcomes.append(outcome)
        }
        for driver in drivers { await driver.shutDown() }
        return outcomes
    }
}
