import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

/// What a `delta` believes of a server that scrapes: several targets, new series, targets that do not answer.
struct MetricScrapeTests {
    private typealias State = ScriptedPrometheus.State
    private typealias Point = ScriptedPrometheus.Point

    /// The two looks of a delta: the first at time 100, the last at time 200.
    private static func change(
        _ selector: String = "c_total", first: [State], last: [State], timeout: Duration = .seconds(20)
    ) async throws -> (outcome: Outcome, script: ScriptedPrometheus) {
        let script = ScriptedPrometheus()
        let server = try script.start()
        let outcome = try await drive { driving in
            driving.timeout = timeout
            let yaml = "{ delta: '\(selector)', over: s }"
            let request = try #require(try Parsed.request(yaml, by: MetricStep()) as? any WatchingRequest)
            let target = try target("{ url: '\(server.url)' }", kind: "prometheus")
            play(first, at: 100, on: script)
            let before = try await driving.attempt(
                try request.firstLook.prepare(driving.scope, target: target), kind: "metric")
            if before.error != nil { return before }
            play(last, at: 200, on: script)
            let look = request.lastLook(after: before.result)
            return try await driving.attempt(try look.prepare(driving.scope, target: target), kind: "metric")
        }
        return (outcome, script)
    }

    private static func play(_ states: [State], at now: Int, on script: ScriptedPrometheus) {
        switch states.count {
        case 1: script.play(at: now, states[0])
        case 2: script.play(at: now, states[0], states[1])
        case 3: script.play(at: now, states[0], states[1], states[2])
        default: script.play(at: now, states[0], states[1], states[2], states[3])
        }
    }

    @Test func `a series that is new on a second target is awaited`() async throws {
        let quiet = State(targets: ["a/1": 101, "a/2": 101], series: ["a/1/x": [Point(time: 101, value: 5)]])
        // The first target is scraped, the second not yet: what began there is not seen.
        var half = quiet
        half.targets["a/1"] = 201
        half.series["a/1/x"]?.append(Point(time: 201, value: 6))
        var whole = half
        whole.targets["a/2"] = 202
        whole.series["a/2/x"] = [Point(time: 202, value: 3)]
        let (outcome, _) = try await Self.change(first: [quiet], last: [half, whole])
        #expect(outcome["value"] == 4)
        #expect(outcome["samples"]?.array?.count == 2)
    }

    @Test func `what a second target had before is none of the change`() async throws {
        let half = State(targets: ["a/1": 101, "a/2": 99], series: ["a/1/x": [Point(time: 101, value: 5)]])
        var whole = half
        whole.targets["a/2"] = 102
        whole.series["a/2/x"] = [Point(time: 102, value: 40)]
        var last = whole
        last.targets = ["a/1": 203, "a/2": 204]
        last.series["a/2/x"]?.append(Point(time: 204, value: 41))
        let (outcome, _) = try await Self.change(first: [half, whole], last: [last])
        #expect(outcome["value"] == 1)
    }

    @Test func `only targets that the selector's job and instance allow are awaited`() async throws {
        let state = State(targets: ["a/1": 300], series: ["a/1/x": [Point(time: 300, value: 5)]])
        let (outcome, script) = try await Self.change(
            "c_total{job=\"a\",m=\"x\",instance!~\"b.*\"}", first: [state], last: [state])
        #expect(outcome["value"] == 0)
        let up = "up%7Bjob%3D%22a%22%2Cinstance%21%7E%22b.*%22%7D"
        #expect(script.queries.contains { $0.hasPrefix("timestamp%28\(up)%29") })
    }

    @Test func `a target that misses a scrape is awaited, and a restart behind it is told`() async throws {
        let first = State(targets: ["a/1": 101], series: ["a/1/x": [Point(time: 101, value: 50)]])
        var down = first
        down.targets["a/1"] = -201
        down.stale = ["a/1/x"]
        var back = first
        back.targets["a/1"] = 202
        back.series["a/1/x"]?.append(Point(time: 202, value: 3))
        let (outcome, _) = try await Self.change(first: [first], last: [down, back])
        #expect(outcome["value"] == 3)
        #expect(outcome["resets"] == 1)
    }

