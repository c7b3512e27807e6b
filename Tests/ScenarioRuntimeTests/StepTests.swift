import Expressions
import ScenarioModel
import Testing

@testable import ScenarioRuntime

@Suite struct StepTests {
    @Test func `steps run in file order, and one behind a failure is skipped with its name`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: one, fake: { value: 1 } }
              - { id: two, fake: { value: 2 }, assert: [ .value == 3 ] }
              - { id: three, fake: { value: 3 } }
            """
        ).run()
        #expect(outcome.log == ["one=1", "two=2"])
        #expect(outcome.verdicts == ["one passed", "two failed", "three skipped"])
        #expect(outcome.step("three")?.reason == "two failed")
        #expect(outcome.test.verdict == .failed)
    }

    @Test func `captures keep their types and are read by later steps`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: made
                fake: { value: { id: 7, tags: [a, b] } }
                capture: { id: .value.id, tags: .value.tags }
              - id: used
                fake: { value: "${{ $steps.made.id }}" }
                assert: [ .value == 7, '($steps.made.tags | length) == 2' ]
              - id: texted
                fake: { value: "no ${{ $steps.made.id }}" }
                assert: [ '.value == "no 7"' ]
            """
        ).run()
        #expect(outcome.verdicts == ["made passed", "used passed", "texted passed"])
        #expect(outcome.step("made")?.captures["tags"] == ["a", "b"])
    }

    @Test func `null in text is an error that names the place`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: a, fake: { value: { x: null } } }
              - { id: b, fake: { value: "/users/${{ $steps.a.value.x }}" } }
            """
        ).run()
        let failure = try #require(outcome.step("b")?.failures.first)
        #expect(failure.verdict == .error)
        #expect(failure.place?.line == 3)
        #expect(outcome.log == ["a={\"x\":null}"])
    }

    @Test func `a false if skips with its reason, and ran tells later steps`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: a, if: "1 == 2", fake: { value: 1 } }
              - { id: b, if: $steps.a.ran, fake: { value: 2 } }
              - { id: c, fake: { value: "${{ $steps.a.ran }}" }, assert: [ .value == false ] }
            """
        ).run()
        #expect(outcome.verdicts == ["a skipped", "b skipped", "c passed"])
        #expect(outcome.step("a")?.reason == "if: 1 == 2 is false")
    }

    @Test func `an error ends the step unless the step takes it as its result`() throws {
        let outcome = try ScenarioBench(
            """
            keep_going: true
            steps:
              - { id: plain, fake: { error: refused } }
              - { id: demanded, fake: { error: refused }, expect: { error: { kind: refused } } }
              - { id: allowed, fake: { error: refused }, assert: [ '.error == null or .error.kind == "refused"' ] }
              - { id: absent, fake: { value: 1 }, expect: { error: { kind: refused } } }
              - { id: rejected, fake: { error: rejected } }
            """
        ).run()
        #expect(
            outcome.verdicts == [
                "plain error", "demanded passed", "allowed passed", "absent failed", "rejected failed",
            ])
        #expect(outcome.step("plain")?.failures.first?.code == "fake.refused")
    }

    @Test func `every failure of a step is told, with its operands`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: a
                fake: { value: { n: 4, name: bob } }
                expect: { value: { n: 5, name: { $: startswith("x") }, more: 1 } }
                assert:
                  - .value.n == 5
                  - { its name: '.value.name == "al"' }
                  - .value.itmes == 1
            """
        ).run()
        let failures = try #require(outcome.step("a")?.failures)
        #expect(failures.map(\.code) == ["expect.mismatch", "assert.false", "assert.false", "assert.missing-path"])
        #expect(failures[0].differences.map(\.path) == [".value.n", ".value.name", ".value.more"])
        #expect(failures[0].differences.map(\.kind) == [.value, .predicate, .missing])
        #expect(failures[1].operands.map(\.value) == ["4", "5"])
        #expect(failures[2].name == "its name")
        #expect(failures[3].place?.line == 8)
    }

    @Test func `a capture that yields nothing fails the step, unless it has a default`() throws {
        let outcome = try ScenarioBench(
            """
            keep_going: true
            steps:
              - { id: a, fake: { value: { x: null } }, capture: { v: .value.x } }
              - { id: b, fake: { value: {} }, capture: { v: .value.x } }
              - { id: c, fake: { value: { x: [1, 2] } }, capture: { v: '.value.x[]' } }
              - { id: d, fake: { value: {} }, capture: { v: { jq: .value.x, default: none } }, assert: [ '$steps.d.v == "none"' ] }
            """
        ).run()
        #expect(outcome.verdicts == ["a failed", "b failed", "c failed", "d passed"])
        #expect(outcome.step("a")?.failures.first?.code == "capture.failed")
    }

    @Test func `secret captures and what is made of them are told to the mask`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: login, fake: { value: s3cr3t-token }, capture: { token: { jq: .value, secret: true } } }
              - { id: used, fake: { value: "${{ $steps.login.token | ascii_upcase }}" } }
            """
        ).run()
        #expect(outcome.secrets == ["s3cr3t-token", "S3CR3T-TOKEN"])
    }

    @Test func `what the kind implies holds unless the step speaks of it`() throws {
        let outcome = try ScenarioBench(
            """
            keep_going: true
            steps:
              - { id: implied, fake: { code: 404 } }
              - { id: named, fake: { code: 404 }, expect: { code: 404 } }
              - { id: asserted, fake: { code: 404 }, assert: [ '.code != "200"' ] }
            """
        ).run()
        #expect(outcome.verdicts == ["implied failed", "named passed", "asserted passed"])
        #expect(outcome.step("implied")?.failures.first?.code == "expect.implied")
    }

    @Test func `keep_going runs what does not read the failed step`() throws {
        let outcome = try ScenarioBench(
            """
            keep_going: true
            steps:
              - { id: a, fake: { value: 1 }, assert: [ .value == 2 ] }
              - { id: b, fake: { value: 2 } }
              - { id: c, fake: { value: "${{ $steps.a.value }}" } }
              - { id: d, fake: { value: "${{ $steps.c.value }}" } }
            """
        ).run()
        #expect(outcome.verdicts == ["a failed", "b passed", "c skipped", "d skipped"])
        #expect(outcome.step("d")?.reason == "a failed")
    }
}
