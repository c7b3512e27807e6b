import Diagnostics
import FoundationEssentials
import Testing

@testable import Expressions

@Suite struct SchemaTests {
    private func engine(_ files: [String: String]) -> ExpressionEngine {
        let engine = ExpressionEngine([])
        engine.schemaLoader = { (name, _) throws(EvaluationError) in
            guard let text = files[name], let value = try? JSON.parse(text).value else {
                throw EvaluationError(.jq, "no file '\(name)'")
            }
            return value
        }
        return engine
    }

    private func judge(_ text: String, _ dot: String, _ files: [String: String]) throws -> Judgement {
        let expression = try expression(text)
        return engine(files).judge([expression], in: try context(dot))[0]
    }

    private func message(_ judgement: Judgement) -> String {
        if case .fails(let failure) = judgement { failure.message } else { "holds" }
    }

    @Test func `a value that the schema refuses is named with its place`() throws {
        let files = [
            "schemas/list.json":
                #"{"type":"object","properties":{"items":{"type":"array","items":{"$ref":"item.json"}}}}"#,
            "schemas/item.json": #"{"type":"object","required":["id"],"properties":{"id":{"type":"integer"}}}"#,
        ]
        let text = #".body | matches_schema("schemas/list.json")"#
        #expect(try judge(text, #"{"body":{"items":[{"id":1}]}}"#, files) == .holds)
        #expect(
            message(try judge(text, #"{"body":{"items":[{"id":1},{"id":"x"},{}]}}"#, files))
                == #"does not match the schema: '/items/1/id' is the string "x", expected integer (and 1 more)"#)
        #expect(try judge(#".body | matches_schema("schemas/item.json") | not"#, #"{"body":{}}"#, files) == .holds)
    }

    @Test func `a schema that is none is an error of the expression`() throws {
        let text = #". | matches_schema("x.json")"#
        func failure(_ schema: String) throws -> String { message(try judge(text, "1", ["x.json": schema])) }
        #expect(try failure(#"{"type":"strng"}"#).contains("'x.json' is no schema: '/type' matches none of the 2"))
        #expect(try failure(#"{"$schema":"http://json-schema.org/draft-07/schema#"}"#).contains("draft 2020-12"))
        #expect(try failure(#"{"$ref":"http://example.org/y.json"}"#).contains("from files alone"))
        #expect(try failure(##"{"$ref":"#/$defs/none"}"##).contains("there is no schema 'x.json#/$defs/none'"))
        #expect(try failure(##"{"$ref":"#"}"##).contains("without end"))
        #expect(message(try judge(text, "1", [:])) == "no file 'x.json'")
    }

    @Test func `a document with an address finds its neighbours`() throws {
        let files = [
            "a/x.json": #"{"$id":"https://example.org/s/x.json","$ref":"y.json"}"#, "a/y.json": #"{"const":1}"#,
        ]
        #expect(try judge(#"matches_schema("a/x.json")"#, "1", files) == .holds)
        #expect(try judge(#"matches_schema("a/x.json")"#, "2", files) != .holds)
    }
}

/// The required tests of the JSON Schema test suite for draft 2020-12.
@Suite(.enabled(if: SharedData.hasSchemas)) struct SchemaConformanceTests {
    @Test func `each test of the suite is decided as it says`() throws {
        let remotes = try JSON.parse(
            try String(contentsOfFile: SharedData.folder + "/data/json-schema-2020-12/remotes.json", encoding: .utf8)
        ).value
        let engine = ExpressionEngine([])
        var wrong: [String] = []
        var count = 0
        for group in try SharedData.lines("data/json-schema-2020-12/required.jsonl") {
            let schema = try #require(group["schema"])
            for test in group["tests"]?.array ?? [] {
                let name =
                    "\(group["file"]?.string ?? ""): \(group["description"]?.string ?? ""): \(test["description"]?.string ?? "")"
                var registry = SchemaRegistry { (address) throws(EvaluationError) in remotes[address] }
                registry.register(schema, at: "test:schema")
                var validator = SchemaValidator(registry: registry) { (text, pattern) throws(EvaluationError) in
                    try engine.matches(text, pattern)
                }
                count += 1
                do {
                    let findings = try validator.validate(test["data"] ?? .null, by: SchemaReference("test:schema"))
                    if findings.isEmpty != test["valid"]?.bool {
                        wrong.append("\(name): \(findings.map(\.description))")
                    }
                } catch {
                    wrong.append("\(name): \(error)")
                }
            }
        }
        #expect(count > 1000)
        #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
    }
}

extension SharedData {
    fileprivate static let hasSchemas = FileManager.default.fileExists(
        atPath: folder + "/data/json-schema-2020-12/required.jsonl")
}
