public import Expressions

/// A connection that steps go through, as a profile or a scenario defines it.
public struct Target: Sendable {
    public var name: String
    /// The kind of connection, one of ``TargetKindNames``.
    public var kind: String
    public var isDefault: Bool
    /// The keys of the kind, with templates over `$env`, `$config` and `$secrets`; in a scenario also over its scope.
    public var settings: ValueTemplate
    /// Why the profile has the target in name only; nil or empty where it is there.
    public var missing: Setting<String>?
    public var timeout: Setting<Duration>?
    public var retry: RetryPart
    /// Starts per second.
    public var rateLimit: Setting<Double>?
    public var maxConnections: Setting<Int>?
    /// What the profile says of the target's connection pool, where its kind has one.
    public var pool = PoolPart()
    /// What the scenario that derives the target says of it; it stands over the suite's settings.
    public var ownPool = PoolPart()
    public var ownMaxConnections: Setting<Int>?
    /// The embedded service whose address becomes `url` at the start of the run; nil where the address is written.
    public var sandboxService: String?
    public var origin: Origin
    /// The profile's targets that it is derived from and whose address it keeps: their faults are its own.
    public var addressFrom: Set<String> = []

    /// The keys that say where a service is; a derived target that sets one of them is another service.
    public static let addressKeys = ["url", "host", "hostaddr", "port", "path", "unix_socket"]

    /// Creates a target.
    public init(
        name: String, kind: String, isDefault: Bool = false, settings: ValueTemplate, timeout: Setting<Duration>? = nil,
        retry: RetryPart = RetryPart(), rateLimit: Setting<Double>? = nil, maxConnections: Setting<Int>? = nil,
        origin: Origin
    ) {
        self.name = name
        self.kind = kind
        self.isDefault = isDefault
        self.settings = settings
        self.timeout = timeout
        self.retry = retry
        self.rateLimit = rateLimit
        self.maxConnections = maxConnections
        self.origin = origin
    }
}

/// A target with its templates evaluated; a driver keeps what it makes of it in `connection`.
///
/// Lives on its loop's thread.
public final class ResolvedTarget {
    public let target: Target
    public let settings: Value.Object
    /// Whether a scenario derived it for one test, so that its connections end with that test.
    public let isOfTest: Bool
    /// The driver's own form of the settings.
    public var connection: AnyObject?
    /// The port of this machine through which its connections go, where a proxy stands before it; set before any is made.
    public var detour: Int?
    /// Who wrote each setting that is not of the target's own place: what a derived target has from another.
    private let inherited: [String: Origin]

    /// Creates a target whose settings are final.
    public init(_ target: Target, settings: Value.Object, isOfTest: Bool = false) {
        self.target = target
        self.isOfTest = isOfTest
        self.settings = settings
        inherited = [:]
    }

    /// Creates a target that a scenario derives from another: some settings are its own, the others the base's.
    public init(_ target: Target, changing own: Value.Object, of base: ResolvedTarget) {
        var settings = base.settings
        var inherited: [String: Origin] = [:]
        for key in settings.keys where own[key] == nil { inherited[key] = base.origin(of: key) }
        for (key, value) in own { settings[key] = value }
        self.target = target
        self.settings = settings
        self.inherited = inherited
        isOfTest = true
    }

    /// Where a setting is written: paths are relative to that file.
    public func origin(of key: String) -> Origin { inherited[key] ?? target.origin }

    public var name: String { target.name }
    public var kind: String { target.kind }
}
