import Expressions
import ScenarioModel
import Testing

@testable import ScenarioRuntime

@Suite struct LoadTests {
    private static let one = "steps: [ { id: ask, fake: {} } ]"

    private func isNear(_ value: Double?, _ expected: Double, within tolerance: Double) -> Bool {
        value.map { abs($0 - expected) <= tolerance } ?? false
    }

    @Test func `a target that stalls is seen by every arrival that waits for it`() throws {
        var bench = LoadBench(Self.one)
        // Ten milliseconds as a rule; whoever comes in the first second of each ten waits until it is over.
        bench.latency = { ms in
            let phase = ms.truncatingRemainder(dividingBy: 10_000)
            return phase < 1000 ? 1000 - phase + 10 : 10
        }
        let outcome = try bench.run("{ for: 10s, rate: 50/s, parallel: 500 }")
        #expect(outcome.number("runs") == 500)
        #expect(outcome.number("dropped") == 0)
        #expect(isNear(outcome.number("ms", "p50"), 10, within: 1))
        #expect(isNear(outcome.number("ms", "p95"), 510, within: 15))
        #expect(isNear(outcome.number("ms", "p99"), 910, within: 15))
        #expect(isNear(outcome.number("steps", "ask", "ms", "p99"), 910, within: 15))
        #expect(outcome.outcome.status == 0)
    }

    @Test func `arrivals that find no room are counted, and fail the load unless allowed`() throws {
        var bench = LoadBench(Self.one)
        bench.latency = { _ in 1000 }
        let load = "{ for: 2s, rate: 10/s, parallel: 5"
        let strict = try bench.run(load + " }")
        #expect(strict.number("runs") == 10)
        #expect(strict.number("dropped") == 10)
        #expect(strict.codes == ["load.dropped"])
        #expect(strict.outcome.status == 4)
        #expect(strict.mostInFlight == 5)
        #expect(try bench.run(load + ", allow_dropped: 50% }").outcome.status == 0)
        #expect(try bench.run(load + ", allow_dropped: 9 }").codes == ["load.dropped"])
    }

    @Test func `users run one after another, and think between`() throws {
        var bench = LoadBench(Self.one)
        bench.latency = { _ in 100 }
        let busy = try bench.run("{ for: 2s, parallel: 4 }")
        #expect(busy.number("runs") == 80)
        #expect(busy.mostInFlight == 4)
        let thinking = try bench.run("{ for: 2s, parallel: 4, think: 100ms }")
        #expect(thinking.number("runs") == 40)
        let counted = try bench.run("{ times: 7, parallel: 4 }")
        #expect(counted.number("runs") == 7)
    }

    @Test func `stages change the number of users`() throws {
        var bench = LoadBench(Self.one)
        bench.latency = { _ in 100 }
        let outcome = try bench.run("{ stages: [ { for: 1s, parallel: 1 }, { for: 1s, parallel: 5 } ] }")
        // Ten in the first second; in the second five users have ten each, less what they wait to be asked.
        let runs = try #require(outcome.number("runs"))
        #expect((50...60).contains(runs))
        #expect(outcome.mostInFlight == 5)
    }

    @Test func `what runs in the warm-up is not counted`() throws {
        let outcome = try LoadBench(Self.one).run("{ for: 2s, warmup: 1s, rate: 10/s, parallel: 5 }")
        #expect(outcome.number("runs") == 20)
        #expect(outcome.log.count == 30)
        #expect(outcome.intervals.first?.isWarmup == true)
        #expect(outcome.intervals.last?.isWarmup == false)
    }

    @Test func `failed requests have percentiles of their own`() throws {
        var bench = LoadBench(Self.one)
        bench.latency = { $0 < 1000 ? 10 : 300 }
        bench.fails = { $0 >= 1000 }
        let outcome = try bench.run("{ for: 2s, rate: 10/s, parallel: 50, pass: 50% }")
        #expect(outcome.number("passed") == 10)
        #expect(outcome.number("errors") == 10)
        #expect(outcome.outcome.aggregate["error_kinds"]?.object?.count == 1)
        #expect(isNear(outcome.number("ms", "max"), 10, within: 1))
        #expect(isNear(outcome.number("failed_ms", "p50"), 300, within: 2))
        #expect(outcome.outcome.status == 0)
        #expect(outcome.outcome.samples.count == 1)
        #expect(try bench.run("{ for: 2s, rate: 10/s, parallel: 50 }").codes == ["load.pass"])
    }

