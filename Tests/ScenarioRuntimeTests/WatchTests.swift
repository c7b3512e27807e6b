import Expressions
import ScenarioModel
import Testing

@testable import ScenarioRuntime

/// Steps that look before another begins, and again after its end.
struct WatchTests {
    @Test func `the first look comes just before the watched step, the last in the step's own place`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: one, fake: { value: 1 } }
              - { id: two, fake: { value: 2 } }
              - { id: three, fake: { value: 3 } }
              - { id: seen, fake: { value: 9, over: two }, assert: [ ".value == [9, 9]" ] }
            """
        ).run()
        #expect(outcome.log == ["one=1", "seen=9", "two=2", "three=3", "seen=[9,9]"])
        #expect(outcome.verdicts.last == "seen passed")
    }

    @Test func `a group and a repetition are watched as a whole, by several steps`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: many
                group:
                  steps:
                    - { id: a, fake: { value: 1 }, repeat: { times: 2 } }
              - { id: x, fake: { value: 7, over: many }, assert: [ ".value == [7, 7]" ] }
              - { id: y, fake: { value: 8, over: many }, assert: [ ".value == [8, 8]" ] }
            """
        ).run()
        #expect(outcome.log.prefix(2).sorted() == ["x=7", "y=8"])
        #expect(Array(outcome.log.dropFirst(2)) == ["a=1", "a=1", "x=[7,7]", "y=[8,8]"])
        #expect(outcome.test.verdict == .passed)
    }

    @Test func `a first look that fails does not keep the watched step from running`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: two, fake: { value: 2 } }
              - { id: seen, fake: { value: 9, over: two, error: refused } }
            """
        ).run()
        #expect(outcome.log == ["seen=9", "two=2"])
        #expect(outcome.verdicts == ["two passed", "seen error"])
        let failure = try #require(outcome.step("seen")?.failures.first)
        #expect(failure.code == "fake.refused")
        #expect(failure.message == "before 'two': the fake met refused")
    }

    @Test func `behind a watched step that failed the look is skipped`() throws {
        for goesOn in [false, true] {
            let outcome = try ScenarioBench(
                """
                keep_going: \(goesOn)
                steps:
                  - { id: two, fake: { value: 2 }, assert: [ .value == 3 ] }
                  - { id: seen, fake: { value: 9, over: two } }
                  - { id: free, fake: { value: 5 } }
                """
            ).run()
            #expect(outcome.step("seen")?.verdict == .skipped)
            #expect(outcome.step("free")?.verdict == (goesOn ? .passed : .skipped))
        }
    }

    @Test func `each iteration of a loop has looks of its own`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: loop
                each: "[1, 2]"
                group:
                  steps:
                    - { id: two, fake: { value: 2 } }
                    - { id: seen, fake: { value: "${{ $item }}", over: two } }
            """
        ).run()
        #expect(outcome.log == ["seen=1", "two=2", "seen=[1,1]", "seen=2", "two=2", "seen=[2,2]"])
        #expect(outcome.test.verdict == .passed)
    }

    @Test func `in a parallel group the watching step waits for the watched one`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: all
                group:
                  parallel: true
                  steps:
                    - { id: seen, fake: { value: 9, over: two } }
                    - { id: two, fake: { value: 2, takes: 1s } }
                    - { id: free, fake: { value: 5 } }
            """
        ).run()
        #expect(outcome.log.filter { $0 != "free=5" } == ["seen=9", "two=2", "seen=[9,9]"])
        #expect(outcome.test.verdict == .passed)
    }

    @Test func `the last look can be polled`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: two, fake: { value: 2 } }
              - { id: seen, fake: { value: "${{ $attempt // 0 }}", over: two }, until: ".value[1] == 3", every: 1s }
            """
        ).run()
        #expect(outcome.log == ["seen=0", "two=2", "seen=[0,1]", "seen=[0,2]", "seen=[0,3]"])
    }
}
