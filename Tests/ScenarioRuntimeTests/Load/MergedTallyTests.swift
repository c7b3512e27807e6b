import Diagnostics
import Expressions
import ScenarioModel
import Testing

@testable import ScenarioRuntime

/// Tallies of several loops, sent and merged, are held against one that was fed with everything.
@Suite struct MergedTallyTests {
    private let span = SourceSpan(SourceFile(path: "ask.yaml", text: ""), 0..<0)

    private func run(_ number: Int) -> LoadTally.Run {
        let ms = Double(number * number % 90_001) / 7 + 0.05
        let verdict: Verdict =
            number % 11 == 0 ? .failed : number % 13 == 0 ? .error : number % 17 == 0 ? .skipped : .passed
        var step = StepReport(id: "ask", name: nil, kind: "fake", place: Place(span), verdict: verdict)
        step.ms = ms - 0.01
        step.captures = .init([("number", Value(number)), ("even", .bool(number.isMultiple(of: 2)))])
        return LoadTally.Run(
            verdict: verdict, kind: "kind-\(number % 5)", ms: ms, serviceMs: ms - 0.01, prefix: "", steps: [.told(step)]
        )
    }

    private func value(_ tally: LoadTally) -> Value {
        .object(tally.value(elapsed: .seconds(10), withCaptures: false))
    }

    @Test(arguments: [false, true])
    func `what several loops counted is what one would have counted`(_ isCoarse: Bool) throws {
        var whole = LoadTally(coarse: isCoarse)
        var merged = LoadTally(coarse: isCoarse)
        var parts = Array(repeating: LoadTally(coarse: isCoarse), count: 3)
        for number in 0..<3000 {
            whole.add(run(number))
            parts[number % 3].add(run(number))
        }
        whole.addUnfinished()
        parts[2].addUnfinished()
        for part in parts {
            let line = part.record.value.line
            merged.merge(try TallyRecord(try MessageReader(line.dropLast())))
        }
        #expect(value(merged) == value(whole))
        #expect(merged.counts.latencies.counts == whole.counts.latencies.counts)
        #expect(merged.counts.failedLatencies.counts == whole.counts.failedLatencies.counts)
        for percentile in [0, 1, 10, 50, 75, 90, 95, 99, 99.9, 100] {
            #expect(
                merged.counts.latencies.percentile(percentile) == whole.counts.latencies.percentile(percentile))
        }
    }

    @Test func `tallies of steps that one loop alone has met are kept`() {
        var first = LoadTally(coarse: false)
        first.add(run(1))
        let empty = LoadTally(coarse: false)
        var merged = empty
        merged.merge(first.record)
        merged.merge(empty.record)
        #expect(value(merged) == value(first))
    }

    @Test func `captured values of all loops are there as long as there is room for all`() {
        var merged = Reservoir(seed: "s")
        for part in 0..<4 {
            var sample = Reservoir(seed: "p")
            for number in stride(from: part, to: 8000, by: 4) { sample.offer(Value(number)) }
            merged.merge(sample.record(name: "n"))
        }
        #expect(Set(merged.values) == Set((0..<8000).map { Value($0) }))
        #expect(merged.values.count == 8000)
    }

    @Test func `a merged sample is bounded, and stands for the values of both in their proportion`() {
        var merged = Reservoir(seed: "s")
        var small = Reservoir(seed: "a")
        var large = Reservoir(seed: "b")
        for _ in 0..<30_000 { small.offer(0) }
        for _ in 0..<90_000 { large.offer(1) }
        merged.merge(small.record(name: "n"))
        merged.merge(large.record(name: "n"))
        #expect(merged.values.count == Reservoir.size)
        #expect(merged.record(name: "n").seen == 120_000)
        // A quarter is due; the deviation is 43 of them, and this is seven of those.
        let share = merged.values.count { $0 == 0 }
        #expect((2200...2800).contains(share), "\(share)")
    }
}