    @Test func `thresholds judge the aggregate, and those that do not hold are told`() throws {
        let outcome = try LoadBench(Self.one).run(
            "{ for: 2s, rate: 10/s, parallel: 5, assert: [ .ms.p95 < 5, .dropped == 0, .steps.ask.ms.p50 < 100 ] }")
        #expect(outcome.codes == ["load.threshold"])
        #expect(outcome.outcome.status == 4)
        #expect(outcome.intervals.last?.failing == [".ms.p95 < 5"])
        #expect(outcome.outcome.end == .completed)
    }

    @Test func `a captured value of every run can be judged`() throws {
        let text = "steps: [ { id: ask, fake: { value: 7 }, capture: { n: .value } } ]"
        let outcome = try LoadBench(text).run(
            "{ times: 20, parallel: 5, assert: [ '.steps.ask.n | percentile(99) == 7', '.steps.ask.n | length == 20' ] }"
        )
        #expect(outcome.codes.isEmpty)
        #expect(outcome.outcome.aggregate["steps"]?["ask"]?["n"] == nil)
    }

    @Test func `with abort a threshold ends the load at once`() throws {
        let outcome = try LoadBench(Self.one).run(
            "{ for: 1h, rate: 10/s, parallel: 5, abort: true, assert: [ .ms.p95 < 5 ] }")
        #expect(outcome.outcome.end == .aborted)
        #expect(outcome.elapsed < 10_000)
        #expect(outcome.outcome.status == 4)
    }

    @Test func `an earlier load can be judged against`() throws {
        var bench = LoadBench(Self.one)
        bench.baseline = ["ms": ["p95": 4]]
        let load = "{ times: 5, assert: [ .ms.p95 <= 1.2 * ($baseline.ms.p95 // infinite) ] }"
        #expect(try bench.run(load).codes == ["load.threshold"])
        bench.baseline = .null
        #expect(try bench.run(load).codes.isEmpty)
    }

    @Test func `a load in which no run ended proves nothing`() throws {
        let outcome = try LoadBench("if: 1 == 2\n" + Self.one).run("{ times: 3 }")
        #expect(outcome.codes == ["load.none"])
        #expect(outcome.outcome.failures.first?.notes == ["3 skipped: if: 1 == 2 is false"])
        #expect(outcome.outcome.status == 4)
    }

    @Test func `an interrupt starts no more runs, and lets those under way end`() throws {
        var bench = LoadBench(Self.one)
        bench.latency = { _ in 2500 }
        bench.interruptAfter = 2
        let outcome = try bench.run("{ for: 1h, rate: 10/s, parallel: 1000 }")
        #expect(outcome.outcome.end == .interrupted)
        #expect(outcome.outcome.status == 130)
        #expect(outcome.number("unfinished") == 0)
        #expect(outcome.number("runs") == Double(outcome.log.count))
        #expect(outcome.elapsed < 10_000)
    }

    @Test func `runs that do not end are cut off, and counted`() throws {
        var bench = LoadBench(Self.one)
        bench.latency = { $0 < 1000 ? 10 : 20_000 }
        bench.options.drain = .seconds(2)
        let outcome = try bench.run("{ for: 2s, rate: 10/s, parallel: 1000 }")
        #expect(outcome.number("unfinished") == 10)
        #expect(outcome.codes == ["load.unfinished"])
        #expect(outcome.elapsed < 6000)
    }

    @Test func `rows are drawn in turn, a need runs once, and each run is cleaned up after`() throws {
        let text = """
            cases: [ { name: a }, { name: b } ]
            needs: { setup: { file: _setup.yaml } }
            steps:
              - id: ask
                fake: { value: "${{ $case.name }}" }
                cleanup: [ { id: undo, fake: { value: "${{ $needs.setup.token }}" } } ]
            """
        let setup = """
            steps: [ { id: make, fake: { value: 1 }, capture: { t: .value } } ]
            outputs: { token: $steps.make.t }
            """
        let outcome = try LoadBench(text, files: ["_setup.yaml": setup]).run("{ times: 4, parallel: 1 }")
        #expect(
            outcome.log == [
                "make=1", "ask=\"a\"", "undo=1", "ask=\"b\"", "undo=1", "ask=\"a\"", "undo=1", "ask=\"b\"", "undo=1",
            ])
        #expect(outcome.number("runs") == 4)
    }

    @Test func `a rate beyond what there is room for ends in time, and says how much it dropped`() throws {
        var bench = LoadBench(Self.one)
        bench.latency = { _ in 10_000 }
        bench.options.drain = .seconds(1)
        let outcome = try bench.run("{ for: 200ms, rate: 1000/s, parallel: 3 }")
        #expect(outcome.number("dropped") == 197)
        #expect(outcome.number("unfinished") == 3)
        #expect(outcome.codes.contains("load.none"))
        #expect(outcome.codes.contains("load.dropped"))
    }
}
