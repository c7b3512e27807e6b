import Diagnostics
import Expressions
import FoundationEssentials
import Glibc
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

/// The extension of the tests' server.
private enum VectorExtension {
    /// Whether the tests' server has the extension.
    static let isThere: Bool = {
        guard PrivatePostgres.isInstalled else { return false }
        let named = ProcessInfo.processInfo.environment["PLUMB_POSTGRES_BIN"] ?? ""
        let own = access(named + "/../share/postgresql/extension/vector.control", R_OK) == 0
        let packaged = (13...20).contains { access("/usr/share/postgresql/\($0)/extension/vector.control", R_OK) == 0 }
        return own || named.isEmpty && packaged
    }()
}

/// Tables of a real server with the real extension, beside the sandbox's store: the same steps give the same.
@Suite(.enabled(if: VectorExtension.isThere, "no PostgreSQL with pgvector: make services, or set PLUMB_POSTGRES_BIN"))
struct PGVectorTests {
    private func run(_ steps: [String]) async throws -> [Outcome] {
        let server = try PrivatePostgres.shared
        let target = "{ host: 127.0.0.1, port: \(server.port), user: \(PrivatePostgres.owner), dbname: postgres }"
        return try await drive { driving in
            let made = try await driving.run(
                "CREATE EXTENSION IF NOT EXISTS vector", target: target, of: "postgres", by: SQLStep())
            try #require(made.error == nil, "\(made.error?.message ?? "")")
            var outcomes: [Outcome] = []
            for step in steps {
                outcomes.append(try await driving.run(step, target: target + " ", of: "pgvector", by: VectorStep()))
            }
            return outcomes
        }
    }

    private static let points = (0..<40).map { number in
        let vector = (0..<4).map { place in
            "\(Float((number * number * 7 + place * 13 * (number + 1)) % 97) - 48 + Float(number) / 64)"
        }.joined(separator: ", ")
        let city = ["Rome", "Oslo", "Lima"][number % 3]
        let more = number % 2 == 0 ? ", tags: [a, b\(number)]" : ""
        return
            "{ id: \(number * 3), vector: [\(vector)], payload: { n: \(number), city: \(city), deep: { x: \(number) }\(more) } }"
    }.joined(separator: ", ")

    private static func steps(_ table: String, _ distance: String) -> [String] {
        let query = "[1, -2, 3, -4.5]"
        let filters = [
            "{ must: [{ key: city, match: { value: Rome } }, { key: n, range: { gte: 5, lt: 30 } }] }",
            "{ should: [{ key: tags, match: { any: [b4, b8] } }, { has_id: [9] }] }",
            "{ must_not: [{ key: city, match: { except: [Rome] } }], must: [{ key: deep.x, range: { gt: 3 } }] }",
            "{ must: [{ is_empty: { key: tags } }, { key: city, match: { text: os } }] }",
            "{ min_should: { min_count: 2, conditions: [{ key: n, range: { lt: 9 } }, { key: city, match: { value: Lima } }] } }",
            "{ must: [{ key: tags, values_count: { gte: 2 } }, { must_not: [{ key: n, match: { value: 4 } }] }] }",
        ]
        return [
            "{ create: \(table), size: 4, distance: \(distance) }",
            "{ upsert: \(table), points: [\(points)], batch: 15 }",
            "{ upsert: \(table), points: [{ id: 18446744073709551615, vector: [9, 8, 7, 1] }, "
                + "{ id: 550e8400-e29b-41d4-a716-446655440000, vector: [1, 1, 1, 2], payload: { city: Bonn } }] }",
            "{ count: \(table) }", "{ search: \(table), vector: \(query), limit: 7 }",
            "{ search: \(table), vector: \(query), limit: 3, offset: 2, with_payload: [city], exact: true }",
            "{ search: \(table), vectors: [\(query), [9, 8, 7, 1.5]], limit: 2, with_payload: false }",
            "{ search: \(table), vector: 9, limit: 3 }",
            "{ fetch: \(table), ids: [18446744073709551615, 6, 7, 550e8400-e29b-41d4-a716-446655440000] }",
            "{ scroll: \(table), limit: 5, offset: 100 }", "{ scroll: \(table), limit: 5 }", "{ describe: \(table) }",
        ]
            + filters.flatMap { filter in
                [
                    "{ count: \(table), filter: \(filter) }",
                    "{ search: \(table), vector: \(query), limit: 5, filter: \(filter) }",
                ]
            } + [
                "{ search: \(table), vectors: [\(query), [1, 1, 1, 1]], recall: { k: 5 } }",
                "{ alias: { other_\(table): \(table) } }", "{ count: other_\(table) }",
                "{ upsert: other_\(table), points: [{ id: 1, vector: [0, 0, 0, 3] }] }", "{ count: \(table) }",
                "{ index: \(table), field: city }", "{ index: \(table), field: city, remove: true }",
                "{ delete: \(table), ids: [0, 3, 1000] }",
                "{ delete: \(table), filter: { must: [{ key: n, range: { gte: 20 } }] } }", "{ count: \(table) }",
                "{ create: \(table), size: 4 }", "{ upsert: \(table), points: [{ id: 1, vector: [1, 2, 3] }] }",
                "{ alias: { other_\(table): null } }", "{ drop: \(table) }", "{ drop: \(table) }",
                "{ count: \(table) }",
                "{ index: \(table), field: city, remove: true }",
            ]
    }

