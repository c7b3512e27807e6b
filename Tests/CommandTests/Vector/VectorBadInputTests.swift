import Expressions
import PlumbTesting
import Testing

/// What a Qdrant, or whatever stands in front of one, may answer, and what must not reach it (bad input 58).
struct VectorBadInputTests {
    private struct Answer {
        var name: String
        var step: String
        var reply: HTTPReply
        var words: [String]
    }

    private static func refusal(_ status: Int, _ words: String) -> HTTPReply {
        .json(#"{"status":{"error":"\#(words)"},"time":0.0}"#, status: status)
    }
    private static func result(_ text: String) -> HTTPReply { .json(#"{"result":\#(text),"status":"ok","time":0.0}"#) }

    private static let answers = [
        Answer(
            name: "missing", step: "{ count: missing }",
            reply: refusal(404, "Not found: Collection `missing` doesn't exist!"),
            words: ["vector.rejected", "Collection `missing` doesn't exist!", "status: 404", "list: true"]),
        Answer(
            name: "wrong_size", step: "{ search: wrong_size, vector: [1, 2] }",
            reply: refusal(400, "Wrong input: Vector dimension error: expected dim: 3, got 2"),
            words: ["vector.rejected", "expected dim: 3, got 2"]),
        Answer(
            name: "twice", step: "{ create: twice, size: 3 }",
            reply: refusal(409, "Wrong input: Collection `twice` already exists!"),
            words: ["vector.rejected", "already exists!", "status: 409"]),
        Answer(
            name: "denied", step: "{ count: denied }", reply: .text("Invalid API key or JWT", status: 401),
            words: ["vector.auth", "401 Unauthorized: Invalid API key or JWT", "look at 'api_key'"]),
        Answer(
            name: "untrue", step: "{ count: untrue }", reply: refusal(200, "Service internal error: disk full"),
            words: ["vector.rejected", "disk full"]),
        Answer(
            name: "other", step: "{ search: other, vector: [1] }", reply: result(#"{"status":"error"}"#),
            words: ["vector.protocol", "lacks 'points'"]),
        Answer(
            name: "nan", step: "{ search: nan, vector: [0] }", reply: result(#"{"points":[{"id":1,"score":null}]}"#),
            words: ["vector.protocol", "a score that is no number", "a vector of zeros has no cosine"]),
        Answer(
            name: "bare_nan", step: "{ search: bare_nan, vector: [0] }",
            reply: result(#"{"points":[{"id":1,"score":NaN}]}"#), words: ["vector.protocol", "not JSON at byte 37"]),
        Answer(
            name: "fewer", step: "{ search: fewer, vector: [1], limit: 10 }",
            reply: result(#"{"points":[{"id":1,"version":1,"score":0.5}]}"#),
            words: ["failed", "'.hits' has 1 element", "no [9]"]),
        Answer(
            name: "none", step: "{ search: none, vector: [1] }", reply: result(#"{"points":[]}"#),
            words: ["failed", "'.hits' has 0 elements", "no [9]"]),
        Answer(
            name: "unanswered", step: "{ search: unanswered, vectors: [[1], [2]] }", reply: result("[]"),
            words: ["vector.protocol", "2 queries were asked, and 0 answered"]),
        Answer(
            name: "proxy", step: "{ count: proxy }", reply: .text("<html>Bad Gateway</html>", status: 502),
            words: ["vector.protocol", "502 Bad Gateway, and not as Qdrant does"]),
        Answer(
            name: "cut", step: "{ count: cut }", reply: .json(#"{"result":{"count":1}"#),
            words: ["vector.protocol", "not JSON at byte 21"]),
    ]

    @Test func `whatever a server answers is told with its reason, and passes nothing`() async throws {
        let answers = Self.answers
        let server = try SimpleHTTPServer { request in
            let name = request.path.split(separator: "/").dropFirst().first ?? ""
            return answers.first { $0.name == name }?.reply ?? .text("no", status: 404)
        }
        let project = try HTTPProject("v: { kind: qdrant, url: '\(server.url)', api_key: key-for-nobody }")
        let steps = answers.map { answer in
            "  - { id: \(answer.name), vector: \(answer.step)"
                + (answer.step.hasPrefix("{ search: fewer") || answer.step.hasPrefix("{ search: none")
                    ? ", assert: ['.hits[9].score > 0.4'] }" : " }")
        }
        let run = try await project.run(steps.joined(separator: "\n"))
        #expect([.exit(1), .exit(3)].contains(run.ended.status))
        for answer in answers {
            let text = try run.failures(of: answer.name).joined(separator: "\n")
            for word in answer.words { #expect(text.contains(word), "\(answer.name) does not tell '\(word)': \(text)") }
        }
    }

    @Test func `a number that no vector holds is refused when it is known, and nothing is sent`() async throws {
        let server = try SimpleHTTPServer { _ in Self.result(#"{"status":"completed"}"#) }
        let project = try HTTPProject("v: { kind: qdrant, url: '\(server.url)' }")
        let run = try await project.run(
            """
              - { id: nan, vector: { search: c, vector: '${{ [1, nan] }}' } }
              - { id: large, vector: { search: c, vector: '${{ [1e39] }}' } }
              - { id: size, vector: { search: c, size: 3, vector: '${{ [1, 2] }}' } }
              - { id: alike, vector: { upsert: c, points: '${{ [{id: 1, vector: [1]}, {id: 2, vector: [1, 2]}] }}' } }
              - { id: id, vector: { fetch: c, ids: '${{ ["18446744073709551616"] }}' } }
              - { id: fraction, vector: { fetch: c, ids: '${{ [1.5] }}' } }
              - { id: name, vector: { count: '${{ "a/b" }}' } }
            """)
        #expect(run.ended.status == .exit(3))
        try run.expect("nan", tells: "element 1 of a vector is NaN")
        try run.expect("large", tells: "beyond any 32-bit float")
        try run.expect("size", tells: "a vector has 2 dimensions, not 3")
        try run.expect("alike", tells: "the first vector has 1 dimensions, the one at 1 has 2")
        try run.expect("id", tells: "is no id of a point")
        try run.expect("fraction", tells: "1.5 is no id of a point")
        try run.expect("name", tells: "'a/b' is no name of a collection: it holds '/'")
        #expect(server.connectionCount == 0)
    }

    @Test func `an id beyond what a signed integer holds keeps its digits both ways`() async throws {
        let server = try SimpleHTTPServer { _ in
            Self.result(#"[{"id":9223372036854775809,"payload":{"n":18446744073709551615}}]"#)
        }
        let project = try HTTPProject("v: { kind: qdrant, url: '\(server.url)' }")
        let run = try await project.run(
            """
              - id: fetched
                vector: { fetch: c, ids: [9223372036854775809] }
                expect:
                  missing: []
                  points: [{ id: "9223372036854775809", payload: { n: "18446744073709551615" } }]
            """)
        #expect(run.ended.status == .exit(0))
        #expect(server.requests.map(\.text) == [#"{"ids":[9223372036854775809],"with_payload":true}"#])
    }

    @Test(arguments: [
        ("{ create: a, size: 3, distance: l2 }", "no distance is called 'l2'"),
        ("{ create: a, size: 3, distance: manhattan }", "pgvector has no distance 'manhattan'"),
        (
            "{ count: a, filter: { must: [{ key: p, geo_radius: { center: { lon: 1, lat: 2 }, radius: 3 } }] } }",
            "pgvector cannot filter by 'geo_radius'"
        ),
        (
            "{ search: a, vector: [1], filter: { should: [{ must: [{ key: p, match: { phrase: x } }] }] } }",
            "pgvector cannot filter by 'phrase'"
        ), ("{ create: a, vectors: { t: { size: 2 } }, sparse: [w] }", "have no sparse vectors"),
        ("{ search: a, vector: [1, .nan] }", "element 1 of a vector is NaN"),
    ]) func `lint tells what cannot be, with its place, and what the driver of the target cannot translate`(
        _ step: String, _ words: String
    ) async throws {
        let project = try HTTPProject("v: { kind: pgvector, host: 127.0.0.1, user: nobody, dbname: none }")
        try project.folder.write("steps:\n  - vector: \(step)\n", to: "s.yaml")
        let run = try await project.command("lint", "s.yaml")
        #expect(run.exitStatus == 2)
        let output = run.standardOutput + run.standardError
        #expect(output.contains(words) && output.contains("s.yaml:2:"), "\(output)")
    }
}
