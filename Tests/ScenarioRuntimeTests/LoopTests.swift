import ScenarioModel
import Testing

@testable import ScenarioRuntime

@Suite struct LoopTests {
    @Test func `each runs all elements, keeps order, and fails if one does`() throws {
        let outcome = try ScenarioBench(
            """
            vars: { users: [ann, bob, cid] }
            keep_going: true
            steps:
              - id: greet
                each: { in: $vars.users, as: user, parallel: 3 }
                fake: { value: "${{ $user }}", takes: 10ms }
                assert: [ '.value != "bob"' ]
                capture: { who: .value, at: $index }
              - { id: after, assert: [ '$steps.greet.who == ["ann","bob","cid"]', '$steps.greet.items[2].value == "cid"', '$steps.greet.at == [0,1,2]' ] }
            """
        ).run()
        #expect(outcome.step("greet")?.children.map(\.verdict) == [.passed, .failed, .passed])
        #expect(outcome.step("greet")?.reason == "1 of 3 elements failed")
        #expect(outcome.mostInFlight == 3)
    }

    @Test func `an element that is a text names its step as it is`() throws {
        let outcome = try ScenarioBench(
            """
            steps: [ { id: greet, each: '["ann", {"a": 1}, 7]', fake: { value: "${{ $item }}" } } ]
            """
        ).run()
        #expect(outcome.step("greet")?.children.map(\.name) == ["ann", #"{"a":1}"#, "7"])
    }

    @Test func `of a long list the report keeps every failure and the first that passed`() throws {
        let outcome = try ScenarioBench(
            """
            steps: [ { id: many, each: '[range(250)]', fake: { value: "${{ $item }}" }, assert: [ '.value != 240' ] } ]
            """
        ).run()
        let report = try #require(outcome.step("many"))
        #expect(report.children.count == 101)
        #expect(report.children.last?.id == "many[240]")
        #expect(report.reason == "1 of 250 elements failed; 149 that passed are not listed")
        #expect(outcome.log.count == 250)
    }

    @Test func `a failed run of a repetition tells how long it took`() throws {
        let outcome = try ScenarioBench(
            """
            steps: [ { id: slow, repeat: { times: 2 }, fake: { takes: 40ms }, assert: [ '.value == 1' ] } ]
            """
        ).run()
        #expect(outcome.step("slow")?.children.map { $0.ms >= 40 } == [true, true])
    }

    @Test func `each over nothing fails unless min is 0`() throws {
        let outcome = try ScenarioBench(
            """
            keep_going: true
            vars: { none: [] }
            steps:
              - { id: a, each: $vars.none, fake: {} }
              - { id: b, each: { in: $vars.none, min: 0 }, fake: {} }
            """
        ).run()
        #expect(outcome.verdicts == ["a failed", "b passed"])
    }

    @Test func `repeat counts, bounds its width, and judges the aggregate`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: many
                repeat: { times: 20, parallel: 4, assert: [ .runs == 20, .passed == 20, '.n | length == 20', .ms.p95 >= 10 ] }
                fake: { value: "${{ $index }}", takes: 10ms }
                capture: { n: .value }
              - { id: after, assert: [ $steps.many.runs == 20, '($steps.many.n | add) == 190' ] }
            """
        ).run()
        #expect(outcome.verdicts == ["many passed", "after passed"])
        #expect(outcome.mostInFlight == 4)
        #expect(outcome.step("many")?.reason?.hasPrefix("20/20 passed") == true)
    }

    @Test func `pass allows some failures and shows the first in full`() throws {
        let text = """
            keep_going: true
            steps:
              - { id: enough, repeat: { times: 10, pass: 90% }, fake: { value: "${{ $index }}" }, assert: [ .value != 3 ] }
              - { id: short, repeat: { times: 10, pass: 10 }, fake: { value: "${{ $index }}" }, assert: [ .value != 3 ] }
            """
        let outcome = try ScenarioBench(text).run()
        #expect(outcome.verdicts == ["enough passed", "short failed"])
        #expect(outcome.step("short")?.failures.first?.message == "9 of 10 runs passed, and 10 must")
        #expect(outcome.step("short")?.children.count == 1)
    }

    @Test func `an open rate drops what finds no room, and counts latency from the arrival`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: load
                repeat: { for: 1s, rate: 10/s, parallel: 1, pass: 0, assert: [ .dropped == 5, .runs == 5 ] }
                fake: { takes: 150ms }
            """
        ).run()
        #expect(outcome.verdicts == ["load passed"])
    }

    @Test func `while runs as long as its sibling`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: both
                group:
                  parallel: true
                  steps:
                    - { id: long, fake: { takes: 1s } }
                    - { id: pulse, repeat: { while: long }, fake: { takes: 100ms } }
              - { id: after, assert: [ $steps.pulse.runs >= 9, $steps.pulse.runs <= 11 ] }
            """
        ).run()
        #expect(outcome.test.verdict == .passed, "\(outcome.test.steps)")
    }

    @Test func `a parallel group runs side by side and honours needs and references`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: g
                group:
                  parallel: true
                  steps:
                    - { id: a, fake: { takes: 100ms, value: 1 } }
                    - { id: b, fake: { takes: 100ms, value: 2 } }
                    - { id: c, needs: [b], fake: { value: 3 } }
                    - { id: d, fake: { value: "${{ $steps.a.value }}" } }
            """
        ).run()
        #expect(outcome.test.verdict == .passed)
        #expect(outcome.elapsed < 150)
        #expect(Set(outcome.log.prefix(2)) == ["a=1", "b=2"])
        #expect(Set(outcome.log.suffix(2)) == ["c=3", "d=1"])
        #expect(["a", "b", "c", "d"].map { outcome.step($0)?.needs } == [[], [], ["b"], ["a"]])
    }

    @Test func `steps of a loop's group see their own iteration`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: users
                each: { in: "[1, 2]" }
                group:
                  steps:
                    - { id: made, fake: { value: "${{ $item * 10 }}" } }
                    - { id: used, fake: { value: "${{ $steps.made.value + 1 }}" } }
              - { id: after, assert: [ '[$steps.users.items[].used.value] == [11, 21]' ] }
            """
        ).run()
        #expect(outcome.verdicts == ["users passed", "after passed"])
    }
}
