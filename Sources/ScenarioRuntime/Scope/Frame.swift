import Expressions
import ScenarioModel

/// The names that are visible at a place of a running test: results by step id, and loop variables.
///
/// Frames nest: an iteration of a loop or group opens one inside the frame around it. They live on the
/// thread of the run's event loop.
///
/// `@unchecked Sendable`: child tasks of the interpreter carry frames, and every one of them runs on the
/// actor that created the frame.
final class Frame: @unchecked Sendable, SeedPlace {
    let parent: Frame?
    private let spot: Spot
    /// Begins the seeds of all that is evaluated here: the run's and the test's.
    private let seed: RunSeed
    private var results = NameTable<SharedValue>()
    private var variables = NameTable<SharedValue>()
    /// Why steps of this frame have no result: `skipped: chat failed`.
    private var absences: [String: String] = [:]
    /// What steps that watch others saw before those began.
    private var looks: [String: FirstLook] = [:]

    /// Where a frame stands; its name is put together when somebody asks, since a repeated step opens many.
    private enum Spot {
        case named(String)
        /// One run of a repeated step, or one element of a list: `/users[2]` behind the place around it.
        case iteration(of: String, Int)
    }

    /// Opens a frame; `isolated` ones, of a used scenario, see nothing of the outside.
    ///
    /// The seed is the one of the frame around it, unless another is given.
    init(parent: Frame?, trail: String, seed: RunSeed? = nil, variables: [String: SharedValue] = [:]) {
        self.parent = parent
        spot = .named(trail)
        self.seed = seed ?? parent?.seed ?? RunSeed("")
        for (name, value) in variables { self.variables.set(name, value) }
    }

    /// Opens the frame of one iteration, whose number is `$index`.
    init(iteration index: Int, of title: String, in parent: Frame) {
        self.parent = parent
        spot = .iteration(of: title, index)
        seed = parent.seed
    }

    /// Names the place among iterations, for seeds and trails: `users[2]`.
    var trail: String {
        switch spot {
        case .named(let trail): trail
        case .iteration(let title, let index): (parent?.trail ?? "") + "/\(title)[\(index)]"
        }
    }

    /// Whether the frame is that of an iteration, or of what is run for it alone.
    var isIteration: Bool {
        if case .iteration = spot { true } else { false }
    }

    func seed(of step: String) -> String { seed.text + "/" + trail + "/" + step }

    /// The value of a variable, from here outwards.
    func variable(_ name: String) -> SharedValue? {
        if let own = variables[name] { return own }
        if case .iteration(_, let index) = spot, name == "index" {
            let value = SharedValue(Value(index))
            variables.set(name, value)
            return value
        }
        return parent?.variable(name)
    }

    /// Sets a variable of this frame.
    func set(_ name: String, _ value: SharedValue) { variables.set(name, value) }

    /// The result of a step, from here outwards.
    func result(_ id: String) -> SharedValue? { results[id] ?? parent?.result(id) }

    /// Keeps the result of a step.
    func keep(_ id: String, _ value: SharedValue) {
        results.set(id, value)
        if !absences.isEmpty { absences[id] = nil }
    }

    /// Keeps why a step has no result.
    func keepAbsence(_ id: String, _ reason: String) {
        absences[id] = reason
        results.set(id, SharedValue(["ran": false]))
    }

    /// Why a step has no result, from here outwards.
    func absence(_ id: String) -> String? { absences[id] ?? parent?.absence(id) }

    /// Keeps the first look of a step that watches another.
    func keep(look: FirstLook, for id: String) { looks[id] = look }

    /// The first look of a step, from here outwards.
    func look(of id: String) -> FirstLook? { looks[id] ?? parent?.look(of: id) }

    /// The results kept in this very frame, in the order in which they came.
    var ownResults: [(name: String, element: SharedValue)] { results.entries }

    /// What an expression sees: only the variables and steps that it names are gathered.
    func context(for expression: Expression, dot: SharedValue?, seed: EvaluationSeed) -> EvaluationContext {
        var gathering = Gathering(EvaluationContext(dot: dot, evaluationSeed: seed))
        gathering.take(expression, in: self)
        return gathering.context
    }

    /// What expressions see together.
    func context(for expressions: some Sequence<Expression>, dot: SharedValue?, seed: EvaluationSeed)
        -> EvaluationContext
    {
        var gathering = Gathering(EvaluationContext(dot: dot, evaluationSeed: seed))
        for expression in expressions { gathering.take(expression, in: self) }
        return gathering.context
    }

    /// Gathers what expressions name.
    private struct Gathering {
        private var known: EvaluationContext
        private var steps: [SharedValue.Field] = []
        private var ids: Set<String> = []

        init(_ context: EvaluationContext) { known = context }

        mutating func take(_ expression: Expression, in frame: Frame) {
            for reference in expression.references {
                if reference.variable == "steps" {
                    guard let id = reference.keys.first, ids.insert(id).inserted, let result = frame.result(id)
                    else { continue }
                    steps.append(.init(id, shared: result))
                } else if known.variables[reference.variable] == nil {
                    known.variables[reference.variable] = frame.variable(reference.variable) ?? SharedValue(.null)
                }
            }
        }

        var context: EvaluationContext {
            guard !ids.isEmpty else { return known }
            var context = known
            context.variables["steps"] = SharedValue(fields: steps)
            return context
        }
    }
}
