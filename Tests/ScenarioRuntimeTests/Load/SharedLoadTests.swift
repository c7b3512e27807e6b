import Expressions
import ScenarioModel
import ScenarioRuntime
import Testing

/// Loads of several loops: together they do what one would do, and one of them tells and judges it.
@Suite struct SharedLoadTests {
    /// A run that sends its row and something that chance has chosen for it.
    private static let rows = """
        cases: [ { name: a }, { name: b }, { name: c } ]
        steps:
          - id: ask
            fake: { value: "${{ $case.name }}-${{ uuid }}" }
            capture: { sent: .value }
        """

    private func bench(_ text: String = rows, loops: Int, files: [String: String] = [:]) -> LoadBench {
        var bench = LoadBench(text, files: files)
        bench.loops = loops
        return bench
    }

    @Test(arguments: [
        "{ times: 20, parallel: 6 }", "{ for: 2s, rate: 10/s, parallel: 9 }",
        "{ for: 2s, rate: 30/s, parallel: 30, spacing: poisson }",
        "{ stages: [ { for: 1s, rate: 40/s, ramp: true }, { for: 1s, rate: 10/s } ], parallel: 30 }",
    ])
    func `several loops send together exactly what one sends`(_ load: String) throws {
        let one = try bench(loops: 1).run(load)
        for loops in [2, 3, 5] {
            let shared = try bench(loops: loops).run(load)
            #expect(shared.log.sorted() == one.log.sorted(), "\(loops) loops")
            #expect(shared.number("runs") == one.number("runs"))
            #expect(shared.number("generator", "loops") == Double(loops))
            #expect(shared.outcome.requests == one.outcome.requests)
            #expect(shared.outcome.latencies == one.outcome.latencies)
            for key in ["min", "mean", "p50", "p90", "p95", "p99", "max"] {
                #expect(shared.number("ms", key) == one.number("ms", key), "\(key)")
                #expect(shared.number("steps", "ask", "ms", key) == one.number("steps", "ask", "ms", key), "\(key)")
            }
        }
    }

    @Test func `the intervals of all loops are told as one, and come to the total`() throws {
        let outcome = try bench(loops: 3).run("{ for: 3s, rate: 100/s, parallel: 30 }")
        #expect(outcome.intervals.reduce(0) { $0 + $1.passed } == 300)
        #expect(outcome.intervals.count >= 3)
        #expect(outcome.intervals[1].passed == 100)
        #expect(outcome.intervals[1].latencies.count == 100)
        #expect(outcome.intervals[1].steps["ask"]?["runs"] == 100)
    }

