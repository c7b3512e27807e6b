import Expressions
import PlumbTesting
import ScenarioModel
import Testing

/// The schemas are kept by hand; these tests find what the codec writes and they do not describe.
@Suite struct ResultSchemaTests {
    private func schema(_ name: String) throws -> Value {
        try JSON.parse(TextFile.bytes("\(PackageFolder.path)/schemas/\(name).json")).value
    }

    @Test(arguments: SampleRun.events + SampleRun.progress + SampleRun.cleanedNeeds)
    func `an event is as its schema says`(event: RunEvent) throws {
        let checker = SchemaChecker(root: try schema("event"))
        #expect(checker.problems(of: event.json) == [])
    }

    @Test func `a report is as its schema says`() throws {
        let checker = SchemaChecker(root: try schema("report"))
        #expect(checker.problems(of: SampleRun.result.json) == [])
        var interrupted = SampleRun.result
        interrupted.end.isInterrupted = true
        interrupted.start.profile = nil
        interrupted.tests[0].needs = interrupted.tests[0].steps
        interrupted.tests[0].needsCleanup = interrupted.tests[0].steps
        #expect(checker.problems(of: interrupted.json) == [])
    }

    @Test func `a member too many, too few or of another type is found`() throws {
        let checker = SchemaChecker(root: try schema("event"))
        #expect(checker.problems(of: ["event": "note"]) == ["'text' is missing"])
        #expect(checker.problems(of: ["event": "note", "text": 3]) == [".text: 3 is no string"])
        #expect(checker.problems(of: ["event": "note", "text": "a", "b": 1]) == ["'b' is not described"])
        #expect(checker.problems(of: ["event": "tea"]) == ["fits no form"])
    }

    @Test func `the schemas describe the shared parts in the same words`() throws {
        let event = try schema("event")["$defs"]
        let report = try #require(try schema("report")["$defs"]?.object)
        let load = try schema("load")["$defs"]
        for (name, definition) in report {
            #expect(event?[name] == definition, "\(name)")
            if let ofLoad = load?[name] { #expect(ofLoad == definition, "\(name)") }
        }
    }
}
