import Diagnostics
import Expressions
import ScenarioModel
import Testing

/// The order of config.md: default < `defaults` < target < suite (outer to inner) < flags < scenario < step.
@Suite struct SettingsLayersTests {
    /// A place that can set a time-out and a number of retries.
    enum Layer: Int, CaseIterable, Comparable {
        case builtIn, defaults, target, outerSuite, innerSuite, flag, scenario, step

        static func < (a: Layer, b: Layer) -> Bool { a.rawValue < b.rawValue }

        static let pairs: [(Layer, Layer)] = allCases.flatMap { low in
            allCases.filter { low < $0 }.map { (low, $0) }
        }
    }

    private static let file = SourceFile(path: "settings", text: String(repeating: "line\n", count: 10))

    /// Each layer has a line of its own, by which its origin is known.
    private static func origin(_ layer: Layer) -> Origin {
        switch layer {
        case .builtIn: .builtIn
        case .flag: .flag("--timeout")
        default: .file(SourceSpan(file, layer.rawValue * 5..<layer.rawValue * 5 + 4))
        }
    }

    private func settings(_ layers: Set<Layer>) -> StepSettings {
        var configuration = Configuration(file: nil, root: "/")
        var target = Target(
            name: "api", kind: "http", settings: .literal(.null, text: nil, SourceSpan(Self.file, 0..<0)),
            origin: .builtIn)
        var outer = SuiteNode(path: [])
        var inner = SuiteNode(path: ["a"])
        var flags = SettingsLayers.Flags()
        var scenarioTimeout: Setting<Duration>?
        var scenarioRetry = RetryPart()
        var stepTimeout: Setting<Late<Duration>>?
        var stepRetry = RetryPart()
        for layer in layers {
            let timeout = Setting(Duration.seconds(layer.rawValue), Self.origin(layer))
            let attempts = Setting(layer.rawValue, Self.origin(layer))
            var retry = RetryPart()
            retry.max = Setting(.known(layer.rawValue), Self.origin(layer))
            switch layer {
            case .builtIn: break
            case .defaults: (configuration.timeouts["http"], configuration.retry) = (timeout, retry)
            case .target: (target.timeout, target.retry) = (timeout, retry)
            case .outerSuite: (outer.timeout, outer.retryAttempts) = (timeout, attempts)
            case .innerSuite: (inner.timeout, inner.retryAttempts) = (timeout, attempts)
            case .flag: flags = .init(timeout: timeout.value, retries: layer.rawValue)
            case .scenario: (scenarioTimeout, scenarioRetry) = (timeout, retry)
            case .step: (stepTimeout, stepRetry) = (Setting(.known(timeout.value), timeout.origin), retry)
            }
        }
        let resolution = SettingsLayers(
            configuration, suites: [outer, inner], flags: flags, timeout: scenarioTimeout, retry: scenarioRetry)
        return resolution.settings(row: "http", target: target, timeout: stepTimeout, retry: stepRetry)
    }

    @Test(arguments: Layer.pairs) func `the later place wins, and is named`(_ low: Layer, _ high: Layer) {
        let settings = settings([low, high])
        #expect(settings.timeout.value.known == .seconds(high.rawValue))
        #expect(settings.timeout.origin == Self.origin(high))
        #expect(settings.retry.max?.value.known == high.rawValue)
        #expect(settings.retry.max?.origin == (high == .flag ? .flag("--retries") : Self.origin(high)))
    }

