import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

/// The driver against the sandbox's store, over HTTP.
struct QdrantDriverTests {
    private static let four = """
        upsert: c
        points:
          - { id: 1, vector: [1, 0], payload: { city: Rome, n: 1 } }
          - { id: 2, vector: [0, 1], payload: { city: Oslo, n: 2 } }
          - { id: 3, vector: [0.6, 0.8], payload: { city: Rome, n: 3 } }
          - { id: 18446744073709551615, vector: [0.8, 0.6] }
          - { id: 550E8400-e29b-41d4-a716-446655440000, vector: [-1, 0] }
        batch: 2
        """

    @Test func `every operation does what its result says`() async throws {
        try await VectorStore.with { store in
            let outcomes = try await store.run([
                "{ create: c, size: 2 }", Self.four, "{ count: c }",
                "{ fetch: c, ids: [18446744073709551615, 3, 77, 550e8400-e29b-41d4-a716-446655440000], with_vectors: true }",
                "{ search: c, vector: [1, 0], limit: 3, filter: { must: [{ key: city, match: { value: Rome } }] } }",
                "{ search: c, vectors: [[1, 0], [0, 1]], limit: 1, with_payload: false }",
                "{ scroll: c, limit: 3 }", "{ alias: { other: c } }", "{ list: true }",
                "{ index: c, field: city }", "{ describe: other }", "{ index: c, field: city, remove: true }",
                "{ delete: c, ids: [1, 2, 99] }", "{ delete: c, filter: { must: [{ key: n, range: { gt: 2 } }] } }",
                "{ count: c }", "{ alias: { other: null } }", "{ drop: c }", "{ list: true }",
            ])
            for outcome in outcomes { #expect(outcome.error == nil, "\(outcome.exchange.request)") }
            #expect(outcomes[0]["created"] == true)
            #expect(outcomes[1]["affected"] == 5)
            #expect(outcomes[1].requests == 3)
            #expect(outcomes[1].notes.contains("5 points in 3 batches"))
            #expect(outcomes[2]["count"] == 5)
            #expect(outcomes[3]["missing"] == [77])
            let fetched = try #require(outcomes[3]["points"]?.array)
            #expect(fetched.map { $0["id"] } == ["18446744073709551615", 3, "550e8400-e29b-41d4-a716-446655440000"])
            #expect(fetched[1]["vector"] == [0.6, 0.8])
            #expect(fetched[1]["payload"]?["city"] == "Rome")
            let hits = try #require(outcomes[4]["hits"]?.array)
            #expect(hits.map { $0["id"] } == [1, 3])
            #expect(abs((hits[1]["score"]?.number ?? 0) - 0.6) < 1e-6)
            #expect(outcomes[5]["results"]?.array?.map { $0["hits"]?.array?.first?["id"] } == [1, 2])
            #expect(outcomes[6]["points"]?.array?.map { $0["id"] } == [1, 2, 3])
            #expect(outcomes[6]["next"] == "18446744073709551615")
            #expect(outcomes[7]["aliases"] == ["other": "c"])
            #expect(outcomes[8]["collections"] == ["c"])
            #expect(outcomes[9]["indexed"] == 3)
            #expect(outcomes[10]["points"] == 5)
            #expect(outcomes[10]["size"] == 2)
            #expect(outcomes[10]["distance"] == "cosine")
            #expect(outcomes[10]["status"] == "green")
            #expect(outcomes[10]["indexes"] == ["city": ["type": "keyword", "points": 3]])
            #expect(outcomes[12]["affected"] == 2)
            #expect(outcomes[13]["affected"] == 1)
            #expect(outcomes[14]["count"] == 2)
            #expect(outcomes[15]["aliases"] == .object(.init()))
            #expect(outcomes[17]["collections"] == [])
        }
    }

    @Test(.enabled(if: SharedData.has(QdrantSchema.file), "Qdrant's description is not in the shared folder"))
    func `every request and every answer is as Qdrant describes them`() async throws {
        try await VectorStore.with { store in
            var scope = FixedScope()
            scope.values["$vars.v"] = [0.25, -0.5]
            _ = try await store.run(
                [
                    "{ create: c, size: 2, distance: euclid, params: { hnsw_config: { m: 8 }, on_disk_payload: true } }",
                    """
                    create: n
                    vectors: { title: { size: 2 }, body: { size: 3, distance: dot } }
                    sparse: [words]
                    params: { strict_mode_config: { enabled: true, unindexed_filtering_retrieve: true } }
                    """,
                    Self.four, "{ count: c, filter: { should: [{ has_id: [1, 2] }] } }", "{ count: c, exact: false }",
                    """
                    upsert: n
                    points:
                      - id: 7
                        vector: { title: [1, 0], body: [1, 2, 3], words: { indices: [1, 5], values: [0.5, 2] } }
                        payload: { tags: [a, b], deep: { x: 1 }, at: 2026-01-02T03:04:05Z }
                    """,
                    "{ search: n, vector: { indices: [5], values: [1] }, using: words, with_vectors: [title] }",
                    "{ search: n, vector: [1, 1, 1], using: body, score_threshold: 0.5, params: { hnsw_ef: 64 }, exact: true }",
                    "{ search: c, vector: '${{ $vars.v }}', offset: 1, with_payload: [city], with_vectors: true }",
                    "{ search: c, vector: 1, limit: 2 }",
                    "{ search: c, vectors: [[1, 0], [0, 1]], recall: { k: 2 } }",
                    "{ fetch: c, ids: [1, 550e8400-e29b-41d4-a716-446655440000], with_payload: false }",
                    """
                    search: n
                    vector: [1, 0]
                    using: title
                    filter:
                      must: [{ key: tags, match: { any: [a] } }, { key: deep.x, range: { gte: 1, lt: 2 } }]
                      must_not: [{ is_empty: { key: deep } }, { is_null: { key: tags } }]
                      should: [{ key: at, range: { gte: 2026-01-01T00:00:00Z } }, { has_id: [7] }]
                      min_should: { min_count: 1, conditions: [{ key: tags, values_count: { gte: 2 } }] }
                    """,
                    "{ scroll: c, limit: 2, offset: 2, with_vectors: true, filter: { must_not: [{ has_id: [3] }] } }",
                    "{ index: c, field: city, type: text, params: { tokenizer: word } }",
                    "{ index: c, params: { m: 16, ef_construct: 10 } }", "{ index: c, remove: true }",
                    "{ describe: c }", "{ describe: n }", "{ alias: { a: c } }", "{ list: true }",
                    "{ alias: { a: null } }",
                    "{ delete: c, ids: [1] }", "{ delete: c, filter: { must: [{ key: n, match: { value: 2 } }] } }",
                    "{ index: c, field: city, remove: true }", "{ drop: c }", "{ drop: n }",
                ], scope: scope)
            let pairs = store.forwarding.all
            #expect(pairs.count > 40)
            var schema = try QdrantSchema()
            for pair in pairs {
                let sent = pair.request
                #expect(try schema.problems(of: sent) == [], "\(sent.method) \(sent.target) \(sent.text.prefix(400))")
                #expect(pair.status == 200, "\(sent.target): \(String(decoding: pair.answer, as: UTF8.self))")
                guard pair.status == 200 else { continue }
                let text = String(decoding: pair.answer.prefix(600), as: UTF8.self)
                #expect(try schema.problems(of: pair.answer, to: sent) == [], "\(text)")
            }
        }
    }

    @Test func `refusals are errors with the server's words`() async throws {
        try await VectorStore.with { store in
            let outcomes = try await store.run([
                "{ count: none }", "{ create: c, size: 2 }", "{ create: c, size: 2 }",
                "{ upsert: c, points: [{ id: 1, vector: [1, 2, 3] }] }", "{ drop: none }",
                "{ search: c, vector: [1, 0], using: title }", "{ index: c, field: city, remove: true }",
            ])
            #expect(outcomes[0].error?.kind == .rejected)
            #expect(outcomes[0].code == "404")
            #expect(outcomes[0]["error", "status"] == 404)
            #expect(outcomes[0]["count"] == .null)
            #expect(outcomes[0].error?.message == "the server refused: Not found: Collection `none` doesn't exist!")
            #expect(outcomes[1].error == nil)
            #expect(outcomes[2].code == "409")
            #expect(outcomes[3].error?.message.contains("expected dim: 2, got 3") == true)
            #expect(outcomes[4].code == "404")
            #expect(outcomes[5].error?.message.contains("Not existing vector name error: title") == true)
            #expect(outcomes[6].code == "404")
        }
    }

    @Test func `recall compares with the exact search`() async throws {
        try await VectorStore.with { store in
            let outcomes = try await store.run([
                "{ create: c, size: 2 }", Self.four, "{ search: c, vector: [1, 0], limit: 2, recall: { k: 3 } }",
                "{ search: c, vectors: [[1, 0], [0, 1], [1, 1]], recall: { k: 2 } }",
                "{ search: c, vector: [1, 0], recall: { k: 2 }, filter: { must: [{ has_id: [99] }] } }",
            ])
            #expect(outcomes[2]["recall"] == 1)
            #expect(outcomes[2]["hits"]?.array?.count == 3)
            #expect(outcomes[3]["recalls"] == [1, 1, 1])
            #expect(outcomes[3]["recall"] == 1)
            #expect(outcomes[4].error?.message == "the exact search found nothing, so there is no recall")
        }
    }
}
