internal import ScenarioModel

/// What a run came to, in metrics for a monitoring system that keeps the last run's.
///
/// All are gauges: each run has figures of its own, which replace those of the run before. Their number is bounded by
/// the project's scenarios, not by its rows or runs.
struct RunMetrics {
    /// Metrics of one name.
    struct Family: Equatable {
        var name: String
        /// The unit that ends the name, where there is one.
        var unit: String?
        /// One sentence without quotes, which the formats escape in different ways.
        var help: String
        var samples: [Sample]
    }

    /// A value with its labels.
    struct Sample: Equatable {
        var labels: [(name: String, value: String)]
        var value: Double

        static func == (a: Sample, b: Sample) -> Bool {
            a.value == b.value && a.labels.elementsEqual(b.labels) { $0 == $1 }
        }
    }

    private(set) var families: [Family] = []
    /// Stands on every series, so that the files of several profiles can lie side by side.
    private let profile: String?
    /// When the run ended, in seconds since 1970.
    let end: Double

    /// The most scenarios that have series of their own; those in trouble come first.
    static let mostScenarios = 1000
    /// The most codes of failures that are told apart.
    static let mostCodes = 50
    /// The most bytes of a label's value.
    private static let mostBytes = 300

    /// The metrics of a run.
    init(_ result: RunResult) {
        let start = result.start
        profile = start.profile
        let began = RunTime.unixMs(of: start) / 1000
        end = began + result.end.ms / 1000
        let work = Work(result)
        add(
            "plumb_run_info", "What the last run was; its value is 1.",
            [
                sample(
                    [("run", start.id), ("version", start.version)], 1)
            ])
        add("plumb_run_success", "Whether all tests of the run passed (1) or not (0).", result.end.status == 0 ? 1 : 0)
        add("plumb_run_status", "The exit status of the run.", Double(result.end.status))
        add(
            "plumb_run_start_timestamp_seconds", "When the run began, in seconds since 1970.", began, unit: "seconds")
        add("plumb_run_end_timestamp_seconds", "When the run ended, in seconds since 1970.", end, unit: "seconds")
        add("plumb_run_duration_seconds", "How long the run took.", result.end.ms / 1000, unit: "seconds")
        add(
            "plumb_run_tests", "Tests of the run by what came of them.",
            Verdict.allCases.map { sample([("verdict", $0.rawValue)], Double(result.count($0))) })
        add(
            "plumb_run_flaky_tests", "Tests of the run that passed only after a retry.",
            Double(result.tests.count(where: \.isFlaky)))
        add("plumb_run_requests", "Requests that the run sent.", Double(result.end.requests))
        add("plumb_run_retries", "Requests of the run that were sent again.", Double(work.retries))
        add(
            "plumb_run_failures", "Failures of the run by their code, such as http.timeout.",
            work.failures.map { sample([("code", $0.code)], Double($0.count)) })
        let scenarios = Scenarios(result)
        add(
            "plumb_scenario_success", "Whether all tests of the scenario that ran passed (1) or not (0).",
            scenarios.kept.compactMap { scenario in
                scenario.ran == 0 ? nil : sample(scenario.labels, scenario.troubled == 0 ? 1 : 0)
            })
        add(
            "plumb_scenario_skipped_tests", "Tests of the scenario that were skipped.",
            scenarios.kept.map { sample($0.labels, Double($0.skipped)) })
        add(
            "plumb_scenario_duration_seconds", "How long the tests of the scenario took together.",
            scenarios.kept.map { sample($0.labels, $0.ms / 1000) }, unit: "seconds")
        add(
            "plumb_run_omitted_scenarios", "Scenarios without series of their own, because there are too many.",
            Double(scenarios.omitted))
    }

    private mutating func add(_ name: String, _ help: String, _ value: Double, unit: String? = nil) {
        add(name, help, [sample([], value)], unit: unit)
    }

    private mutating func add(_ name: String, _ help: String, _ samples: [Sample], unit: String? = nil) {
        families.append(Family(name: name, unit: unit, help: help, samples: samples))
    }

    private func sample(_ labels: [(String, String)], _ value: Double) -> Sample {
        let all = (profile.map { [("profile", $0)] } ?? []) + labels
        return Sample(
            labels: all.map { name, value in
                (name, value.utf8.count > Self.mostBytes ? String(value.prefix(Self.mostBytes / 4)) + "…" : value)
            }, value: value)
    }
}

/// Retries and failures of all steps.
private struct Work {
    var retries = 0
    var failures: [(code: String, count: Int)] = []

    init(_ result: RunResult) {
        var counts: [String: Int] = [:]
        func take(_ step: StepReport) {
            retries += step.retries.count
            for failure in step.failures { counts[failure.code, default: 0] += 1 }
            step.children.forEach(take)
        }
        for test in result.tests {
            for failure in test.failures { counts[failure.code, default: 0] += 1 }
            test.steps.forEach(take)
            test.cleanup.forEach(take)
        }
        let ranked = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        failures = ranked.prefix(RunMetrics.mostCodes).map { ($0.key, $0.value) }.sorted { $0.code < $1.code }
        let rest = ranked.dropFirst(RunMetrics.mostCodes).reduce(0) { $0 + $1.value }
        if rest > 0 { failures.append(("other", rest)) }
    }
}

/// The tests of each scenario, summed up.
private struct Scenarios {
    struct Scenario {
        var name: TestName
        var ran = 0
        var troubled = 0
        var skipped = 0
        var ms = 0.0

        var labels: [(String, String)] { [("suite", name.suite), ("scenario", name.scenario)] }
    }

    var kept: [Scenario] = []
    var omitted = 0

    init(_ result: RunResult) {
        var places: [[String]: Int] = [:]
        var all: [Scenario] = []
        for test in result.tests {
            let key = [test.test.suite, test.test.scenario]
            let place = places[key] ?? all.count
            if place == all.count {
                places[key] = place
                all.append(Scenario(name: test.test))
            }
            switch test.verdict {
            case .skipped: all[place].skipped += 1
            case .passed: all[place].ran += 1
            case .failed, .error:
                all[place].ran += 1
                all[place].troubled += 1
            }
            all[place].ms += test.ms
        }
        omitted = max(0, all.count - RunMetrics.mostScenarios)
        guard omitted > 0 else {
            kept = all
            return
        }
        kept = Array(
            (all.filter { $0.troubled > 0 } + all.filter { $0.troubled == 0 }).prefix(RunMetrics.mostScenarios))
    }
}
