import Diagnostics
internal import EventLoop
public import Expressions
public import ScenarioModel
import ScenarioSyntax

/// Runs the tests of a plan on one event loop.
///
/// The way through a test: its variables are evaluated, its needs run (once per run), then its steps,
/// block by block, as the ``Schedule`` allows; a step goes through `if`, `each`, `repeat`, `until` and
/// `retry`, in this nesting, down to a driver's single attempt. What a step left to undo is undone at
/// the end, whatever happened. Everything observable leaves as ``RunEvent``s.
public actor Interpreter {
    let executor: any SerialExecutor & TaskExecutor
    let plan: RunPlan
    let clock: any RunClock
    let engine: ExpressionEngine
    let drivers: [String: any StepDriver]
    let kinds: [any StepKind]
    let files: any RunFiles
    let sink: (RunEvent) -> Void
    let secrets: SecretWatch
    /// Nil where nothing can have faults.
    let proxies: (any FaultProxies)?
    let means: Rendering.Means
    /// The member `ran` of whatever has run.
    let hasRun = SharedValue.Field("ran", true)
    /// The member `tries` of what was sent once.
    let onlyTry = SharedValue.Field("tries", 1)
    /// The `$vars` of a scenario that has none.
    let noVariables = SharedValue(fields: [])
    let base: Frame
    let began: Instant
    var requests = 0
    /// Attempts so far, each of which has a span of its own.
    var spans = 0
    /// Tells the traces of this worker's loads from those of others.
    let salt = UInt64.random(in: .min ... .max)
    var isStopping = false
    var needs: [String: NeedRun] = [:]
    var remainingUsers: [String: Int] = [:]
    var gates: [String: Gate] = [:]
    var rates: [String: RateLimit] = [:]
    var resolvedTargets: [String: ResolvedTarget] = [:]
    /// Told of the step about to be run, so that it is known if the process dies.
    let onStep: (Int, String) -> Void
    let loadSurroundings: LoadSurroundings
    /// The load under way, if this is one.
    var load: LoadRun?
    /// The other loops of a load that this one leads, where there are any.
    let loops: LoadLoops?
    /// The way to the loop that leads, where another one does.
    let follower: LoadFollower?
    /// What of a load, and of what is bounded for it, is this loop's.
    var part = LoadPart.whole
    /// When the leading loop was told last.
    var told: LoadMoment?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// What an interpreter is made of; everything from outside is handed in.
    public struct Parts: ~Copyable {
        public var executor: any SerialExecutor & TaskExecutor
        public var clock: any RunClock
        public var engine: ExpressionEngine
        public var drivers: [any StepDriver]
        public var kinds: [any StepKind]
        public var files: any RunFiles
        public var sink: (RunEvent) -> Void
        public var onSecret: (String) -> Void
        public var onStep: (Int, String) -> Void
        /// What puts faults in force; without it every step with faults is an error.
        public var proxies: (any FaultProxies)?
        /// What a load needs beside all this.
        public var load = LoadSurroundings()

        /// Creates the parts.
        public init(
            executor: any SerialExecutor & TaskExecutor, clock: any RunClock, engine: ExpressionEngine,
            drivers: [any StepDriver],
            kinds: [any StepKind], files: any RunFiles, sink: @escaping (RunEvent) -> Void,
            onSecret: @escaping (String) -> Void, onStep: @escaping (Int, String) -> Void = { _, _ in }
        ) {
            self.executor = executor
            self.clock = clock
            self.engine = engine
            self.drivers = drivers
            self.kinds = kinds
            self.files = files
            self.sink = sink
            self.onSecret = onSecret
            self.onStep = onStep
        }
    }

    /// Creates an interpreter of a plan; its parts live on the executor from now on.
    public init(_ plan: RunPlan, _ parts: consuming sending Parts) {
        self.plan = plan
        executor = parts.executor
        clock = parts.clock
        engine = parts.engine
        drivers = Dictionary(parts.drivers.map { ($0.kind, $0) }, uniquingKeysWith: { first, _ in first })
        kinds = parts.kinds
        files = parts.files
        sink = parts.sink
        onStep = parts.onStep
        proxies = parts.proxies
        loadSurroundings = parts.load
        loops = parts.load.others.map { [clock] in LoadLoops($0, at: clock.now) }
        follower = parts.load.toLeader.map { LoadFollower($0) }
        began = plan.options.began.map(Instant.init(sinceStart:)) ?? parts.clock.now
        secrets = SecretWatch(onSecret: parts.onSecret)
        means = Rendering.Means(engine, files, plan.options.permissions, secrets)
        base = Frame(
            parent: nil, trail: "",
            variables: [
                "env": SharedValue(
                    .object(Value.Object(plan.configuration.publicEnvironment.map { ($0, .string($1)) }))),
                "secrets": SharedValue(
                    .object(Value.Object(plan.configuration.presentSecrets.map { ($0, .string($1)) }))),
                "config": SharedValue(plan.configuration.tree),
                "baseline": SharedValue(.null),
            ])
    }

    /// Runs every test; returns once all have ended, and all needs are cleaned up.
    public func run() async {
        for test in plan.tests where test.skip == nil { countUsers(of: test) }
        beginLinkFaults()
        var queue = TestQueue(
            claims: plan.tests.map {
                TestQueue.Claim(shared: $0.skip == nil ? $0.shared : [], exclusive: $0.skip == nil ? $0.exclusive : [])
            }, jobs: plan.options.jobs)
        var hasFailed = false
        await withTaskGroup(of: (Int, Bool).self) { group in
            while !queue.isFinished {
                if isStopping || (hasFailed && plan.options.failFast) {
                    for test in queue.drain() {
                        finishUnrun(plan.tests[test], because: isStopping ? "interrupted" : "--fail-fast")
                    }
                }
                for test in queue.start() {
                    group.addTask { await self.runTest(test) }
                }
                guard let (ended, failed) = await group.next() else { break }
                queue.ended(ended)
                hasFailed = hasFailed || failed
            }
        }
        await shutDown()
    }

    /// Starts no more tests; those that run end early, and clean up.
    public func stop() { isStopping = true }

    /// Ends what drivers hold; nothing runs any more.
    func shutDown() async {
        await finishNeeds()
        for driver in drivers.values { await driver.shutDown() }
        proxies?.close()
    }

    /// Requests that went on the wire so far.
    public var requestCount: Int { requests }

    func milliseconds(since start: Instant) -> Double { (clock.now - start).milliseconds }

    private func finishUnrun(_ test: PlannedTest, because reason: String) {
        sink(
            .testFinished(
                TestResult(
                    test: test.name, description: test.scenario.description, tags: test.scenario.tags,
                    verdict: .skipped, reason: reason, startedMs: milliseconds(since: began))))
    }

    private func runTest(_ number: Int) async -> (Int, Bool) {
        let planned = plan.tests[number]
        if let reason = planned.skip {
            finishUnrun(planned, because: reason)
            return (number, false)
        }
        if let failure = planned.failure {
            sink(
                .testFinished(
                    TestResult(
                        test: planned.name, description: planned.scenario.description, tags: planned.scenario.tags,
                        verdict: .error, startedMs: milliseconds(since: began), failures: [failure])))
            return (number, true)
        }
        sink(.testStarted(test: planned.name.index, ms: milliseconds(since: began)))
        let position = RunPosition(test: planned.name.index, trail: "")
        let result = await RunPosition.$current.withValue(position) { await execute(planned) }
        sink(.testFinished(plan.options.keepsPlainSteps ? result : result.withoutPlainSteps))
        await releaseNeeds(of: planned)
        return (number, result.verdict == .failed || result.verdict == .error)
    }
}

extension Configuration {
    /// The environment without the declared secrets.
    var publicEnvironment: [(String, String)] {
        environment.filter { !secrets.keys.contains($0.key) }.sorted { $0.key < $1.key }
    }
    /// The secrets that have a value.
    var presentSecrets: [(String, String)] {
        secrets.compactMap { name, value in value.map { (name, $0) } }.sorted { $0.0 < $1.0 }
    }
}
