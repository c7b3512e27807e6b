import Expressions
import FoundationEssentials
import PlumbTesting
import Sandbox
import ScenarioModel
import StepDrivers
import Testing

/// What the sandbox's store has of Qdrant's REST interface beside what `vector` steps send.
struct StoreInterfaceTests {
    /// Runs `http` steps, each against the store's address.
    private func run(_ store: VectorStore, _ steps: [String]) async throws -> [Outcome] {
        let target = "{ url: '\(store.url)', headers: { api-key: sk-plumb-sandbox } }"
        return try await drive { driving in
            var outcomes: [Outcome] = []
            for step in steps { outcomes.append(try await driving.run(step, target: target)) }
            return outcomes
        }
    }

    /// Compares requests and answers with Qdrant's own description, where that is there.
    private func checkForms(_ store: VectorStore) throws {
        guard SharedData.has(QdrantSchema.file) else { return }
        var schema = try QdrantSchema()
        for pair in store.forwarding.all where pair.status == 200 {
            let sent = pair.request
            #expect(try schema.problems(of: sent) == [], "\(sent.method) \(sent.target) \(sent.text.prefix(400))")
            let text = String(decoding: pair.answer.prefix(600), as: UTF8.self)
            #expect(try schema.problems(of: pair.answer, to: sent) == [], "\(text)")
        }
    }

    private static func ids(_ outcome: Outcome) -> [Value?]? {
        outcome["body", "result", "points"]?.array?.map { $0["id"] }
    }

    private static let scroll = "post: /collections/c/points/scroll"

    @Test func `a scroll is ordered by a field with an index, by numbers and by moments`() async throws {
        try await VectorStore.with { store in
            let made = try await store.run([
                "{ create: c, size: 1 }",
                """
                upsert: c
                points:
                  - { id: 1, vector: [1], payload: { n: 3, at: '2026-03-01T12:00:00+02:00' } }
                  - { id: 2, vector: [1], payload: { n: [1, 9], at: '2026-03-01T11:00:00Z' } }
                  - { id: 3, vector: [1], payload: { n: -2.5 } }
                  - { id: 4, vector: [1], payload: { n: 3 } }
                  - { id: 5, vector: [1], payload: { n: none, at: 2026-02-28 } }
                """, "{ scroll: c, order_by: n }", "{ index: c, field: n, type: float }",
                "{ index: c, field: at, type: datetime }", "{ scroll: c, order_by: n, limit: 4 }",
            ])
            #expect(made[2].error?.fields["status"] == 400)
            #expect(made[2].error?.message.contains("No range index for `order_by` key: `n`") == true)
            #expect(made[5]["points"]?.array?.map { $0["id"] } == [3, 2, 1, 4])
            #expect(made[5]["next"] == .null)
            let found = try await run(
                store,
                [
                    "{ \(Self.scroll), json: { order_by: { key: n, direction: desc }, with_payload: false } }",
                    "{ \(Self.scroll), json: { order_by: { key: n, start_from: 3 }, limit: 2 } }",
                    "{ \(Self.scroll), json: { order_by: at } }",
                    "{ \(Self.scroll), json: { order_by: { key: at, direction: desc, start_from: '2026-03-01T10:30:00Z' } } }",
                    "{ \(Self.scroll), json: { order_by: n, offset: 1 } }",
                    "{ \(Self.scroll), json: { order_by: { key: n, direction: up } } }",
                    "{ \(Self.scroll), json: { filter: { must: [{ key: at, range: { gt: '2026-03-01T10:00:00Z' } }] } } }",
                ])
            #expect(Self.ids(found[0]) == [2, 1, 4, 2, 3])
            let values = found[0]["body", "result", "points"]?.array?.map { $0["order_value"] }
            #expect(values == [9, 3, 3, 1, -2.5])
            #expect(Self.ids(found[1]) == [1, 4])
            #expect(Self.ids(found[2]) == [5, 1, 2])
            #expect(Self.ids(found[3]) == [1, 5])
            #expect(found[4]["status"] == 400)
            #expect(found[5]["status"] == 400)
            #expect(Self.ids(found[6]) == [2])
            try checkForms(store)
        }
    }

