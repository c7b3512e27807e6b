public import EventLoop
public import ScenarioModel

/// The kinds of steps that have drivers; to add a kind is to add a line to both lists.
public enum StepKinds {
    /// The language face of each kind.
    public static let all: [any StepKind] = [
        HTTPStep(),
        SQLStep(),
        ExecStep(),
        MetricStep(),
    ]

    /// The working face of each kind, on one loop; `version` is what servers are told of Plumb.
    public static func drivers(on loop: EventLoop, version: String) -> [any StepDriver] {
        [
            HTTPDriver(on: loop, version: version),
            SQLDriver(on: loop),
            ExecDriver(on: loop),
            MetricDriver(on: loop, version: version),
        ]
    }
}
