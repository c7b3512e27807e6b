import EventLoop
import ScenarioModel
import Testing

@testable import ScenarioRuntime

@Suite struct PollingTests {
    @Test func `until polls at its pace until the condition holds, and judges the result that held`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: ready
                fake: { code: 503, times: 3, value: "${{ $attempt }}" }
                until: .code == "200"
                every: 1s
                assert: [ .value == 4, $steps.ready.polls == 4 ]
            """
        ).run()
        #expect(outcome.verdicts == ["ready passed"])
        #expect(outcome.log.count == 4)
        #expect(outcome.elapsed >= 3000 && outcome.elapsed < 3100)
        #expect(outcome.step("ready")?.polls?.count == 4)
    }

    @Test func `an error is not yet, and the end tells polls, time and last value`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: never, fake: { error: refused }, until: '.code == "200"', within: 5s, every: 1s }
            """
        ).run()
        let report = try #require(outcome.step("never"))
        #expect(report.verdict == .failed)
        #expect(report.failures.first?.code == "until.time")
        #expect(report.polls?.count == 6)
        #expect(report.polls?.last.contains("refused") == true)
        #expect(outcome.elapsed < 6000)
    }

    @Test func `what comes to hold at the end of the time is seen by a last poll`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: late, fake: { code: 503, times: 2 }, until: '.code == "200"', within: 1s, every: 500ms }
            """
        ).run()
        #expect(outcome.verdicts == ["late passed"])
        #expect(outcome.log.count == 3)
        #expect(outcome.elapsed > 900 && outcome.elapsed < 1000)
    }

    @Test func `the pause before the last poll leaves it the time that a poll takes`() {
        let start = Instant.now
        func at(_ milliseconds: Int) -> Instant { start + .milliseconds(milliseconds) }
        var pace = PollPace(every: .milliseconds(500))
        #expect(pace.next(begun: at(0), ended: at(100), deadline: at(1000)) == at(600))
        #expect(pace.next(begun: at(600), ended: at(650), deadline: at(1000)) == at(850))
        #expect(pace.next(begun: at(850), ended: at(870), deadline: at(1000)) == nil)
        var slow = PollPace(every: .milliseconds(500))
        #expect(slow.next(begun: at(0), ended: at(800), deadline: at(1000)) == nil)
        var free = PollPace(every: .seconds(5))
        #expect(free.next(begun: at(0), ended: at(800), deadline: nil) == at(5800))
    }

    @Test func `a poll whose time comes behind the deadline does not begin`() {
        let start = Instant.now
        let pace = PollPace(every: .milliseconds(500))
        #expect(pace.mayBegin(at: start + .milliseconds(999), deadline: start + .seconds(1)))
        #expect(!pace.mayBegin(at: start + .seconds(1), deadline: start + .seconds(1)))
        #expect(pace.mayBegin(at: start + .seconds(1), deadline: nil))
    }

    @Test func `give_up ends the polling at once`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: job, fake: { value: broken }, until: '.value == "done"', give_up: '.value == "broken"' }
            """
        ).run()
        #expect(outcome.step("job")?.failures.first?.code == "until.given-up")
        #expect(outcome.log.count == 1)
    }

    @Test func `tls and auth errors end the polling`() throws {
        let outcome = try ScenarioBench(
            "steps: [ { id: a, fake: { error: tls }, until: '.code == \"200\"' } ]"
        ).run()
        #expect(outcome.test.verdict == .error)
        #expect(outcome.log.count == 1)
    }

    @Test func `a step that judges how often it was sent is about that, and its pass is not flaky`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: a, fake: { error: refused, times: 1 }, retry: { max: 3, backoff: 1ms }, assert: [.tries == 2] }
              - { id: b, fake: { error: refused, times: 1 }, retry: { max: 3, backoff: 1ms }, expect: { tries: 2 } }
            """
        ).run()
        #expect(outcome.verdicts == ["a passed", "b passed"])
        #expect(!outcome.test.isFlaky && outcome.step("a")?.isFlaky == false)
        #expect(outcome.step("a")?.retries.count == 1)
    }

    @Test func `a retry sends again with a growing pause, and marks the pass as flaky`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: a, fake: { error: refused, times: 2 }, retry: { max: 3, backoff: 1s, jitter: 0 } }
            """
        ).run()
        #expect(outcome.verdicts == ["a passed"])
        #expect(outcome.test.isFlaky)
        #expect(outcome.step("a")?.retries.map(\.waitedMs) == [1000, 2000])
        #expect(outcome.elapsed >= 3000 && outcome.elapsed < 3100)
    }

    @Test func `a code is retried where it is named, and not where expect wants it`() throws {
        let outcome = try ScenarioBench(
            """
            retry: { max: 1, on: [503], backoff: 10ms }
            keep_going: true
            steps:
              - { id: a, fake: { code: 503, times: 1 } }
              - { id: b, fake: { code: 503 }, expect: { code: "503" } }
              - { id: c, fake: { error: reset, times: 1 } }
            """
        ).run()
        #expect(outcome.verdicts == ["a passed", "b passed", "c error"])
        #expect(outcome.log == ["a", "a", "b", "b", "c"])
    }

    @Test func `a time-out names the setting that struck and where it stands`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - { id: slow, timeout: 2s, fake: { takes: 10s } }
            """
        ).run()
        let failure = try #require(outcome.step("slow")?.failures.first)
        #expect(failure.code == "fake.timeout")
        #expect(failure.settings.first == "timeout 2s (main.yaml:2)")
        #expect(outcome.elapsed >= 2000 && outcome.elapsed < 2100)
    }

    @Test func `an outer limit cuts the inner one`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: g
                timeout: 1s
                group: { steps: [ { id: slow, timeout: 5s, fake: { takes: 10s } } ] }
            """
        ).run()
        #expect(outcome.step("slow")?.failures.first?.settings.first == "group timeout 1s (main.yaml:3)")
        #expect(outcome.elapsed < 1100)
    }
}
