import Diagnostics
import ScenarioModel
import Testing

@testable import ScenarioRuntime

@Suite struct LoadPartTests {
    private func parts(_ count: Int, cases: Int) -> [LoadPart] {
        (0..<count).map { LoadPart(index: $0, of: count, cases: cases) }
    }

    @Test(arguments: [(1, 1), (2, 1), (2, 2), (3, 2), (4, 6), (6, 4), (64, 7), (5, 100)])
    func `every run is one loop's, and no run is two loops'`(_ count: Int, _ cases: Int) {
        let parts = parts(count, cases: cases)
        let numbers = parts.flatMap { part in (0..<50).map(part.number(inRound:)) }
        #expect(numbers.sorted() == Array(0..<(50 * count)))
        for number in 0..<200 { #expect(parts.count { $0.owns(number) } == 1, "\(number)") }
        for part in parts {
            #expect((0..<20).allSatisfy { part.owns(part.number(inRound: $0)) })
            for bound in [0, 1, count, 97, 100] {
                #expect(part.runs(below: bound) == (0..<bound).count { part.owns($0) }, "\(bound)")
            }
        }
    }

    @Test(arguments: [(2, 2), (2, 4), (3, 3), (4, 6), (6, 4), (8, 12)])
    func `each loop meets every row as often as the others`(_ count: Int, _ cases: Int) {
        for part in parts(count, cases: cases) {
            var met = Array(repeating: 0, count: cases)
            for round in 0..<(count * cases) { met[part.number(inRound: round) % cases] += 1 }
            #expect(Set(met) == [count], "loop \(part.index)")
        }
    }

    @Test(arguments: [(5, 10, 15, 3), (1, 1, 2, 2), (20, 0, 20, 7), (5, 10, 15, 15)])
    func `the connections of a target are divided, and each loop has one at least`(
        _ size: Int, _ overflow: Int, _ most: Int, _ count: Int
    ) {
        let span = SourceSpan(SourceFile(path: "ask.yaml", text: ""), 0..<0)
        let step = Step(id: "ask", isNamed: true, span: span)
        let layers = SettingsLayers(Configuration(file: nil, root: "/"))
        let terms = Terms(
            settings: layers.settings(of: step, target: nil), pool: PoolBounds(size: size, overflow: overflow),
            maxConnections: most)
        let own = parts(count, cases: 1).map { terms.limited(to: $0) }
        #expect(own.reduce(0) { $0 + $1.pool.size + $1.pool.overflow } == size + overflow)
        #expect(own.reduce(0) { $0 + ($1.maxConnections ?? 0) } == most)
        #expect(own.allSatisfy { $0.pool.size > 0 && $0.pool.overflow >= 0 && ($0.maxConnections ?? 0) > 0 })
    }

    @Test func `the shares of what is bounded come to the bound`() {
        for count in 1...9 {
            for total in [0, 1, 5, 10, 1000] {
                let shares = parts(count, cases: 1).map { $0.share(of: total) }
                #expect(shares.reduce(0, +) == total)
                #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
            }
        }
    }
}
