import Expressions
import PlumbTesting
import ScenarioModel
import Testing

/// The schemas are kept by hand; these tests find what the codec writes and they do not describe.
@Suite struct ResultSchemaTests {
    private func schema(_ name: String) throws -> Value {
        try JSON.parse(TextFile.bytes("\(PackageFolder.path)/schemas/\(name).json")).value
    }

    @Test(arguments: SampleRun.events + SampleRun.progress)
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
        #expect(checker.problems(of: interrupted.json) == [])
    }

    @Test func `a member too many, too few or of another type is found`() throws {
        let checker = SchemaChecker(root: try schema("event"))
        #expect(checker.problems(of: ["event": "note"]) == ["'text' is missing"])
        #expect(checker.problems(of: ["event": "note", "text": 3]) == [".text: 3 is no string"])
        #expect(checker.problems(of: ["event": "note", "text": "a", "b": 1]) == ["'b' is not described"])
        #expect(checker.problems(of: ["event": "tea"]) == ["fits no form"])
    }

    @Test func `both schemas describe the shared parts in the same words`() throws {
        let event = try schema("event")["$defs"]
        let report = try #require(try schema("report")["$defs"]?.object)
        for (name, definition) in report { #expect(event?[name] == definition, "\(name)") }
    }
}

/// Checks a value by the few words of JSON Schema that these schemas use, and that each member is described.
private struct SchemaChecker {
    let root: Value

    func problems(of value: Value) -> [String] { problems(of: value, by: root) }

    private func problems(of value: Value, by schema: Value) -> [String] {
        var problems: [String] = []
        if let reference = schema["$ref"]?.string {
            let name = reference.dropFirst("#/$defs/".count)
            guard let definition = root["$defs"]?[String(name)] else { return ["'\(reference)' leads nowhere"] }
            problems += self.problems(of: value, by: definition)
        }
        if let forms = schema["oneOf"]?.array {
            // The forms of events are told apart by a constant, so that the problems are those of one form.
            guard let form = forms.first(where: { $0["properties"]?["event"]?["const"] == value["event"] }) else {
                return ["fits no form"]
            }
            problems += self.problems(of: value, by: form)
        }
        if let constant = schema["const"], constant != value {
            problems.append("\(value.json()) is not \(constant.json())")
        }
        if let words = schema["enum"]?.array, !words.contains(value) { problems.append("\(value.json()) is no word") }
        if let minimum = schema["minimum"]?.number, let number = value.number, number < minimum {
            problems.append("\(number) is less than \(minimum)")
        }
        let types = schema["type"]?.array ?? schema["type"].map { [$0] } ?? []
        if !types.isEmpty, !types.contains(where: { fits(value, $0.string ?? "") }) {
            problems.append("\(value.json()) is no \(types.compactMap(\.string).joined(separator: " or "))")
        }
        if let items = schema["items"] {
            for (index, element) in (value.array ?? []).enumerated() {
                problems += self.problems(of: element, by: items).map { "[\(index)]\($0)" }
            }
        }
        return problems + memberProblems(of: value, by: schema)
    }

    private func memberProblems(of value: Value, by schema: Value) -> [String] {
        guard let object = value.object else { return [] }
        var problems: [String] = []
        for key in schema["required"]?.array ?? [] where object[key.string ?? ""] == nil {
            problems.append("'\(key.string ?? "")' is missing")
        }
        let others = schema["additionalProperties"]
        guard schema["properties"] != nil || others != nil else { return problems }
        let described = schema["properties"]
        for (key, member) in object {
            guard let part = described?[key] ?? others else {
                problems.append("'\(key)' is not described")
                continue
            }
            problems += self.problems(of: member, by: part).map {
                $0.hasPrefix(".") || $0.hasPrefix("[") ? ".\(key)\($0)" : ".\(key): \($0)"
            }
        }
        return problems
    }

    private func fits(_ value: Value, _ type: String) -> Bool {
        type == "integer" ? value.number.map { $0 == $0.rounded() } ?? false : value.type == type
    }
}