    @Test func `a target that is down for good is a time-out with its name, and no smaller change`() async throws {
        let first = State(targets: ["a/1": 101], series: ["a/1/x": [Point(time: 101, value: 50)]])
        let down = State(targets: ["a/1": -201], series: first.series, stale: ["a/1/x"])
        let (outcome, _) = try await Self.change(first: [first], last: [down], timeout: .seconds(4))
        #expect(outcome.error?.kind == .timeout)
        #expect(
            outcome.error?.message
                == "no answer of '1' of job 'a', which is down, to a scrape came within the time-out of the attempt")
    }

    @Test func `a target that is down all the time, and counts nothing, is not awaited`() async throws {
        let first = State(
            targets: ["a/1": 101, "b/9": -101], series: ["a/1/x": [Point(time: 101, value: 5)]])
        var last = first
        last.targets = ["a/1": 201, "b/9": -201]
        last.series["a/1/x"]?.append(Point(time: 201, value: 7))
        let (outcome, script) = try await Self.change(first: [first], last: [last])
        #expect(outcome["value"] == 2)
        #expect(outcome.notes.last == "the target '9' of job 'b' did not answer when the first look was taken")
        #expect(script.queries.count == 8)
    }

    @Test func `a target that was down counts from what it told last`() async throws {
        let series = ["a/1/x": [Point(time: 90, value: 50)]]
        let down = (1...3).map { State(targets: ["a/1": -100 - $0], series: series, stale: ["a/1/x"]) }
        var last = State(targets: ["a/1": 201], series: series)
        last.series["a/1/x"]?.append(Point(time: 201, value: 52))
        let (outcome, _) = try await Self.change(first: down, last: [last])
        #expect(outcome["value"] == 2)
        #expect(outcome["samples"]?.array?.first?["before"] == 50)
    }

    @Test func `a series that was stale at the first look counts from 0`() async throws {
        let series = ["a/1/x": [Point(time: 90, value: 500)]]
        let first = State(targets: ["a/1": 101], series: series, stale: ["a/1/x"])
        var last = State(targets: ["a/1": 201], series: series)
        last.series["a/1/x"]?.append(Point(time: 201, value: 3))
        let (outcome, _) = try await Self.change(first: [first], last: [last])
        #expect(outcome["value"] == 3)
        #expect(outcome["samples"]?.array?.first?["before"]?.isNull == true)
    }

    @Test func `no such counter on targets that were all scraped is an answer, and no zero`() async throws {
        let (outcome, _) = try await Self.change(
            first: [State(targets: ["a/1": 101])], last: [State(targets: ["a/1": 201])])
        #expect(outcome.error == nil)
        #expect(outcome["value"]?.isNull == true)
    }

    @Test func `a target that is not scraped in time is named`() async throws {
        let state = State(targets: ["a/1": 300, "slow/2": 50])
        let (outcome, _) = try await Self.change(first: [state], last: [state], timeout: .seconds(4))
        #expect(outcome.error?.kind == .timeout)
        #expect(outcome.error?.message.hasPrefix("no later scrape of '2' of job 'slow' came within") == true)
        #expect(outcome.error?.hint?.contains("name the 'job'") == true)
    }

    @Test func `what only the run knows to be no selector is refused before anything is asked`() throws {
        var scope = FixedScope()
        scope.values["$vars.query"] = "sum(c_total)"
        let request = try #require(
            try Parsed.request("{ delta: '${{ $vars.query }}', over: s }", by: MetricStep()) as? any WatchingRequest)
        let target = try target("{ url: 'http://127.0.0.1:9' }", kind: "prometheus")
        let failure = #expect(throws: StepFailure.self) { try request.firstLook.prepare(scope, target: target) }
        #expect(failure?.report.message == "'delta' takes a plain selector, and no expression")
    }

    @Test func `a series of no target, as one that was pushed, needs a later sample of its own`() async throws {
        let old = State(series: ["a/1/x": [Point(time: 101, value: 5)]])
        var new = old
        new.series["a/1/x"]?.append(Point(time: 201, value: 9))
        let (outcome, _) = try await Self.change(first: [old], last: [old, new])
        #expect(outcome["value"] == 4)
    }
}
