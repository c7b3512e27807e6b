import ScenarioModel
import Testing

@testable import ScenarioRuntime

@Suite struct CleanupTests {
    @Test func `cleanups run last first, each list in its order, also behind a failure`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: a, fake: { value: 1 }, cleanup: [ { id: a1, fake: {} }, { id: a2, fake: {} } ] }
              - { id: b, fake: { value: 2 }, assert: [ .value == 0 ], cleanup: [ { id: b1, fake: {} } ] }
              - { id: c, fake: { value: 3 }, cleanup: [ { id: c1, fake: {} } ] }
            cleanup: [ { id: last, fake: {} } ]
            """
        ).run()
        #expect(outcome.log == ["a=1", "b=2", "b1", "a1", "a2", "last"])
        #expect(outcome.test.verdict == .failed)
    }

    @Test func `cleanups of elements see their own captures`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: made
                each: "[1, 2]"
                fake: { value: "${{ $item }}" }
                capture: { n: .value }
                cleanup: [ { id: gone, fake: { value: "${{ $steps.made.n }}" } } ]
            """
        ).run()
        #expect(outcome.log == ["made=1", "made=2", "gone=2", "gone=1"])
    }

    @Test func `a cleanup that reads what never came is skipped and told`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: made
                fake: { error: refused }
                capture: { n: .value }
                cleanup: [ { id: gone, fake: { value: "${{ $steps.made.n }}" } } ]
            """
        ).run()
        #expect(outcome.log == ["made"])
        #expect(outcome.test.cleanup.first?.verdict == .skipped)
        #expect(outcome.test.cleanup.first?.notes == ["'made' may have left something"])
    }

    @Test func `a failed cleanup makes a passed test an error and does not stop the rest`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: a
                fake: {}
                cleanup: [ { id: x, fake: { error: refused } }, { id: y, fake: {} }, { id: z, fake: { code: 404, delete: true } } ]
            """
        ).run()
        #expect(outcome.log == ["a", "x", "y", "z"])
        #expect(outcome.test.verdict == .error)
        #expect(outcome.test.cleanup.map(\.verdict) == [.error, .passed, .passed])
    }

    @Test func `an interrupt ends the tests, runs cleanups, and starts nothing new`() throws {
        var bench = ScenarioBench(
            """
            steps:
              - { id: a, fake: {}, cleanup: [ { id: undo, fake: { takes: 1s } } ] }
              - { id: slow, fake: { takes: 60s } }
              - { id: never, fake: {} }
            """,
            files: ["z.yaml": "steps: [ { id: other, fake: {} } ]"])
        bench.stopAt = { event in
            if case .stepStarted(_, let id, _, _, _) = event { id == "slow" } else { false }
        }
        let outcome = try bench.run()
        #expect(outcome.log == ["a", "slow", "undo"])
        #expect(outcome.elapsed < 2000)
        #expect(outcome.results.map(\.verdict) == [.error, .skipped])
        #expect(outcome.results.map(\.reason) == ["interrupted", "interrupted"])
        #expect(outcome.test.cleanup.map(\.verdict) == [.passed])
    }
}
