import Expressions
import Testing

/// The programs of jq's own test suite: what jq accepts is accepted, what it refuses is refused.
@Suite(.enabled(if: SharedData.hasJQ)) struct JQConformanceTests {
    @Test func `every program that jq accepts is accepted`() throws {
        for entry in try SharedData.lines("data/jq-1.6/cases.jsonl") {
            let program = try #require(entry["program"]?.string)
            let parsed = Parsed(program, role: .capture)
            if program.contains("import ") || program.contains("include ") || program == "modulemeta" {
                #expect(parsed.codes == ["jq.forbidden"], "\(program)")
            } else {
                #expect(parsed.errors.isEmpty, "\(program): \(parsed.summary)")
            }
        }
    }

    @Test func `every assertion made of a case is accepted`() throws {
        for entry in try SharedData.lines("data/jq-1.6/cases.jsonl") {
            guard let program = entry["as_assert"]?.string, entry["needs_modules"] == nil else { continue }
            let parsed = Parsed(program)
            #expect(parsed.errors.isEmpty, "\(program): \(parsed.summary)")
        }
    }

    @Test func `every program that jq refuses is refused`() throws {
        for entry in try SharedData.lines("data/jq-1.6/compile_errors.jsonl") {
            let program = try #require(entry["program"]?.string)
            #expect(Parsed(program, role: .capture).expression == nil, "\(program)")
        }
    }
}
