import Expressions
import ScenarioModel
import Testing

@Suite struct ProgressTests {
    private static let scenario = """
        steps:
          - id: all
            group:
              steps:
                - { id: long, fake: { takes: 500ms, tells: 10 } }
                - { id: short, fake: { takes: 90ms, tells: 3 } }
        """

    @Test func `how far a step is is told at most ten times a second, with its place`() throws {
        let outcome = try ScenarioBench(Self.scenario).run()
        #expect(outcome.test.verdict == .passed)
        let told = outcome.events.compactMap { event -> String? in
            guard case .stepProgressed(0, let trail, let progress, let ms) = event else { return nil }
            return "\(trail) \(progress.done) of \(progress.total ?? 0) \(progress.unit) at \(Int(ms.rounded()))"
        }
        #expect(told == (1...5).map { "all → long \($0 * 2) of 10 parts at \($0 * 100)" })
    }

    @Test func `nothing is told where nobody follows steps`() throws {
        var bench = ScenarioBench(Self.scenario)
        bench.configure = { $0.tellsSteps = false }
        let events = try bench.run().events
        #expect(!events.contains { if case .stepProgressed = $0 { true } else { false } })
    }
}
