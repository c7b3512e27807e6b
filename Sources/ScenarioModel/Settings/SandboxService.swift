/// A service that the embedded sandbox starts, and the target by which scenarios reach it.
public struct SandboxService: Sendable {
    /// The target's name, and the service's in the list of endpoints.
    public var name: String
    public var kind: String
    /// Whether steps that name no target use it.
    public var isDefault: Bool
    /// Whether it asks for the sandbox's API key.
    public var needsKey: Bool

    /// Every service that a profile with `sandbox: true` has as a target; a new one is a line here.
    public static let all: [SandboxService] = [
        SandboxService(name: "gateway", kind: "http", isDefault: true, needsKey: true),
        SandboxService(name: "mixtral", kind: "http", isDefault: false, needsKey: false),
        SandboxService(name: "hermes", kind: "http", isDefault: false, needsKey: false),
        SandboxService(name: "openchat", kind: "http", isDefault: false, needsKey: false),
        SandboxService(name: "phi3", kind: "http", isDefault: false, needsKey: false),
        SandboxService(name: "admin", kind: "http", isDefault: false, needsKey: false),
        SandboxService(name: "vectors", kind: "qdrant", isDefault: false, needsKey: true),
        SandboxService(name: "metrics", kind: "openmetrics", isDefault: true, needsKey: false),
        SandboxService(name: "page", kind: "openmetrics", isDefault: false, needsKey: false),
        SandboxService(name: "vector_metrics", kind: "openmetrics", isDefault: false, needsKey: true),
        SandboxService(name: "alerts", kind: "prometheus", isDefault: false, needsKey: false),
        SandboxService(name: "grafana", kind: "http", isDefault: false, needsKey: true),
        SandboxService(name: "database", kind: "sqlite", isDefault: true, needsKey: false),
    ]

    /// The key that says where a target of this kind is; a target that sets it is not the sandbox's any more.
    public static func addressKey(of kind: String) -> String { kind == "sqlite" ? "path" : "url" }

    /// What stands for an address that is not there yet.
    public static let pendingURL = "sandbox (port chosen at start)"
}
