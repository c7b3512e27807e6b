internal import Expressions
public import ScenarioModel

/// Whether the integration that a folder of scenarios stands for is valid, and what that rests on.
///
/// It is valid when no test of the folder failed, the run was not cut short, and more than 95 % of its configured
/// scenarios ran and passed. A scenario that was skipped proves nothing, and counts as one that did not pass.
public struct SuiteVerdict: Sendable, Hashable {
    /// The folders below the root; empty at the root.
    public var suite: String
    public var isValid: Bool
    /// Why it is not valid, or what a reader must know although it is.
    public var reasons: [String]
    public var coverage: Coverage
    /// How many tests came to what; a scenario with cases has a test for each row.
    public var tests: Tests
    public var connectivity: [Connectivity]
    /// What its repetitions measured, and those of scenarios elsewhere that are named after it.
    public var performance: [Measurement]
    /// The same where runs came by a rate, whatever the service did; and loads of its scenarios (`plumb load`).
    public var load: [Measurement]
    /// The scenarios of other folders that are named after it, such as `load_tests/api_gateway_to_models`.
    public var elsewhere: [Elsewhere]
    /// Milliseconds that its tests took, one after another.
    public var ms: Double

    /// How many of the scenarios that `test_scenarios` names are proved.
    public struct Coverage: Sendable, Hashable {
        /// The scenarios that are named; those that ran, where the configuration names none.
        public var named: [String]
        /// Whether `test_scenarios` names them.
        public var isListed: Bool
        /// How many of them have a file.
        public var present: Int
        /// How many of them ran, in at least one row.
        public var run: Int
        /// How many of them passed, in every row that was not skipped.
        public var passed: Int

        /// The share that passed, from 0 to 1.
        public var share: Double { named.isEmpty ? 0 : Double(passed) / Double(named.count) }
        /// What a valid suite is above.
        public static let least = 0.95
    }

    /// The counts of the suite's tests.
    public struct Tests: Sendable, Hashable {
        public var passed = 0
        public var failed = 0
        public var errors = 0
        public var skipped = 0
        public var flaky = 0
    }

    /// How the steps on one connection fared.
    public struct Connectivity: Sendable, Hashable {
        public var target: String
        public var steps: Int
        /// Steps that could not be carried out.
        public var errors: Int
    }

    /// What a `repeat` measured, and whether its limits held.
    public struct Measurement: Sendable, Hashable {
        public var test: String
        public var step: String
        public var isHeld: Bool
        /// Such as `98/100 passed, p95 412 ms`.
        public var summary: String
        /// The limits that did not hold, and what was measured instead.
        public var missed: [String]
        /// Of `runs`, `passed`, `dropped`, `per_second`, and of `p50`, `p95`, `p99` and `max` in milliseconds, those
        /// that are known.
        public var figures: [String: Double] = [:]

        /// The names of figures, in the order in which they are told.
        public static let figureNames = ["runs", "passed", "dropped", "per_second", "p50", "p95", "p99", "max"]
    }

    /// A test of another folder that speaks of this integration.
    public struct Elsewhere: Sendable, Hashable {
        public var test: String
        public var verdict: Verdict
    }
}

extension SuiteVerdict {
    /// The verdicts of all suites that have tests in a run, in the order of the run.
    public static func all(of result: RunResult) -> [SuiteVerdict] {
        var order: [String] = []
        var tests: [String: [TestResult]] = [:]
        for test in result.tests {
            if tests[test.test.suite] == nil { order.append(test.test.suite) }
            tests[test.test.suite, default: []].append(test)
        }
        return order.map { suite in
            let configured = result.start.suites.first { $0.suite == suite }
            let elsewhere = configured == nil ? [] : Self.elsewhere(of: suite, in: result)
            return SuiteVerdict(suite, tests[suite] ?? [], configured, elsewhere, isCut: result.end.isInterrupted)
        }
    }

    /// The tests of folders without `test_scenarios` of their own whose scenario has the name of a configured suite.
    private static func elsewhere(of suite: String, in result: RunResult) -> [TestResult] {
        guard let name = suite.split(separator: "/").last else { return [] }
        let configured = Set(result.start.suites.map(\.suite))
        return result.tests.filter { $0.test.scenario == name && !configured.contains($0.test.suite) }
    }

