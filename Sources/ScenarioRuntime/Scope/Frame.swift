import Expressions
import ScenarioModel

/// The names that are visible at a place of a running test: results by step id, and loop variables.
///
/// Frames nest: an iteration of a loop or group opens one inside the frame around it. They live on the
/// thread of the run's event loop.
///
/// `@unchecked Sendable`: child tasks of the interpreter carry frames, and every one of them runs on the
/// actor that created the frame.
final class Frame: @unchecked Sendable {
    let parent: Frame?
    /// Names the place among iterations, for seeds and trails: `users[2]`.
    let trail: String
    private var results: [String: SharedValue] = [:]
    private var variables: [String: SharedValue]
    /// Why steps of this frame have no result: `skipped: chat failed`.
    private var absences: [String: String] = [:]

    /// What steps that watch others saw before those began.
    private var looks: [String: FirstLook] = [:]

    /// Opens a frame; `isolated` ones, of a used scenario, see nothing of the outside.
    init(parent: Frame?, trail: String, variables: [String: SharedValue] = [:]) {
        self.parent = parent
        self.trail = trail
        self.variables = variables
    }

    /// The value of a variable, from here outwards.
    func variable(_ name: String) -> SharedValue? { variables[name] ?? parent?.variable(name) }

    /// Sets a variable of this frame.
    func set(_ name: String, _ value: SharedValue) { variables[name] = value }

    /// The result of a step, from here outwards.
    func result(_ id: String) -> SharedValue? { results[id] ?? parent?.result(id) }

    /// Keeps the result of a step.
    func keep(_ id: String, _ value: SharedValue) {
        results[id] = value
        absences[id] = nil
    }

    /// Keeps why a step has no result.
    func keepAbsence(_ id: String, _ reason: String) {
        absences[id] = reason
        results[id] = SharedValue(["ran": false])
    }

    /// Why a step has no result, from here outwards.
    func absence(_ id: String) -> String? { absences[id] ?? parent?.absence(id) }

    /// Keeps the first look of a step that watches another.
    func keep(look: FirstLook, for id: String) { looks[id] = look }

    /// The first look of a step, from here outwards.
    func look(of id: String) -> FirstLook? { looks[id] ?? parent?.look(of: id) }

    /// The results kept in this very frame, by id.
    var ownResults: [String: SharedValue] { results }

    /// What expressions see: only the variables and steps that they name are gathered.
    func context(for expressions: [Expression], dot: SharedValue?, seed: String) -> EvaluationContext {
        var context = EvaluationContext(dot: dot, seed: seed)
        var steps: [SharedValue.Field] = []
        var ids: Set<String> = []
        for expression in expressions {
            for reference in expression.analysis.references {
                if reference.variable == "steps" {
                    if let id = reference.keys.first, ids.insert(id).inserted, let result = result(id) {
                        steps.append(.init(id, shared: result))
                    }
                } else if context.variables[reference.variable] == nil {
                    context.variables[reference.variable] = variable(reference.variable) ?? SharedValue(.null)
                }
            }
        }
        if !ids.isEmpty { context.variables["steps"] = SharedValue(fields: steps) }
        return context
    }
}
