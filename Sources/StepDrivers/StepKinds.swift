public import EventLoop
internal import Expressions
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

    /// What loads the shared libraries that steps through a configuration's targets need; nil where they need none.
    ///
    /// It may be called from any thread, and returns why a library cannot be had, or nil. Whatever it does not load is
    /// loaded by the first step that needs it.
    public static func libraryLoading(for configuration: Configuration) -> (@Sendable () -> String?)? {
        let speaksTLS = configuration.targets.contains { target in
            ["http", "qdrant"].contains(target.kind) && target.sandboxService == nil && !isPlain(target.settings)
        }
        guard speaksTLS else { return nil }
        return { CurlLibrary.loadTLS() }
    }

    /// Whether the target's address says by itself that nothing is encrypted.
    private static func isPlain(_ settings: ValueTemplate) -> Bool {
        switch settings {
        case .literal(let value, _, _): return value["url"]?.string?.hasPrefix("http://") == true
        case .object(let members, _):
            guard let url = members.first(where: { $0.key == "url" })?.value else { return false }
            if case .literal(.string(let text), _, _) = url { return text.hasPrefix("http://") }
            return false
        case .template, .array: return false
        }
    }
}
