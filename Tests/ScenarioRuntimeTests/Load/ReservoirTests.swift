import Expressions
import Testing

@testable import ScenarioRuntime

@Suite struct ReservoirTests {
    @Test func `a sample is bounded, and stands for the whole`() {
        var sample = Reservoir(seed: "s")
        for number in 0..<100_000 { sample.offer(Value(number)) }
        #expect(sample.values.count == Reservoir.size)
        let sorted = sample.values.compactMap(\.number).sorted()
        // The median's deviation is half a percent of the range; this is eight of them.
        #expect((46_000...54_000).contains(sorted[sorted.count / 2]))
    }

    @Test func `what would take much memory is not kept`() {
        var sample = Reservoir(seed: "s")
        sample.offer(.string(String(repeating: "x", count: 1000)))
        sample.offer(.array([1, 2]))
        sample.offer(.string("short"))
        #expect(sample.values == ["short"])
    }
}