    @Test func `places are found within a circle, a box and a polygon`() async throws {
        try await VectorStore.with { store in
            func count(_ condition: String) -> String {
                "{ count: c, filter: { must: [{ key: at, \(condition) }] } }"
            }
            let ring = "[{ lon: 10, lat: 50 }, { lon: 16, lat: 50 }, { lon: 16, lat: 54 }, { lon: 10, lat: 54 }, "
            let hole =
                "[{ lon: 13.3, lat: 52.4 }, { lon: 13.5, lat: 52.4 }, { lon: 13.4, lat: 52.9 }, { lon: 13.3, lat: 52.4 }]"
            let found = try await store.run([
                "{ create: c, size: 1 }",
                """
                upsert: c
                points:
                  - { id: 1, vector: [1], payload: { name: Berlin, at: { lon: 13.405, lat: 52.52 } } }
                  - { id: 2, vector: [1], payload: { name: Potsdam, at: { lon: 13.0645, lat: 52.3906 } } }
                  - { id: 3, vector: [1], payload: { name: both, at: [{ lon: 2.35, lat: 48.85 }, { lon: 13.4, lat: 52.5 }] } }
                  - { id: 4, vector: [1], payload: { name: Fiji, at: { lon: 179.5, lat: -17 } } }
                  - { id: 5, vector: [1], payload: { name: nowhere, at: { lon: 400, lat: 0 } } }
                  - { id: 6, vector: [1], payload: { name: edge, at: { lon: 10, lat: 52 } } }
                """,
                // Berlin and Potsdam are 27.3 km apart.
                count("geo_radius: { center: { lon: 13.405, lat: 52.52 }, radius: 27500 }"),
                count("geo_radius: { center: { lon: 13.405, lat: 52.52 }, radius: 26500 }"),
                count("geo_bounding_box: { top_left: { lon: 13.2, lat: 53 }, bottom_right: { lon: 14, lat: 52 } }"),
                count("geo_bounding_box: { top_left: { lon: 170, lat: 0 }, bottom_right: { lon: -170, lat: -20 } }"),
                count("geo_polygon: { exterior: { points: \(ring){ lon: 10, lat: 50 }] } }"),
                count(
                    "geo_polygon: { exterior: { points: \(ring){ lon: 10, lat: 50 }] }, interiors: [{ points: \(hole) }] }"
                ),
                count("geo_polygon: { exterior: { points: \(ring){ lon: 11, lat: 50 }] } }"),
                count("geo_radius: { center: { lon: 13.405, lat: 92 }, radius: 1 }"),
            ])
            #expect(found[2...7].map { $0["count"] } == [3, 2, 2, 1, 3, 1])
            for refused in found[8...] { #expect(refused.error?.fields["status"] == 400) }
            try checkForms(store)
        }
    }

    @Test func `searches that come first are fused by rank or by score, or searched again`() async throws {
        try await VectorStore.with { store in
            _ = try await store.run([
                "{ create: c, vectors: { a: { size: 2, distance: dot }, b: { size: 1, distance: euclid } }, sparse: [w] }",
                """
                upsert: c
                points:
                  - { id: 1, vector: { a: [4, 0], b: [5], w: { indices: [1], values: [1] } }, payload: { odd: true } }
                  - { id: 2, vector: { a: [3, 0], b: [1], w: { indices: [1], values: [3] } }, payload: { odd: false } }
                  - { id: 3, vector: { a: [2, 0], b: [2] }, payload: { odd: true } }
                  - { id: 4, vector: { a: [1, 0], b: [3] }, payload: { odd: false } }
                """,
            ])
            let both =
                "[{ query: [1, 0], using: a, limit: 3 }, { query: { indices: [1], values: [1] }, using: w, limit: 2 }]"
            func query(_ body: String) -> String { "{ post: /collections/c/points/query, json: { \(body) } }" }
            let found = try await run(
                store,
                [
                    query("prefetch: \(both), query: { fusion: rrf }"),
                    query("prefetch: \(both), query: { rrf: { k: 60 } }, limit: 1, with_payload: true"),
                    query("prefetch: \(both), query: { fusion: dbsf }, score_threshold: 0.6"),
                    query("prefetch: { query: [1, 0], using: a, limit: 3 }, query: [0], using: b, limit: 2"),
                    query(
                        "prefetch: \(both), query: { fusion: rrf }, filter: { must: [{ key: odd, match: { value: true } }] }"
                    ),
                    query(
                        "prefetch: [{ prefetch: \(both), query: { fusion: rrf }, limit: 1 }, "
                            + "{ query: [3], using: b, limit: 1 }], query: { fusion: rrf }, offset: 1"),
                    query("query: { fusion: rrf }"), query("prefetch: \(both)"),
                    query("prefetch: \(both), query: { fusion: best }"),
                ])
            // By ranks from 0 on, 1 / (2 + rank) each: 1 and 2 stand in both lists, in turn first and second.
            #expect(Self.ids(found[0]) == [1, 2, 3])
            let scores = found[0]["body", "result", "points"]?.array?.compactMap { $0["score"]?.number } ?? []
            #expect(zip(scores, [5.0 / 6, 5.0 / 6, 0.25]).allSatisfy { abs($0 - $1) < 1e-6 } && scores.count == 3)
            #expect(Self.ids(found[1]) == [1])
            // Of three scores 4, 3, 2 the mean is 3 and the deviation 1; of two, each is half a deviation's root away.
            let spread = found[2]["body", "result", "points"]?.array?.compactMap { $0["score"]?.number } ?? []
            let aside = 1 / (6 * 2.0.squareRoot())
            #expect(Self.ids(found[2]) == [2, 1])
            #expect(
                zip(spread, [1 + aside, 4.0 / 6 + 0.5 - aside]).allSatisfy { abs($0 - $1) < 1e-5 } && spread.count == 2)
            #expect(Self.ids(found[3]) == [2, 3])
            #expect(Self.ids(found[4]) == [1, 3])
            #expect(Self.ids(found[5]) == [4])
            #expect(found[6...].map { $0["status"] } == [400, 400, 400])
            try checkForms(store)
        }
    }