    @Test(arguments: ["cosine", "dot", "euclid"])
    func `steps give the same on tables as on the sandbox's store`(_ distance: String) async throws {
        let steps = Self.steps("t_\(distance)", distance)
        let tables = try await run(steps)
        try await VectorStore.with { store in
            let known = try await store.run(steps)
            for (step, (table, other)) in zip(steps, zip(tables, known)) {
                #expect(table.error?.kind == other.error?.kind, "\(step): \(table.error?.message ?? "")")
                #expect(table["error", "status"] == other["error", "status"], "\(step)")
                for member in [
                    "hits", "results", "points", "count", "affected", "missing", "recall", "next", "size", "distance",
                    "aliases", "indexed",
                ] where !(step.hasPrefix("{ describe") && member == "indexed") {
                    let agree = table[member].map { $0.isNear(other[member] ?? .null) } ?? true
                    let both = "\(table[member]?.json() ?? "") and \(other[member]?.json() ?? "")"
                    #expect(agree, "\(step) \(member): \(both)")
                }
            }
        }
    }

    @Test func `an index of the vectors is built, used and dropped`() async throws {
        let outcomes = try await run([
            "{ create: indexed, size: 4 }", "{ upsert: indexed, points: [\(Self.points)] }", "{ describe: indexed }",
            "{ index: indexed, params: { m: 8, ef_construct: 32 } }", "{ describe: indexed }",
            "{ search: indexed, vectors: [[1, 2, 3, 4], [4, -3, 2, 1]], recall: { k: 5 }, params: { hnsw_ef: 100 } }",
            "{ index: indexed, params: { lists: 4 } }",
            "{ search: indexed, vector: [1, 2, 3, 4], params: { probes: 4 } }",
            "{ index: indexed, remove: true }", "{ describe: indexed }",
            "{ index: indexed, params: { nonsense: 3 } }", "{ drop: indexed }",
        ])
        for outcome in outcomes[..<10] { #expect(outcome.error == nil, "\(outcome.error?.message ?? "")") }
        #expect(outcomes[2]["indexed"] == 0)
        #expect(outcomes[3]["indexed"] == 40)
        #expect(outcomes[4]["indexed"] == 40)
        #expect((outcomes[5]["recall"]?.number ?? 0) >= 0.8)
        #expect(outcomes[7]["hits"]?.array?.count == 10)
        #expect(outcomes[9]["indexed"] == 0)
        #expect(outcomes[10].error?.message == "pgvector has no index parameter 'nonsense'")
    }

    @Test func `payloads keep every digit, and an order of a field leaves out what has none`() async throws {
        let outcomes = try await run([
            "{ create: digits, size: 1 }",
            """
            upsert: digits
            points:
              - { id: 1, vector: [1], payload: { n: 18446744073709551615, pi: 3.14159265358979323846 } }
              - { id: 2, vector: [1], payload: { n: -5 } }
              - { id: 3, vector: [1], payload: { m: 1 } }
            """, "{ fetch: digits, ids: [1] }",
            "{ scroll: digits, order_by: n, limit: 1 }", "{ scroll: digits, order_by: n }", "{ drop: digits }",
        ])
        #expect(outcomes.allSatisfy { $0.error == nil })
        #expect(outcomes[2]["points"]?.array?.first?["payload"]?["n"] == "18446744073709551615")
        #expect(outcomes[2]["points"]?.array?.first?["payload"]?["pi"] == "3.14159265358979323846")
        #expect(outcomes[3]["points"]?.array?.map { $0["id"] } == [2] && outcomes[3]["next"] == .null)
        #expect(outcomes[4]["points"]?.array?.map { $0["id"] } == [2, 1])
    }

    @Test func `named vectors are columns, and names and values are quoted`() async throws {
        let outcomes = try await run([
            #"{ create: o'd name, vectors: { "a'b": { size: 2, distance: euclid }, c: { size: 1 } } }"#,
            #"{ upsert: o'd name, points: [{ id: 1, vector: { "a'b": [3, 4], c: [1] }, payload: { "k'": "v'); DROP" } }] }"#,
            #"{ search: o'd name, vector: [0, 0], using: "a'b", filter: { must: [{ key: "k'", match: { value: "v'); DROP" } }] } }"#,
            "{ describe: o'd name }", "{ search: o'd name, vector: [0], using: none }", "{ drop: o'd name }",
        ])
        #expect(outcomes[2].error == nil, "\(outcomes[2].error?.message ?? "")")
        #expect(outcomes[2]["hits"]?.array?.first?["score"] == 5)
        #expect(outcomes[3]["vectors"]?["a'b"] == ["size": 2, "distance": "euclid"])
        #expect(outcomes[4].error?.kind == .rejected)
        #expect(outcomes[5].error == nil)
    }
}

/// What lint says of targets whose driver cannot do what a step asks.
struct PGVectorProblemTests {
    @Test(arguments: [
        (
            "{ count: a, filter: { must: [{ key: p, geo_radius: { radius: 3 } }] } }",
            "pgvector cannot filter by 'geo_radius', and 'gateway' is one"
        ),
        ("{ create: a, size: 2, sparse: [w] }", "tables of pgvector have no sparse vectors, and 'gateway' is one"),
        ("{ create: a, size: 2, distance: manhattan }", "pgvector has no distance 'manhattan' in every version"),
    ]) func `what tables cannot do is a problem of the plan`(_ yaml: String, _ words: String) throws {
        let request = try Parsed.request(yaml, by: VectorStep())
        #expect(
            request.problems(with: try writtenTarget("{ user: a }", kind: "pgvector")).map(\.message.text) == [words])
        #expect(request.problems(with: try writtenTarget("{ url: a }", kind: "qdrant")).isEmpty)
    }
}
