import Diagnostics
import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

/// What is read of a `metric` step, and what lint says of it.
struct MetricParsingTests {
    private static func problems(_ yaml: String) -> [Diagnostic] { Parsed(yaml, by: MetricStep()).diagnostics }

    private static func misfits(_ yaml: String) throws -> [Diagnostic] {
        let request = try Parsed.request(yaml, by: MetricStep())
        return request.problems(with: try writtenTarget("{ url: 'http://h' }", kind: "openmetrics"))
    }

    @Test(arguments: [
        "up", "{ query: 'sum(rate(x_total[1m]))', at: 2026-01-31T12:00:00Z }",
        "{ query: up, range: { last: 15m, step: 15s } }", "{ query: up, range: { from: 1700000000, step: 1s } }",
        "{ match: 'up{job=\"a\"}' }", "{ labels: job }", "{ alerts: Down }", "{ rules: '*' }", "{ targets: node }",
        "{ metadata: up }", "{ exemplars: x_bucket }", "{ delta: x_total, over: s1 }", "'up{job=\"${{ $vars.job }}\"}'",
        "'${{ $vars.query }}'", "'sum by (job) (up offset -5m) @ 1e3 # the rest'",
    ])
    func `each form is read`(_ yaml: String) {
        #expect(Self.problems(yaml).map(\.message.text) == [])
    }

    @Test(arguments: [
        ("{ at: 5 }", "the step asks nothing"),
        ("{ query: up, match: up }", "a step asks one thing; this one has 'query' and 'match'"),
        ("{ labels: job, at: 5 }", "'at' belongs to 'query'"),
        ("{ query: up, over: s1 }", "'over' belongs to 'delta'"),
        ("{ delta: up }", "'delta' stands without 'over'"),
        ("{ delta: 'rate(up[1m])', over: s1 }", "'delta' takes a plain selector, and no expression"),
        ("{ query: up, at: yesterday }", "'yesterday' is no time"),
        ("{ query: up, range: { step: 5s } }", "the range says neither 'last' nor 'from'"),
        ("{ query: up, range: { last: 1m, from: 5, step: 5s } }", "the range has both 'last' and 'from'"),
        ("{ query: up, at: 5, range: { last: 1m, step: 5s } }", "a range has no 'at'"),
        ("{ query: up, range: { last: 1m, step: 0s } }", "the points have no distance"),
        ("'  '", "the query is empty"),
        ("'sum(up'", "'(' is never closed"),
        ("'up)'", "')' closes nothing"),
        ("'up{job=\"a}'", "the text in quotes has no end"),
        ("'up && down'", "PromQL has no '&'"),
        ("{ promql: up }", "unknown key 'promql' in metric"),
    ])
    func `each mistake is told`(_ yaml: String, _ message: String) {
        #expect(Self.problems(yaml).first?.message.text == message)
    }

    @Test func `a mistake is shown at its own place`() {
        let text = MarkedText("query: sum(up{job=1️⃣\"a}2️⃣)")
        let problem = Self.problems(text.text).first
        #expect(problem?.primary?.span.range.lowerBound == text["1️⃣"])
    }

    @Test(arguments: [
        ("rate(x_total[1m])", "'rate' is a function, and an 'openmetrics' target answers plain selectors only", 0),
        ("sum by (job) (up)", "'sum' is a function, and an 'openmetrics' target answers plain selectors only", 0),
        ("up > 0", "the operator '>' needs a Prometheus: an 'openmetrics' target answers plain selectors only", 3),
        ("up[5m]", "a range of time needs a Prometheus: an 'openmetrics' target answers plain selectors only", 2),
        ("up offset 5m", "another time needs a Prometheus: an 'openmetrics' target answers plain selectors only", 3),
        ("vector(1)", "'vector' is a function, and an 'openmetrics' target answers plain selectors only", 0),
        ("1 + 1", "'1' needs a Prometheus: an 'openmetrics' target answers plain selectors only", 0),
    ])
    func `what a page cannot answer is told when a run is planned, with the word that asks for it`(
        _ query: String, _ message: String, _ offset: Int
    ) throws {
        let problem = try #require(try Self.misfits(query).first)
        #expect(problem.code.id == "metric.driver")
        #expect(problem.message.text == message)
        #expect(problem.primary?.span.range.lowerBound == offset)
        #expect(problem.hint?.text.contains("kind 'prometheus'") == true)
    }

    @Test(arguments: [
        "up", "up{job=\"a\"}", "{__name__=~\"up.*\"}", "up{a!=\"b\",c!~\"d|e\",}", "{\"my.metric\", a='b'}",
        "up{job=\"${{ $vars.job }}\"}", "${{ $vars.query }}",
    ])
    func `plain selectors are for pages too`(_ query: String) throws {
        #expect(try Self.misfits("query: \(Value.string(query).json())").isEmpty)
    }

    @Test(arguments: [
        "{ query: up, at: 5 }", "{ query: up, range: { last: 1m, step: 5s } }", "{ alerts: '*' }", "{ rules: '*' }",
        "{ targets: '*' }",
    ])
    func `questions about time, rules and targets are not for pages`(_ yaml: String) throws {
        #expect(try Self.misfits(yaml).map(\.code.id) == ["metric.driver"])
    }

    @Test func `a Prometheus is asked anything`() throws {
        let target = try writtenTarget("{ url: 'http://h' }", kind: "prometheus")
        for yaml in ["rate(x[1m])", "{ alerts: '*' }"] {
            #expect(try Parsed.request(yaml, by: MetricStep()).problems(with: target).isEmpty)
        }
    }

    @Test func `a plan shows the question`() throws {
        func plan(_ yaml: String) throws -> [String] {
            try Parsed.request(yaml, by: MetricStep()).plan(target: nil)
        }
        #expect(try plan("up") == ["up"])
        #expect(try plan("{ query: up, range: { last: 15m, step: 15s } }") == ["up", "last 15m, step 15s"])
        #expect(try plan("{ delta: 'x_total{a=\"b\"}', over: many }") == ["delta x_total{a=\"b\"}", "over many"])
        #expect(try plan("{ alerts: Down }") == ["alerts Down"])
    }
}
