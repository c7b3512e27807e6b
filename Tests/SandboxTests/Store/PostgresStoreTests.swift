import PlumbTesting
import PostgresTransport
import Testing

@testable import Sandbox

@Suite(.enabled(if: PrivatePostgres.isInstalled, "\(PrivatePostgres.reason)"), .serialized)
struct PostgresStoreTests {
    private static func conninfo() throws -> String {
        try PrivatePostgres.shared.keywords.map { "\($0.0)='\($0.1)'" }.joined(separator: " ")
    }

    private func store(_ breaks: Set<SandboxBreak> = []) throws -> PostgresStore {
        try PostgresStore(try Self.conninfo(), historyCount: 20, seed: 42, breaks: breaks)
    }

    /// The first cells of a query, asked by somebody else.
    private func ask(_ query: String) async throws -> [String?] {
        let other = try store()
        let cells = try await other.onLoop {
            let connection = try await other.open()
            defer { connection.close() }
            return try await connection.ask(query)
        }
        await other.close()
        return cells
    }

    @Test func `each model has its schema with a history, and views show all of them`() async throws {
        let store = try store()
        try await store.prepare()
        #expect(try await ask("SELECT count(*) FROM mixtral.completions") == ["20"])
        #expect(
            try await ask("SELECT count(*) FROM completions")
                == ["\(20 * StoreSchema().schemas.count)"])
        #expect(try await ask("SELECT count(*) FROM models") == ["\(StoreSchema().schemas.count)"])
        #expect(
            try await ask(
                "WITH d AS (DELETE FROM completions WHERE id = (SELECT min(id) FROM hermes.completions) RETURNING 1) "
                    + "SELECT count(*) FROM d")
                == ["1"])
        #expect(try await ask("SELECT count(*) FROM hermes.completions") == ["19"])
        await store.close()
        #expect(try await ask("SELECT count(*) FROM pg_namespace WHERE nspname = 'mixtral'") == ["0"])
        #expect(try await ask("SELECT to_regclass('public.completions')") == [nil])
    }

    @Test func `a completion stands with its messages, or not at all`() async throws {
        let store = try store()
        try await store.prepare()
        var record = StoreHistory(count: 1, seed: 7, breaks: []).completions(of: "mixtral")[0]
        record.id = "chatcmpl-new"
        let rows = StoreRow.rows(of: record, in: StoreSchema())
        let connection = try await store.connect()
        await #expect(throws: StoreError.self) { try await connection.insert(rows, failsAfter: 1, keepsHalf: false) }
        #expect(try await ask("SELECT count(*) FROM completions WHERE id = 'chatcmpl-new'") == ["0"])
        try await connection.insert(rows, failsAfter: nil, keepsHalf: false)
        #expect(
            try await ask("SELECT count(*) FROM messages WHERE completion_id = 'chatcmpl-new'")
                == ["\(record.messages.count)"])
        await #expect(throws: StoreError.self) { try await connection.insert(rows, failsAfter: nil, keepsHalf: false) }
        await connection.close()
        await store.close()
    }

    @Test func `a connection that the server ended is opened again`() async throws {
        let store = try store()
        try await store.prepare()
        let connection = try await store.connect()
        _ = try await ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'plumb sandbox' "
                + "AND state = 'idle' AND query = ''")
        var record = StoreHistory(count: 1, seed: 7, breaks: []).completions(of: "mixtral")[0]
        record.id = "chatcmpl-again"
        try await connection.insert(StoreRow.rows(of: record, in: StoreSchema()), failsAfter: nil, keepsHalf: false)
        #expect(try await ask("SELECT count(*) FROM completions WHERE id = 'chatcmpl-again'") == ["1"])
        await connection.close()
        await store.close()
    }

    @Test func `what is not the sandbox's is left alone`() async throws {
        _ = try await ask("CREATE SCHEMA hermes")
        let store = try store()
        await #expect(throws: StoreError.self) { try await store.prepare() }
        await store.close()
        #expect(try await ask("SELECT count(*) FROM pg_namespace WHERE nspname = 'hermes'") == ["1"])
        _ = try await ask("DROP SCHEMA hermes")
    }

    @Test func `two sandboxes do not share a database`() async throws {
        let first = try store()
        try await first.prepare()
        let second = try store()
        let taken = StoreError(
            reason: .unavailable,
            message: "another sandbox keeps its store in this database; wait for the run that started it")
        await #expect(throws: taken) { try await second.prepare() }
        await second.close()
        #expect(try await ask("SELECT count(*) FROM mixtral.completions") == ["20"])
        await first.close()
    }

    @Test func `breaks are seen in the schemas`() async throws {
        let store = try store([.storeColumnType, .storeOrphans, .storeColumnMissing])
        try await store.prepare()
        #expect(
            try await ask(
                "SELECT data_type FROM information_schema.columns WHERE table_schema = 'phi3' "
                    + "AND table_name = 'messages' AND column_name = 'tokens'") == ["text"])
        #expect(
            try await ask(
                "SELECT count(*) FROM openchat.messages m WHERE NOT EXISTS "
                    + "(SELECT 1 FROM openchat.completions c WHERE c.id = m.completion_id)") == ["1"])
        #expect(try await ask("SELECT count(*) > 0 FROM completions") == ["t"])
        await store.close()
    }
}
