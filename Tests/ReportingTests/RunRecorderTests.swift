import Reporting
import ScenarioModel
import Testing

@Suite struct RunRecorderTests {
    @Test func `results are in file order however the tests ended`() {
        var recorder = RunRecorder()
        #expect(recorder.result() == nil)
        for event in SampleRun.events { recorder.receive(event) }
        #expect(recorder.result() == SampleRun.result)
        #expect(recorder.waiting.isEmpty && recorder.running.isEmpty)
    }

    @Test func `what cleaned up after a need is the result's of the test that was the first to need it`() throws {
        var recorder = RunRecorder()
        for event in SampleRun.events.dropLast() + SampleRun.cleanedNeeds { recorder.receive(event) }
        let result = try #require(recorder.result())
        #expect(result.tests[0].needsCleanup.map(\.id) == ["auth"])
        #expect(result.tests[0].needsCleanup.first?.children.map(\.id) == ["out"])
        #expect(result.tests.dropFirst().allSatisfy { $0.needsCleanup.isEmpty })
        var untold = RunRecorder()
        untold.receive(.runStarted(SampleRun.start))
        for event in SampleRun.cleanedNeeds { untold.receive(event) }
        #expect(untold.result()?.tests.first?.needsCleanup == [])
    }

    @Test func `an interrupted run tells the step each test was in, and skips what never began`() throws {
        var recorder = RunRecorder()
        recorder.receive(.runStarted(SampleRun.start))
        recorder.receive(.testStarted(test: 0, ms: 1))
        recorder.receive(.testStarted(test: 1, ms: 2))
        recorder.receive(.stepStarted(test: 1, id: "setup", trail: "setup", kind: "group", ms: 3))
        recorder.receive(.stepStarted(test: 1, id: "a", trail: "setup → a", kind: "http", ms: 3))
        recorder.receive(.stepStarted(test: 1, id: "b", trail: "setup → b", kind: "http", ms: 3))
        recorder.receive(.stepStarted(test: 1, id: "c", trail: "setup → c", kind: "http", ms: 4))
        recorder.receive(.stepFinished(test: 1, id: "a", trail: "setup → a", verdict: .passed, ms: 1))
        recorder.receive(.testStarted(test: 2, ms: 3))
        recorder.receive(.testFinished(SampleRun.timedOut))
        #expect(recorder.running.map(\.name.index) == [0, 1])
        #expect(recorder.running[1].steps.map(\.trail) == ["setup → b", "setup → c"])
        #expect(recorder.waiting.map(\.index) == Array(3..<10))
        let result = try #require(recorder.result(endingWith: RunEnd(ms: 100, isInterrupted: true, status: 130)))
        #expect(result.tests.map(\.test.index) == Array(0..<10))
        #expect(result.tests.map(\.verdict) == [.error, .error, .error] + Array(repeating: .skipped, count: 7))
        #expect(result.tests[0].failures.map(\.message) == ["interrupted"])
        #expect(result.tests[1].failures.map(\.message) == ["interrupted in step 'setup → b' and 'setup → c'"])
        #expect(result.tests[1].failures.map(\.code) == ["run.interrupted"])
        #expect(result.tests[1].ms == 98)
        #expect(result.tests[2] == SampleRun.timedOut)
        #expect(result.tests[3].reason == "interrupted")
    }

    @Test func `a run that ended without its tests says so`() throws {
        var recorder = RunRecorder()
        recorder.receive(.runStarted(SampleRun.start))
        recorder.receive(.testStarted(test: 0, ms: 1))
        recorder.receive(.runFinished(RunEnd(ms: 9, isInterrupted: false, status: 3)))
        let result = try #require(recorder.result())
        #expect(result.end.status == 3)
        #expect(result.tests[0].failures.map(\.code) == ["run.unfinished"])
        #expect(result.tests[1].verdict == .skipped)
    }
}
