import Expressions
import PlumbTesting
import ScenarioModel
import Testing

@Suite struct ResultCodecTests {
    @Test(arguments: SampleRun.events + SampleRun.progress + SampleRun.cleanedNeeds)
    func `an event reads back from its JSON value`(event: RunEvent) throws {
        #expect(try RunEvent(json: event.json) == event)
    }

    @Test func `a report reads back from its JSON value`() throws {
        #expect(try RunResult(json: SampleRun.result.json) == SampleRun.result)
    }

    @Test func `the lines of a run's events are as recorded`() throws {
        var bytes: [UInt8] = []
        for event in SampleRun.events { event.appendJSONLine(to: &bytes) }
        try expectGolden(String(decoding: bytes, as: UTF8.self), "run.jsonl")
    }

    @Test func `times are rounded to microseconds, and one that is not finite is 0`() throws {
        let event = RunEvent.testStarted(test: 3, ms: 1.23456789)
        #expect(event.json["ms"] == 1.235)
        #expect(RunEvent.testStarted(test: 3, ms: .infinity).json["ms"] == 0)
    }

    @Test func `an unknown event, a missing and a wrong member are told with their path`() {
        #expect(throws: ResultFormatError(path: ".event", expected: "a known event")) {
            try RunEvent(json: ["event": "tea_time"])
        }
        #expect(throws: ResultFormatError(path: ".test", expected: "an integer")) {
            try RunEvent(json: ["event": "test_started"])
        }
        var json = RunEvent.testFinished(SampleRun.failed).json.object ?? .init()
        var result = json["result"]?.object ?? .init()
        var steps = result["steps"]?.array ?? []
        var second = steps[1].object ?? .init()
        second["verdict"] = "fine"
        steps[1] = .object(second)
        result["steps"] = .array(steps)
        json["result"] = .object(result)
        #expect(throws: ResultFormatError(path: ".result.steps[1].verdict", expected: "a known word")) {
            try RunEvent(json: .object(json))
        }
        #expect(throws: ResultFormatError(path: "", expected: "an object")) { try RunEvent(json: 3) }
    }

    @Test func `a secret is masked in every text of an event, and never in the format's own words`() throws {
        let mask = SecretMask(["passed", "chat", "4242"])
        var test = SampleRun.passed
        test.steps[0].captures["pin"] = 4242
        test.steps[0].captures["chat"] = ["a": "xchatx"]
        let json = RunEvent.testFinished(test).json(masking: mask)
        let step = try #require(json["result"]?["steps"]?.array?.first)
        #expect(step["verdict"] == "passed")
        #expect(step["id"] == "***")
        #expect(step["captures"]?["pin"] == "***")
        #expect(step["captures"]?["***"]?["a"] == "x***x")
        var bytes: [UInt8] = []
        RunEvent.testFinished(test).appendJSONLine(to: &bytes, masking: mask)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("chat"))
    }
}
