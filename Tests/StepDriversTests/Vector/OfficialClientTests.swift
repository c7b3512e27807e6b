import Expressions
import Glibc
import PlumbTesting
import Sandbox
import ScenarioModel
import StepDrivers
import Testing

/// Qdrant's own client for Python against the sandbox's store, and the driver against that client's engine.
///
/// The client is looked for in `.build/python-qdrant`, which `make vector-client` fills.
struct OfficialClientTests {
    static let python = PackageFolder.path + "/.build/python-qdrant/bin/python"
    static let isThere = access(python, X_OK) == 0

    @Test(.enabled(if: isThere, "no qdrant-client: make vector-client"))
    func `the client finds in the sandbox's store what it expects of a server`() async throws {
        try await VectorStore.with { store in
            let url = try #require(store.endpoints["vectors"])
            let script = PackageFolder.path + "/Tests/StepDriversTests/Vector/Python/drive_store.py"
            let run = try Program.run(Self.python, [script, url, "sk-plumb-sandbox"], within: .seconds(60))
            #expect(run.status == 0, "\(run.output)")
            #expect(run.output.hasSuffix("all as expected\n"), "\(run.output)")
        }
    }

    @Test(.enabled(if: isThere, "no qdrant-client: make vector-client"))
    func `steps give the same on the client's engine as on the sandbox's store`() async throws {
        let script = PackageFolder.path + "/Tests/StepDriversTests/Vector/Python/serve_engine.py"
        let engine = try Program.Server(Self.python, [script], within: .seconds(60))
        defer { engine.stop() }
        let url = engine.firstLine
        let points = (0..<60).map { number in
            // No two are as near as each other to anything, so that the order is one.
            let vector = (0..<8).map { place in
                "\(Float((number * number * 7 + place * 13 * (number + 1)) % 97) - 48 + Float(number) / 64)"
            }.joined(separator: ", ")
            return "{ id: \(number), vector: [\(vector)], payload: { n: \(number), even: \(number % 2 == 0) } }"
        }.joined(separator: ", ")
        let query = "[1, -2, 3, -4, 5, -6, 7, -8.5]"
        for distance in ["cosine", "dot", "euclid", "manhattan"] {
            let steps = [
                "{ create: c, size: 8, distance: \(distance) }", "{ upsert: c, points: [\(points)], batch: 25 }",
                "{ count: c }", "{ search: c, vector: \(query), limit: 5 }",
                "{ search: c, vector: \(query), limit: 4, filter: { must: [{ key: even, match: { value: true } }, { key: n, range: { gte: 10, lt: 50 } }] } }",
                "{ search: c, vectors: [\(query), [0, 0, 1, 0, 0, 0, 0, 0]], limit: 2, with_payload: false }",
                "{ fetch: c, ids: [7, 3, 999] }", "{ scroll: c, limit: 4, offset: 10 }",
                "{ search: c, vectors: [\(query), [1, 1, 1, 1, 1, 1, 1, 1]], recall: { k: 5 } }",
                "{ delete: c, filter: { must_not: [{ key: n, range: { lt: 30 } }] } }", "{ count: c }",
                "{ list: true }",
                "{ describe: c }", "{ count: none }", "{ drop: c }",
            ]
            let theirs = try await drive { driving in
                var outcomes: [Outcome] = []
                for step in steps {
                    outcomes.append(try await driving.run(step, target: "{ url: '\(url)' }", by: VectorStep()))
                }
                return outcomes
            }
            try await VectorStore.with { store in
                let ours = try await store.run(steps)
                for (step, (mine, other)) in zip(steps, zip(ours, theirs)) {
                    #expect(mine.error?.kind == other.error?.kind, "\(step): \(other.error?.message ?? "")")
                    #expect(mine.code == other.code, "\(step)")
                    for member in ["hits", "results", "points", "count", "affected", "missing", "recall", "next"] {
                        let agree = mine[member].map { $0.isNear(other[member] ?? .null) } ?? true
                        let both = "\(mine[member]?.json() ?? "") and \(other[member]?.json() ?? "")"
                        #expect(agree, "\(distance) \(step) \(member): \(both)")
                    }
                }
            }
        }
    }
}

extension Value {
    /// Whether two values are the same up to the last digits of floats.
    func isNear(_ other: Value) -> Bool {
        switch (self, other) {
        case (.number(let mine), .number(let theirs)): abs(mine - theirs) <= 1e-4 * Swift.max(1, abs(mine))
        case (.array(let mine), .array(let theirs)):
            mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0.isNear($1) }
        case (.object(let mine), .object(let theirs)):
            mine.count == theirs.count && mine.allSatisfy { $0.1.isNear(theirs[$0.0] ?? "absent") }
        default: self == other
        }
    }
}