    @Test func `a snapshot brings back what was there, from its URL, a file and a form`() async throws {
        try await VectorStore.with { store in
            let folder = try TemporaryFolder()
            _ = try await store.run([
                "{ create: c, vectors: { a: { size: 2 }, b: { size: 1, distance: dot } }, sparse: [w] }",
                """
                upsert: c
                points:
                  - { id: 18446744073709551615, vector: { a: [3, 4], b: [7], w: { indices: [9], values: [2] } }, payload: { n: [1, 'x'] } }
                  - { id: 550e8400-e29b-41d4-a716-446655440000, vector: { a: [1, 0] }, payload: { n: null } }
                """, "{ index: c, field: n, type: integer }", "{ alias: { other: c } }",
            ])
            let ids = "[18446744073709551615, 550e8400-e29b-41d4-a716-446655440000]"
            let fetch = "{ fetch: c, ids: \(ids), with_vectors: true }"
            let before = try await store.run([fetch, "{ describe: c }"])
            let made = try await run(store, ["{ post: /collections/other/snapshots }"])[0]
            #expect(made["status"] == 200, "\(made["body"]?.json() ?? "")")
            let name = try #require(made["body", "result", "name"]?.string)
            let size = try #require(made["body", "result", "size"]?.number)
            #expect(name.hasPrefix("c-1-20"))
            let listed = try await run(store, ["{ get: /collections/c/snapshots }"])[0]
            #expect(listed["body", "result"] == .array([try #require(made["body", "result"])]))

            // Not by way of what remembers JSON: a file is sent in pieces.
            let direct = try #require(store.endpoints["vectors"])
            let key = "headers: { api-key: sk-plumb-sandbox }"
            let file = try await outcome("{ get: '\(direct)/collections/c/snapshots/\(name)', \(key) }", at: direct)
            #expect(file["status"] == 200)
            let text = try #require(file["text"]?.string)
            #expect(text.utf8.count == Int(size))
            let path = folder.path + "/kept.snapshot"
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            let cut = folder.path + "/cut.snapshot"
            try String(text.dropLast(40)).write(toFile: cut, atomically: false, encoding: .utf8)

            let recover = "put: /collections/c/snapshots/recover"
            for location in ["http://store/collections/c/snapshots/\(name)", "file://\(path)"] {
                _ = try await store.run(["{ delete: c, filter: {} }", "{ index: c, field: n, remove: true }"])
                let done = try await run(store, ["{ \(recover), json: { location: '\(location)' } }"])[0]
                #expect(done["body", "result"] == true, "\(done["body"]?.json() ?? "")")
                let after = try await store.run([fetch, "{ describe: c }", "{ count: other }"])
                #expect(after[0]["points"] == before[0]["points"])
                #expect(after[1]["indexes"] == before[1]["indexes"])
                #expect(after[2]["count"] == 2)
            }
            var scope = FixedScope()
            scope.values["$vars.text"] = .string(text)
            let form = try await outcome(
                "{ post: '\(direct)/collections/again/snapshots/upload', \(key), "
                    + "multipart: { snapshot: '${{ $vars.text }}' } }", at: direct, scope: scope)
            #expect(form["body", "result"] == true, "\(form["body"]?.json() ?? "") \(form.error?.message ?? "")")
            #expect(try await store.run("{ count: again }")["count"] == 2)
            let refused = try await run(
                store,
                [
                    "{ \(recover), json: { location: 'file://\(cut)' } }",
                    "{ \(recover), json: { location: 'file:///dev/zero' } }",
                    "{ \(recover), json: { location: 'http://elsewhere/collections/c/snapshots/\(name)' } }",
                    "{ \(recover), json: { location: 'http://store/collections/c/snapshots/none' } }",
                    "{ post: /collections/none/snapshots }",
                ])
            #expect(refused.map { $0["status"] } == [400, 400, 400, 404, 404])
            #expect(try await store.run("{ count: c }")["count"] == 2)
            let deleted = try await run(
                store,
                [
                    "{ delete: /collections/c/snapshots/\(name) }", "{ delete: /collections/c/snapshots/\(name) }",
                    "{ get: /collections/c/snapshots }",
                ])
            #expect(deleted.map { $0["status"] } == [200, 404, 200])
            #expect(deleted[2]["body", "result"] == [])
            try checkForms(store)
        }
    }
}
