/// Every place that has a word on a step's settings, the step itself apart (config.md, "Precedence").
///
/// The order is default < `defaults` < target < suite node (outer to inner) < flags < scenario < step.
public struct SettingsLayers: Sendable {
    public var configuration: Configuration
    /// The suite nodes that hold for the scenario, outermost first.
    public var suites: [SuiteNode]
    public var flags: Flags
    /// The scenario's `timeout`, a default for its steps.
    public var timeout: Setting<Duration>?
    /// The scenario's `retry`, a default for its steps.
    public var retry: RetryPart

    /// What `--timeout` and `--retries` say.
    public struct Flags: Sendable {
        public var timeout: Duration?
        public var retries: Int?
        /// Creates flags; nil is a flag that is not given.
        public init(timeout: Duration? = nil, retries: Int? = nil) {
            self.timeout = timeout
            self.retries = retries
        }
    }

    /// Creates the layers of a scenario.
    public init(
        _ configuration: Configuration, suites: [SuiteNode] = [], flags: Flags = Flags(),
        timeout: Setting<Duration>? = nil, retry: RetryPart = RetryPart()
    ) {
        self.configuration = configuration
        self.suites = suites
        self.flags = flags
        self.timeout = timeout
        self.retry = retry
    }

    /// Creates the layers of a checked scenario.
    public init(
        _ configuration: Configuration, suites: [SuiteNode] = [], flags: Flags = Flags(), scenario: Scenario
    ) {
        self.init(configuration, suites: suites, flags: flags, timeout: scenario.timeout, retry: scenario.retry)
    }

    /// The settings of a step that goes through a target, or through none.
    public func settings(of step: Step, target: Target?) -> StepSettings {
        let row = if case .request(let request) = step.action { request.timeoutKind } else { "http" }
        return settings(
            row: row, target: target, timeout: step.timeout, retry: step.retry, within: step.until?.within,
            every: step.until?.every)
    }

    /// The settings of a step whose time-out is in a row of the table; what the step itself says is laid over all.
    public func settings(
        row: String, target: Target?, timeout own: Setting<Late<Duration>>? = nil, retry ownRetry: RetryPart = .init(),
        within: Setting<Late<Duration>>? = nil, every: Setting<Late<Duration>>? = nil
    ) -> StepSettings {
        StepSettings(
            timeout: own ?? timeoutOfAttempt(row: row, target: target).late,
            connect: connect,
            retry: retryRules(target: target, step: ownRetry),
            within: within ?? configuration.timeout("within").late,
            every: every ?? configuration.timeout("every").late)
    }

    /// The time-out of an attempt where the step has no word of its own.
    private func timeoutOfAttempt(row: String, target: Target?) -> Setting<Duration> {
        timeout ?? flags.timeout.map { Setting($0, .flag("--timeout")) }
            ?? innermost(\.timeout) ?? target?.timeout ?? configuration.timeout(row)
    }

    /// The time-out of connecting.
    public var connect: Setting<Duration> {
        innermost(\.connectionTimeout) ?? configuration.timeout("connect")
    }

    /// The rules of retrying, every part filled.
    ///
    /// `retry_attempts` of a suite retries all trouble of transport, so it widens the causes where nobody names any.
    private func retryRules(target: Target?, step: RetryPart) -> RetryPart {
        var suite = RetryPart()
        var implied = RetryPart()
        if let attempts = innermost(\.retryAttempts) {
            suite.max = Setting(.known(attempts.value), attempts.origin)
            implied.on = Setting(RetryCause.transportTrouble, attempts.origin)
        }
        var flag = RetryPart()
        if let retries = flags.retries { flag.max = Setting(.known(retries), .flag("--retries")) }
        let layers = [step, retry, flag, suite, target?.retry ?? .init(), configuration.retry, implied, .builtIn]
        return layers.reduce(RetryPart()) { $0.over($1) }
    }

    /// The bounds of the connections that the scenario opens to a target.
    public func connections(to target: Target) -> ConnectionBounds {
        ConnectionBounds(
            connect: connect,
            maxConnections: target.ownMaxConnections ?? innermost(\.maxConnections) ?? target.maxConnections,
            pool: target.ownPool.over(suites.reduce(target.pool) { $1.pool.over($0) }))
    }

    /// The bound of the whole scenario, cleanup apart.
    public var scenarioLimit: Setting<Duration> { configuration.timeout("scenario") }

    /// The bound of the scenario's cleanup.
    public var cleanupLimit: Setting<Duration> { configuration.timeout("cleanup") }

    /// Whether the suite is to run, and who says so.
    public var isEnabled: Setting<Bool> { innermost(\.enabled) ?? Setting(true, .builtIn) }

    private func innermost<Wrapped>(_ setting: KeyPath<SuiteNode, Setting<Wrapped>?>) -> Setting<Wrapped>? {
        suites.last { $0[keyPath: setting] != nil }?[keyPath: setting]
    }
}

extension Setting where Wrapped == Duration {
    fileprivate var late: Setting<Late<Duration>> { Setting<Late<Duration>>(.known(value), origin) }
}

extension RetryCause {
    /// The causes that lie between the caller and the service, not in the service's answer.
    public static let transportTrouble: [RetryCause] = [.connect, .reset, .timeout]
}
