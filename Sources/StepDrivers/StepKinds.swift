public import EventLoop
internal import HTTPTransport
public import ScenarioModel

/// The kinds of steps that have drivers; to add a kind is to add a line to both lists.
public enum StepKinds {
    /// The language face of each kind.
    public static let all: [any StepKind] = [
        HTTPStep(),
        SQLStep(),
        ExecStep(),
        VectorStep(),
        MetricStep(),
    ]

    /// The working face of each kind, on one loop; `version` is what servers are told of Plumb.
    public static func drivers(on loop: EventLoop, version: String) -> [any StepDriver] {
        [
            HTTPDriver(on: loop, version: version),
            SQLDriver(on: loop),
            ExecDriver(on: loop),
            VectorDriver(on: loop, version: version),
            MetricDriver(on: loop, version: version),
        ]
    }

    /// What puts proxies before targets, and on the configuration's links, on one loop.
    public static func proxies(on loop: EventLoop, _ configuration: Configuration) -> any FaultProxies {
        LoopFaultProxies(on: loop, configuration)
    }

    /// Loads the shared libraries that steps through a configuration's targets need, from any thread; returns why one
    /// cannot be had, or nil.
    ///
    /// Whatever is not loaded here is loaded by the first step that needs it.
    public static func loadLibraries(for configuration: Configuration) -> String? {
        let hasHTTP =
            configuration.sandbox != nil || configuration.targets.contains { ["http", "qdrant"].contains($0.kind) }
        return hasHTTP ? CurlLibrary.load() : nil
    }
}
