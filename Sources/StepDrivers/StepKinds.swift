public import EventLoop
public import ScenarioModel

/// The kinds of steps that have drivers; to add a kind is to add a line here and one to ``StepDrivers``.
public enum StepKinds {
    /// The language face of each kind.
    public static let all: [any StepKind] = [
        HTTPStep(),
        ExecStep(),
    ]
}

/// The working faces of the kinds.
public enum StepDrivers {
    /// The drivers of all kinds on one loop; `version` is what servers are told of Plumb.
    public static func make(on loop: EventLoop, version: String = "0.1.0") -> [any StepDriver] {
        [
            HTTPDriver(on: loop, version: version),
            ExecDriver(on: loop),
        ]
    }
}
