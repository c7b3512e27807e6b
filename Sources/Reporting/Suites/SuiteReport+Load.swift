internal import Expressions
public import ScenarioModel

extension SuiteReport {
    /// What became of a load that was to be counted.
    public enum LoadPlace: Sendable, Hashable {
        /// It counts for one suite or several.
        case counted
        /// No suite of the report has its scenarios, and none is what they are named after.
        case ofNoSuite
        /// It ran in another profile, of which the report says nothing.
        case ofOtherProfile
    }

    /// Counts a load for the suites that its scenarios are of, and for those that they are named after.
    ///
    /// What it measured stands among the suite's loads, and a suite is not valid where one of them did not hold. Its
    /// limits are those of the load: `pass`, `allow_dropped`, and the assertions of the configuration.
    public mutating func count(_ load: LoadResult) -> LoadPlace {
        guard load.start.profile == profile else { return .ofOtherProfile }
        let scenarios = Set(load.start.tests.map { LoadedScenario(test: $0) })
        let listed = Set(suites.filter(\.coverage.isListed).map(\.suite))
        let places = suites.indices.filter { place in
            let suite = suites[place]
            return scenarios.contains { scenario in
                scenario.suite == suite.suite
                    || suite.coverage.isListed && !listed.contains(scenario.suite) && scenario.isNamed(after: suite)
            }
        }
        for place in places { suites[place].count(load) }
        return places.isEmpty ? .ofNoSuite : .counted
    }
}

/// A scenario as the name of a test tells of it.
private struct LoadedScenario: Hashable {
    var suite: String
    var scenario: String

    /// Reads `load_tests/api_gateway_to_models[mixtral]`.
    init(test: String) {
        let folders = test.prefix { $0 != "[" }.split(separator: "/", omittingEmptySubsequences: false)
        suite = folders.dropLast().joined(separator: "/")
        scenario = String(folders.last ?? "")
    }

    func isNamed(after suite: SuiteVerdict) -> Bool {
        suite.suite.split(separator: "/").last.map { $0 == scenario } ?? false
    }
}

extension SuiteVerdict {
    /// The most tests that are named.
    private static let mostNames = 3

    fileprivate mutating func count(_ load: LoadResult) {
        let names = load.start.tests.prefix(Self.mostNames).joined(separator: ", ")
        let rest = load.start.tests.count - Self.mostNames
        let test = rest > 0 ? "\(names) and \(rest) more" : names
        let aggregate = load.outcome?.aggregate ?? .null
        let trouble = Self.trouble(load.outcome)
        var measurement = Measurement(
            test: test, step: load.start.load.map { "load \($0)" } ?? "load", isHeld: trouble == nil,
            summary: Self.summary(aggregate), missed: load.outcome?.failures.map(\.remark) ?? [])
        for name in Measurement.figureNames {
            measurement.figures[name] = aggregate[name]?.number ?? aggregate["ms"]?[name]?.number
        }
        self.load.append(measurement)
        guard let trouble else { return }
        isValid = false
        // What makes it invalid comes before what a reader should only know.
        reasons.insert("the load of '\(test)' \(trouble)", at: 0)
    }

    /// What kept a load from holding, behind its name; nil where it held.
    private static func trouble(_ outcome: LoadOutcome?) -> String? {
        guard let outcome, outcome.end != .crashed else { return "could not be carried out" }
        if outcome.end == .interrupted { return "was interrupted" }
        guard let first = outcome.failures.first(where: { $0.verdict == .error }) ?? outcome.failures.first else {
            return nil
        }
        return "\(first.verdict == .error ? "could not be carried out" : "failed"): \(first.remark)"
    }

    private static func summary(_ aggregate: Value) -> String {
        let figures = LoadFigures(aggregate: aggregate)
        var text = "\(figures.count("passed"))/\(figures.count("runs")) passed"
        if let p95 = figures.number("ms", "p95") { text += ", p95 \(Figures.duration(p95))" }
        if figures.count("dropped") > 0 { text += ", \(figures.count("dropped")) dropped" }
        return text
    }
}