    private init(
        _ suite: String, _ tests: [TestResult], _ configured: ConfiguredSuite?, _ others: [TestResult], isCut: Bool
    ) {
        self.suite = suite
        coverage = Self.coverage(tests, configured)
        self.tests = Tests()
        for test in tests { self.tests.count(test) }
        connectivity = Self.connectivity(tests)
        let measured = (tests + others).flatMap { test in
            (test.steps + test.cleanup).flatMap { Self.measurements($0, trail: "", in: test) }
        }
        performance = measured.filter { !$0.isOpen }.map(\.measurement)
        load = measured.filter(\.isOpen).map(\.measurement)
        elsewhere = others.map { Elsewhere(test: $0.test.name, verdict: $0.verdict) }
        ms = tests.reduce(0) { $0 + $1.ms }
        reasons = []
        if isCut { reasons.append("the run was interrupted") }
        if self.tests.failed > 0 { reasons.append("\(Figures.count(self.tests.failed, "test")) failed") }
        if self.tests.errors > 0 {
            reasons.append("\(Figures.count(self.tests.errors, "test")) could not be carried out")
        }
        for test in others where test.verdict == .failed || test.verdict == .error {
            reasons.append("'\(test.test.name)' \(test.verdict == .failed ? "failed" : "could not be carried out")")
        }
        let isCovered = coverage.share > Coverage.least
        if !isCovered {
            let noun = configured == nil ? "scenario" : "configured scenario"
            reasons.append("\(coverage.passed) of \(Figures.count(coverage.named.count, noun)) passed")
        }
        isValid = reasons.isEmpty
        for name in configured?.missing ?? [] { reasons.append("'\(name)' has no file") }
        for test in tests where test.verdict == .skipped {
            reasons.append("'\(test.test.name)' was skipped\(test.reason.map { ": " + $0 } ?? "")")
        }
    }

    private static func coverage(_ tests: [TestResult], _ configured: ConfiguredSuite?) -> Coverage {
        var rows: [String: [Verdict]] = [:]
        for test in tests { rows[test.test.scenario, default: []].append(test.verdict) }
        let named: [String]
        if let configured {
            named = configured.scenarios
        } else {
            var seen: Set<String> = []
            named = tests.map(\.test.scenario).filter { seen.insert($0).inserted }
        }
        let ran = named.map { name in (rows[name] ?? []).filter { $0 != .skipped } }
        return Coverage(
            named: named, isListed: configured != nil, present: named.count - (configured?.missing.count ?? 0),
            run: ran.count { !$0.isEmpty },
            passed: ran.count { verdicts in !verdicts.isEmpty && verdicts.allSatisfy { $0 == .passed } })
    }

    private static func connectivity(_ tests: [TestResult]) -> [Connectivity] {
        var order: [String] = []
        var found: [String: Connectivity] = [:]
        func visit(_ step: StepReport) {
            // The runs of a repetition are counted, and its first failures are among them.
            let isCounted = step.aggregate != nil && step.target != nil
            if !isCounted { for child in step.children { visit(child) } }
            guard let target = step.target, step.verdict != .skipped else { return }
            if found[target] == nil { order.append(target) }
            let counts = isCounted ? Self.runs(of: step) : nil
            found[target, default: Connectivity(target: target, steps: 0, errors: 0)].steps += counts?.all ?? 1
            found[target]?.errors += counts?.errors ?? (step.verdict == .error ? 1 : 0)
        }
        for test in tests { for step in test.needs + test.steps + test.cleanup { visit(step) } }
        return order.compactMap { found[$0] }
    }

    /// How many runs a repetition had, and how many of them could not be carried out; nil where there was none.
    private static func runs(of step: StepReport) -> (all: Int, errors: Int)? {
        let counts = ["runs", "errors"].map { step.aggregate?[$0]?.number.flatMap { Int(exactly: $0) } ?? 0 }
        return counts[0] > 0 ? (counts[0], counts[1]) : nil
    }

    private static func measurements(
        _ step: StepReport, trail: String, in test: TestResult
    ) -> [(isOpen: Bool, measurement: Measurement)] {
        let trail = trail.isEmpty ? step.id : "\(trail) → \(step.id)"
        guard let aggregate = step.aggregate else {
            return step.children.flatMap { measurements($0, trail: trail, in: test) }
        }
        var measurement = Measurement(
            test: test.test.name, step: trail, isHeld: step.verdict == .passed, summary: step.reason ?? "",
            missed: step.failures.map(\.remark))
        for name in Measurement.figureNames {
            measurement.figures[name] = aggregate[name]?.number ?? aggregate["ms"]?[name]?.number
        }
        return [(step.course?["open"]?.bool ?? false, measurement)]
    }
}

extension SuiteVerdict.Tests {
    fileprivate mutating func count(_ test: TestResult) {
        switch test.verdict {
        case .passed: passed += 1
        case .failed: failed += 1
        case .error: errors += 1
        case .skipped: skipped += 1
        }
        if test.isFlaky { flaky += 1 }
    }
}