    @Test func `users are divided, and each loop meets all rows alike`() throws {
        var bench = bench(loops: 3)
        bench.latency = { _ in 100 }
        let outcome = try bench.run("{ for: 3s, parallel: 7 }")
        #expect(outcome.number("runs") == 210)
        #expect(outcome.mostInFlight == 7)
        #expect(outcome.number("most_in_flight") == 7)
        // Three loops and three rows: a loop that kept its place in a round would meet one row only.
        for row in ["a", "b", "c"] { #expect(outcome.log.count { $0.hasPrefix("ask=\"\(row)") } == 70, "\(row)") }
    }

    @Test func `what may be in flight is a bound for all loops together`() throws {
        var bench = bench(loops: 2)
        bench.latency = { _ in 10_000 }
        bench.options.drain = .seconds(1)
        let outcome = try bench.run("{ for: 1s, rate: 1000/s, parallel: 5 }")
        #expect(outcome.mostInFlight == 5)
        #expect(outcome.number("dropped") == 995)
        #expect(outcome.number("unfinished") == 5)
        #expect(outcome.codes.contains("load.none"))
    }

    @Test func `a need runs once for all loops, and is cleaned up behind the last of them`() throws {
        let text = """
            needs: { setup: { file: _setup.yaml } }
            steps: [ { id: ask, fake: { value: "${{ $needs.setup.token }}" } } ]
            """
        let setup = """
            steps: [ { id: make, fake: { value: "${{ uuid }}" }, capture: { t: { jq: .value, secret: true } } } ]
            outputs: { token: $steps.make.t }
            cleanup: [ { id: unmake, fake: {} } ]
            """
        let outcome = try bench(text, loops: 3, files: ["_setup.yaml": setup]).run("{ times: 30, parallel: 6 }")
        #expect(outcome.number("passed") == 30, "\(outcome.outcome.failures)")
        #expect(outcome.log.count { $0.hasPrefix("make=") } == 1)
        #expect(outcome.log.last == "unmake")
        #expect(Set(outcome.log.filter { $0.hasPrefix("ask=") }).count == 1)
    }

    @Test func `a need that fails skips the runs of all loops with its reason`() throws {
        let text = """
            needs: { setup: { file: _setup.yaml } }
            steps: [ { id: ask, fake: {} } ]
            """
        let setup = "steps: [ { id: make, fake: { value: 1 }, assert: [ .value == 2 ] } ]"
        let outcome = try bench(text, loops: 2, files: ["_setup.yaml": setup]).run("{ times: 6, parallel: 2 }")
        #expect(outcome.number("skipped") == 6)
        #expect(outcome.codes == ["load.none"])
        #expect(outcome.outcome.failures.first?.notes.first?.contains("whose step 'make' failed") == true)
    }

    @Test func `the assertions judge all loops, captures among them`() throws {
        let assertions = "[ '.runs == 40', '.steps.ask.sent | unique | length == 40' ]"
        let outcome = try bench(loops: 4).run("{ times: 40, parallel: 8, assert: \(assertions) }")
        #expect(outcome.outcome.status == 0, "\(outcome.outcome.failures.map(\.message))")
        let wrong = try bench(loops: 4).run("{ times: 40, parallel: 8, assert: [ '.steps.ask.sent | length == 39' ] }")
        #expect(wrong.codes == ["load.threshold"])
    }

    @Test func `an assertion that does not hold ends all loops, where it is to`() throws {
        var bench = bench(loops: 3)
        bench.fails = { $0 > 1500 }
        let outcome = try bench.run("{ for: 60s, rate: 30/s, parallel: 30, assert: [ .errors == 0 ], abort: true }")
        #expect(outcome.outcome.end == .aborted)
        #expect(outcome.elapsed < 10_000)
        let errors = try #require(outcome.number("errors"))
        #expect(outcome.number("runs") == Double(outcome.log.count))
        #expect(errors > 0)
        // Each loop has met the same cause; one run of it is kept.
        #expect(outcome.outcome.samples.count == 1)
        #expect(outcome.outcome.aggregate["error_kinds"]?.object?.map(\.1) == [.number(errors)])
    }

    @Test func `an interrupt ends all loops, and what they did is told`() throws {
        var bench = bench(loops: 3)
        bench.interruptAfter = 2
        let outcome = try bench.run("{ for: 60s, rate: 30/s, parallel: 30 }")
        #expect(outcome.outcome.end == .interrupted)
        #expect(outcome.elapsed < 10_000)
        #expect(outcome.number("runs") == Double(outcome.log.count))
        #expect(outcome.number("unfinished") == 0)
    }

    @Test func `a loop that is lost is an error of the load, which ends soon and tells the rest`() throws {
        var bench = bench(loops: 3)
        bench.loses = (loop: 1, afterMs: 2500)
        let outcome = try bench.run("{ for: 60s, rate: 30/s, parallel: 30 }")
        #expect(outcome.outcome.end == .crashed)
        #expect(outcome.outcome.status == 3)
        #expect(outcome.codes == ["run.crash"])
        #expect(outcome.outcome.failures.first?.message == "loop 3 has gone")
        #expect(outcome.elapsed < 20_000)
        let runs = try #require(outcome.number("runs"))
        #expect(runs >= 60)
    }

    @Test func `a loop that is lost before the beginning keeps the load from being carried out`() throws {
        var bench = bench(loops: 2)
        bench.loses = (loop: 0, afterMs: 0)
        let outcome = try bench.run("{ for: 60s, rate: 30/s, parallel: 30 }")
        #expect(outcome.outcome.status == 3)
        #expect(outcome.codes == ["run.crash"])
        #expect(outcome.elapsed < 20_000)
    }

    @Test func `loops for which there is nothing to do go home`() throws {
        let outcome = try bench(loops: 5).run("{ times: 9, parallel: 3 }")
        #expect(outcome.number("runs") == 9)
        #expect(outcome.number("generator", "loops") == 3)
        #expect(outcome.outcome.status == 0)
    }

    @Test func `the warm-up counts in no loop`() throws {
        let outcome = try bench(loops: 2).run("{ for: 2s, warmup: 1s, rate: 10/s, parallel: 5 }")
        #expect(outcome.number("runs") == 20)
        #expect(outcome.log.count == 30)
    }
}