    @Test func `every limit has a finite default`() {
        let settings = settings([])
        #expect(settings.timeout.value.known == .seconds(30))
        #expect(settings.timeout.origin == .builtIn)
        #expect(settings.connect.value == .seconds(5))
        #expect(settings.within.value.known == .seconds(30))
        #expect(settings.every.value.known == .milliseconds(500))
        #expect(settings.retry.max?.value.known == 0)
        #expect(settings.retry.on?.value == [.connect])
        #expect(settings.retry.backoff?.value == .milliseconds(200))
        #expect(settings.retry.jitter?.value == 0.5)
        let layers = SettingsLayers(Configuration(file: nil, root: "/"))
        #expect(layers.scenarioLimit.value == .seconds(300))
        #expect(layers.cleanupLimit.value == .seconds(30))
        for row in ["http", "sql", "vector", "metric", "exec"] {
            #expect((layers.settings(row: row, target: nil).timeout.value.known ?? .zero) > .zero)
        }
    }

    @Test func `the retries of a suite answer all trouble of transport, unless somebody names causes`() {
        #expect(settings([.innerSuite]).retry.on?.value == RetryCause.transportTrouble)
        #expect(settings([.flag]).retry.on?.value == [.connect])
        var configuration = Configuration(file: nil, root: "/")
        configuration.retry.on = Setting([.code("503")], .builtIn)
        var suite = SuiteNode(path: [])
        suite.retryAttempts = Setting(3, .builtIn)
        let layers = SettingsLayers(configuration, suites: [suite])
        #expect(layers.settings(row: "http", target: nil).retry.on?.value == [.code("503")])
    }

    @Test func `the parts of a retry come from different places`() {
        var configuration = Configuration(file: nil, root: "/")
        configuration.retry.backoff = Setting(.seconds(1), Self.origin(.defaults))
        var scenario = RetryPart()
        scenario.max = Setting(.known(2), Self.origin(.scenario))
        let retry = SettingsLayers(configuration, retry: scenario).settings(row: "http", target: nil).retry
        #expect(retry.max?.origin == Self.origin(.scenario))
        #expect(retry.backoff?.origin == Self.origin(.defaults))
        #expect(retry.jitter?.origin == .builtIn)
    }

    @Test func `a suite's bounds of connections stand over the target's, the inner suite's over the outer's`() {
        var target = Target(
            name: "db", kind: "postgres", settings: .literal(.null, text: nil, SourceSpan(Self.file, 0..<0)),
            origin: .builtIn)
        target.maxConnections = Setting(5, .builtIn)
        target.pool.size = Setting(6, .builtIn)
        target.pool.timeout = Setting(.seconds(7), .builtIn)
        var outer = SuiteNode(path: [])
        outer.maxConnections = Setting(8, .builtIn)
        outer.pool.size = Setting(9, .builtIn)
        outer.connectionTimeout = Setting(.seconds(10), .builtIn)
        var inner = SuiteNode(path: ["a"])
        inner.pool.size = Setting(11, .builtIn)
        let bounds = SettingsLayers(Configuration(file: nil, root: "/"), suites: [outer, inner])
            .connections(to: target)
        #expect(bounds.maxConnections?.value == 8)
        #expect(bounds.pool.size?.value == 11)
        #expect(bounds.pool.timeout?.value == .seconds(7))
        #expect(bounds.connect.value == .seconds(10))
        target.ownPool.size = Setting(1, .builtIn)
        target.ownMaxConnections = Setting(2, .builtIn)
        let own = SettingsLayers(Configuration(file: nil, root: "/"), suites: [outer, inner]).connections(to: target)
        #expect(own.pool.size?.value == 1)
        #expect(own.maxConnections?.value == 2)
    }

    @Test func `a suite may be switched off, and a suite inside it on again`() {
        var outer = SuiteNode(path: [])
        outer.enabled = Setting(false, .builtIn)
        var inner = SuiteNode(path: ["a"])
        let configuration = Configuration(file: nil, root: "/")
        #expect(SettingsLayers(configuration).isEnabled.value)
        #expect(!SettingsLayers(configuration, suites: [outer, inner]).isEnabled.value)
        inner.enabled = Setting(true, .builtIn)
        #expect(SettingsLayers(configuration, suites: [outer, inner]).isEnabled.value)
    }
}
