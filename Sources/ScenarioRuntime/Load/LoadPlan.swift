import ScenarioModel

/// What a load does, its templates evaluated and its stages laid out.
struct LoadPlan {
    /// Arrivals per second, or users.
    var curve = RateCurve()
    var isOpen: Bool
    /// The runs in all; nil where time bounds them.
    var times: Int?
    var warmup: Duration
    /// How many runs of an open load may be in flight.
    var parallel: Int
    var spacing: Repetition.Spacing
    var think: Duration
    var pass: Repetition.Pass
    var allowedDropped: Repetition.Pass
    var assertions: [Assertion]
    var abortsEarly: Bool

    /// The values of a repetition's templates.
    struct Values {
        var parallel: Int
        var rate: Double?
        var warmup: Duration
        var think: Duration
        var extent: Extent
    }

    /// How long a load goes on.
    enum Extent {
        case times(Int)
        case duration(Duration)
    }

    /// Lays a load out.
    init(_ load: Repetition, _ values: Values) {
        isOpen = values.rate != nil || load.stages.contains { $0.rate != nil }
        warmup = values.warmup
        parallel = max(1, min(values.parallel, Repetition.mostParallel))
        spacing = load.spacing
        think = values.think
        pass = load.pass
        allowedDropped = load.allowedDropped
        assertions = load.assertions
        abortsEarly = load.abortsEarly
        let level = values.rate ?? Double(parallel)
        let first = load.stages.first.map { $0.isRamp ? 0 : $0.height } ?? level
        if warmup > .zero, !load.stages.isEmpty || values.extent.length != nil {
            curve.append(length: warmup / .seconds(1), from: first, to: first)
        }
        curve.append(load.stages)
        if load.stages.isEmpty {
            curve.append(length: values.extent.length.map { $0 / .seconds(1) } ?? .infinity, from: level, to: level)
            if case .times(let count) = values.extent { times = count }
        }
    }

    /// How many users there may ever be.
    var mostUsers: Int { isOpen ? parallel : max(1, Int(curve.highest.rounded(.up))) }

    /// The users of a closed load at a distance from its beginning.
    func users(at offset: Duration) -> Int { Int(curve.height(at: offset / .seconds(1)).rounded()) }
}

extension LoadPlan.Extent {
    var length: Duration? { if case .duration(let length) = self { length } else { nil } }
}
