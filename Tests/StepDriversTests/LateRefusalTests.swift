import Expressions
import ScenarioModel
import StepDrivers
import Testing

/// What only templates bring is held to the same rules as what is written, before anything is sent.
struct LateRefusalTests {
    private func refusal(
        _ yaml: String, by kind: any StepKind, target settings: ResolvedTarget?, _ values: [String: Value],
        at location: SourceLocation = #_sourceLocation
    ) throws -> FailureReport {
        let request = try Parsed.request(yaml, by: kind)
        var scope = FixedScope()
        scope.values = values
        do throws(StepFailure) {
            _ = try request.prepare(scope, target: settings)
        } catch {
            return error.report
        }
        Issue.record("'\(yaml)' is prepared", sourceLocation: location)
        return FailureReport(code: "", verdict: .passed, message: "")
    }

    @Test(
        arguments: [
            ("{ search: c, vector: [1], offset: '${{ $vars.a }}' }", -1, "expected a number of hits for 'offset'"),
            ("{ search: c, vector: [1], offset: '${{ $vars.a }}' }", "x", "expected a number of hits for 'offset'"),
            (
                "{ search: c, vector: [1], offset: '${{ $vars.a }}', recall: { k: 3 } }", 2,
                "recall compares the nearest, and 'offset' passes over them"
            ),
            ("{ search: c, vectors: '${{ $vars.a }}' }", [], "there is no vector to search for"),
            ("{ search: c, vectors: '${{ $vars.a }}' }", 7, "expected a list of vectors, or an answer with embeddings"),
            ("{ search: c, vectors: '${{ $vars.a }}' }", [[1, 2], [1]], "a vector has 1 dimensions, not 2"),
            ("{ search: c, vector: '${{ $vars.a }}' }", true, "expected a list of numbers, found boolean"),
            ("{ search: c, vector: '${{ $vars.a }}' }", -1, "-1 is no id of a point"),
            (
                "{ search: c, vector: '${{ $vars.a }}' }", ["data": [["embedding": [1]], ["embedding": [2]]]],
                "the answer has 2 embeddings, and one is due"
            ),
            ("{ upsert: c, points: '${{ $vars.a }}' }", "x", "expected a list of points, found string"),
            ("{ upsert: c, points: '${{ $vars.a }}' }", [["id": 1]], "a point lacks 'id' or 'vector'"),
            (
                "{ upsert: c, points: '${{ $vars.a }}' }", [["id": 1, "vector": [1]], ["id": 2, "vector": [1, 2]]],
                "the first vector has 1 dimensions, the one at 1 has 2"
            ),
            ("{ upsert: c, ids: '${{ $vars.a }}', vectors: [[1]] }", [1, 2], "there are 2 ids, 1 vectors"),
            (
                "{ upsert: c, ids: [1], vectors: [[1]], payloads: '${{ $vars.a }}' }", [["x": 1], ["x": 2]],
                "there are 1 ids, 1 vectors, 2 payloads"
            ),
            ("{ upsert: c, ids: [1], vectors: [[1]], payloads: '${{ $vars.a }}' }", 3, "expected a list of payloads"),
        ] as [(String, Value, String)])
    func `values of vectors are looked at when they are known`(yaml: String, value: Value, words: String) throws {
        let report = try refusal(
            yaml, by: VectorStep(), target: target("{ url: 'http://h' }", kind: "qdrant"), ["$vars.a": value])
        #expect(report.message.contains(words), "\(report.message)")
        #expect(report.hint != nil && report.verdict == .error)
    }

    @Test(
        arguments: [
            (
                "{ query: SELECT $1, params: '${{ $vars.a }}' }", 7,
                "expected a list of values for 'params', found number"
            ),
            (
                "{ query: SELECT $1, params: '${{ $vars.a }}' }", [1, 2],
                "the query has 1 parameters, and 'params' yields 2"
            ),
            ("{ query: 'SELECT :\"x\"', identifiers: { x: '${{ $vars.a }}' } }", "", "the identifier 'x' is empty"),
            ("{ query: SELECT 1, session: '${{ $vars.a }}' }", "1 a", "'1 a' is no name of a session"),
            ("{ query: SELECT 1, max_bytes: '${{ $vars.a }}' }", "many", "expected a size such as 10MiB"),
        ] as [(String, Value, String)])
    func `values of sql are looked at when they are known`(yaml: String, value: Value, words: String) throws {
        let report = try refusal(
            yaml, by: SQLStep(), target: target("{ host: h, user: u }", kind: "postgres"), ["$vars.a": value])
        #expect(report.message.contains(words), "\(report.message)")
        #expect(report.hint != nil && report.verdict == .error)
    }

    @Test func `a step that needs a target says so`() throws {
        let vector = try refusal("{ count: c }", by: VectorStep(), target: nil, [:])
        #expect(vector.message == "the step needs a target")
        let sql = try refusal("{ query: SELECT 1 }", by: SQLStep(), target: nil, [:])
        #expect(sql.message == "an sql step needs a target of kind postgres or sqlite")
        let other = try refusal(
            "{ query: { sqlite: SELECT 1 } }", by: SQLStep(), target: target("{ host: h }", kind: "postgres"), [:])
        #expect(other.message.contains("says nothing for PostgreSQL"), "\(other.message)")
    }
}
