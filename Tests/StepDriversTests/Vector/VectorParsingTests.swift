import Diagnostics
import Expressions
import ScenarioModel
import StepDrivers
import Testing

struct VectorParsingTests {
    @Test(arguments: [
        ("search", "expected a mapping with an operation"), ("{ vector: [1] }", "the step has no operation"),
        ("{ search: a, upsert: b }", "a step has one operation; this one has 'search' and 'upsert'"),
        ("{ search: a }", "the search has no vector"),
        ("{ search: a, vector: [1], vectors: [[1]] }", "has 'vector' and 'vectors'"),
        ("{ search: a, vector: [1], points: [] }", "'points' has no meaning with 'search'"),
        ("{ search: a, vector: [1, .nan] }", "element 1 of a vector is NaN"),
        ("{ search: a, vector: [1, .inf] }", "element 1 of a vector is infinite"),
        ("{ search: a, vector: [1, 1e39] }", "beyond any 32-bit float"),
        ("{ search: a, vector: [1, x] }", "element 1 of a vector is string, not a number"),
        ("{ search: a, vectors: [[1, 2], [1]] }", "this vector has 1 dimensions, not 2"),
        ("{ search: a, size: 3, vector: [1, 2] }", "this vector has 2 dimensions, not 3"),
        ("{ search: a/b, vector: [1] }", "'a/b' is no name of a collection: it holds '/'"),
        ("{ search: a, vector: [1], limit: 0 }", "expected a number from 1 on, found 0"),
        ("{ search: a, vector: [1], exact: true, recall: { k: 3 } }", "an exact search has a recall of 1"),
        ("{ search: a, vector: [1], filter: { musst: [] } }", "a filter has no 'musst'"),
        (
            "{ search: a, vector: [1], filter: { must: [{ key: a, mach: { value: 1 } }] } }",
            "a condition on a key has no 'mach'"
        ),
        ("{ search: a, vector: [1], filter: { must: [{ key: a, match: { vale: 1 } }] } }", "'match' has no 'vale'"),
        ("{ search: a, vector: [1], filter: { must: [{ key: a }] } }", "the condition says nothing of its key"),
        ("{ upsert: a }", "there is nothing to write"), ("{ upsert: a, points: 3 }", "expected a list of points"),
        ("{ upsert: a, points: [{ id: 1 }] }", "point lacks the key 'vector'"),
        ("{ upsert: a, points: [{ id: -1, vector: [1] }] }", "-1 is no id of a point"),
        ("{ upsert: a, points: [{ id: 18446744073709551616, vector: [1] }] }", "is no id of a point"),
        ("{ upsert: a, points: [{ id: 1.5, vector: [1] }] }", "1.5 is no id of a point"),
        ("{ upsert: a, points: [{ id: abc, vector: [1] }] }", "\"abc\" is no id of a point"),
        ("{ fetch: a }", "there is nothing to fetch"), ("{ delete: a }", "'delete' needs either 'ids' or 'filter'"),
        ("{ create: a }", "the collection has no size"),
        ("{ create: a, size: 3, distance: l2 }", "no distance is called 'l2'"),
        ("{ create: a, size: 3, vectors: { t: { size: 2 } } }", "the collection has 'size' and 'vectors'"),
        ("{ create: a, vectors: { t: { distance: dot } } }", "named vector lacks the key 'size'"),
        ("{ index: a, field: b, type: string }", "no payload field has the type 'string'"),
        ("{ alias: a }", "expected a mapping of aliases and collections"),
    ]) func `lint says what is wrong`(_ yaml: String, _ words: String) {
        let messages = Parsed(yaml, by: VectorStep()).diagnostics.map(\.message.text)
        #expect(messages.contains { $0.contains(words) }, "\(messages)")
    }

    @Test func `a foreign word is translated`() {
        let parsed = Parsed("{ search: a, vector: [1], top_k: 3 }", by: VectorStep())
        #expect(parsed.diagnostics.map(\.hint?.text) == ["here it is called 'limit'"])
    }

    @Test func `plan shows the operation as far as it is known`() throws {
        let request = try Parsed.request(
            """
            search: ${{ $vars.c }}
            vector: ${{ $steps.a.body }}
            limit: 3
            filter: { must: [{ key: city, match: { value: "${{ $case.city }}" } }] }
            recall: { k: 10 }
            """, by: VectorStep())
        #expect(
            request.plan(target: try writtenTarget("{ url: 'http://u:p@h:1' }")).joined(separator: "\n") == """
                search ${{ $vars.c }} at http://h:1
                vector: ${{ $steps.a.body }}
                limit: 3
                recall: at 10, against the exact search
                filter:
                {
                  "must": [
                    {
                      "key": "city",
                      "match": {
                        "value": ${{ $case.city }}
                      }
                    }
                  ]
                }
                """)
    }

    @Test func `the result of a batch that is only measured has no hits`() throws {
        func fields(_ yaml: String) throws -> [String] {
            try Parsed.request(yaml, by: VectorStep()).resultFields.map(\.name)
        }
        #expect(try fields("{ search: a, vector: [1] }") == ["hits", "server_ms"])
        #expect(try fields("{ search: a, vectors: [[1]] }") == ["results", "server_ms"])
        #expect(try fields("{ search: a, vectors: [[1]], recall: { k: 1 } }") == ["recall", "recalls", "server_ms"])
    }

    @Test func `what may be sent twice, and what means that nothing is left to undo`() throws {
        #expect(try Parsed.request("{ upsert: a, points: [{ id: 1, vector: [1] }] }", by: VectorStep()).isIdempotent)
        #expect(try !Parsed.request("{ create: a, size: 1 }", by: VectorStep()).isIdempotent)
        #expect(try Parsed.request("{ drop: a }", by: VectorStep()).codesOfNothingToUndo == ["404"])
    }
}
