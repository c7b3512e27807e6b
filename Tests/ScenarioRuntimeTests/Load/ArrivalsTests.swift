import ScenarioModel
import Testing

@testable import ScenarioRuntime

@Suite struct ArrivalsTests {
    private func offsets(_ arrivals: Arrivals) -> [Double] {
        var arrivals = arrivals
        var offsets: [Double] = []
        while let next = arrivals.next() { offsets.append(next.offset / .seconds(1)) }
        return offsets
    }

    private func curve(_ pieces: [(Double, Double, Double)]) -> RateCurve {
        var curve = RateCurve()
        for (length, from, to) in pieces { curve.append(length: length, from: from, to: to) }
        return curve
    }

    private func isNear(_ a: Double, _ b: Double, _ tolerance: Double = 1e-6) -> Bool { abs(a - b) < tolerance }

    @Test func `an even rate has equal distances, and none at the end`() {
        let offsets = offsets(Arrivals(curve([(2, 10, 10)])))
        #expect(offsets.count == 20)
        #expect(offsets.first == 0)
        #expect(isNear(offsets[19], 1.9))
    }

    @Test func `stages follow one another, each with its own rate`() {
        let offsets = offsets(Arrivals(curve([(1, 10, 10), (1, 100, 100), (1, 1, 1)])))
        #expect(offsets.count == 111)
        #expect(offsets.count { $0 < 1 - 1e-9 } == 10)
        #expect(offsets.count { $0 >= 2 - 1e-9 } == 1)
    }

    @Test func `a ramp has as many arrivals as the area below it, closer and closer`() {
        let offsets = offsets(Arrivals(curve([(10, 0, 20)])))
        #expect(offsets.count == 100)
        // Half the way up a quarter of the area lies below.
        #expect(offsets.count { $0 < 5 - 1e-9 } == 25)
        let gaps = zip(offsets.dropFirst(), offsets).map(-)
        #expect(zip(gaps.dropFirst(), gaps).allSatisfy { $0 <= $1 + 1e-9 })
    }

    @Test func `arrivals at random come at the rate on the whole, and differ among themselves`() {
        let arrivals = Arrivals(curve([(100, 100, 100)]), spacing: .poisson, seed: "a")
        let offsets = offsets(arrivals)
        // Ten thousand are due; four standard deviations are four hundred.
        #expect((9600...10_400).contains(offsets.count))
        let gaps = zip(offsets.dropFirst(), offsets).map(-)
        let mean = gaps.reduce(0, +) / Double(gaps.count)
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
        // An exponential distribution's deviation is its mean.
        #expect((0.9...1.1).contains(variance.squareRoot() / mean))
        #expect(offsets == self.offsets(Arrivals(curve([(100, 100, 100)]), spacing: .poisson, seed: "a")))
        #expect(offsets != self.offsets(Arrivals(curve([(100, 100, 100)]), spacing: .poisson, seed: "b")))
    }

    @Test func `a count bounds what time does not`() {
        #expect(offsets(Arrivals(curve([(.infinity, 50, 50)]), times: 7)).count == 7)
    }

    @Test func `what is passed over is counted once, whatever the rate`() throws {
        var arrivals = Arrivals(curve([(10, 1_000_000, 1_000_000)]))
        #expect(arrivals.next()?.index == 0)
        let skipped = arrivals.skip(to: .seconds(4))
        #expect(skipped == 3_999_999)
        let following = arrivals.next()
        let next = try #require(following)
        #expect(next.index == 4_000_000)
        #expect(isNear(next.offset / .seconds(1), 4))
        #expect(arrivals.skip(to: .seconds(60)) == 5_999_999)
        #expect(arrivals.next() == nil)
    }

    @Test func `nothing is passed over that is not due`() {
        var arrivals = Arrivals(curve([(10, 10, 10)]))
        _ = arrivals.next()
        #expect(arrivals.skip(to: .zero) == 0)
        #expect(arrivals.next()?.index == 1)
    }
}
