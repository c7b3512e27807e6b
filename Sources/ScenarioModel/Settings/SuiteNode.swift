public import Diagnostics
public import Expressions

/// A node of `integration_tests`: the settings of a folder of scenarios and all below it.
public struct SuiteNode: Sendable {
    /// The names from the root: `["cross_service", "api_gateway_to_models"]`.
    public var path: [String]
    public var enabled: Setting<Bool>?
    public var timeout: Setting<Duration>?
    public var retryAttempts: Setting<Int>?
    public var connectionTimeout: Setting<Duration>?
    public var maxConnections: Setting<Int>?
    /// `pool_size`, `max_overflow` and `timeout` of the connections that the suite opens.
    public var pool = PoolPart()
    /// `concurrent_requests`, which only scenarios read.
    public var concurrentRequests: Setting<Int>?
    /// The scenarios to run, in order, each with its place.
    public var testScenarios: [(name: String, span: SourceSpan)]?
    /// Every key of this node that is no nested suite: what `$suite` gives, outer nodes' laid under.
    public var data: Value.Object
    /// Where each key of `data` is written.
    public var places: [String: SourceSpan] = [:]
    /// Keys that only scenarios can read, with their places: lint warns where nothing does.
    public var freeKeys: [(name: String, span: SourceSpan)]
    public var children: [SuiteNode]
    public var span: SourceSpan?

    /// Creates a node.
    public init(path: [String], data: Value.Object = .init(), span: SourceSpan? = nil) {
        self.path = path
        self.data = data
        self.freeKeys = []
        self.children = []
        self.span = span
    }

    /// The nodes that hold for a folder, outermost first.
    public func chain(for folders: [String]) -> [SuiteNode] {
        guard let first = folders.first else { return [self] }
        guard let child = children.first(where: { $0.path.last == first }) else { return [self] }
        return [self] + child.chain(for: Array(folders.dropFirst()))
    }
}
