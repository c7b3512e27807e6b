import Foundation
import Testing

@testable import Sandbox

extension BreakTests {
    /// Looks, as a caller can, at the behaviour of the store that a break concerns.
    func isStoreSound(_ client: TestClient, concerning fault: SandboxBreak) async throws -> Bool {
        switch fault {
        case .storeSkipped, .storeLate:
            let id = try #require(try await client.chat("Say a").json["id"]?.string)
            return try await count("SELECT count(*) FROM mixtral.completions WHERE id = '\(id)'", client) == 1
        case .storeTokensWrong:
            let answer = try await client.chat("Say a").json
            let id = try #require(answer["id"]?.string)
            return try await count("SELECT tokens FROM mixtral.completions WHERE id = '\(id)'", client)
                == answer["usage"]?["total_tokens"]?.integer
        case .storeTwice:
            let before = try await count("SELECT count(*) FROM completions", client)
            _ = try await client.chat("Say a")
            return try await count("SELECT count(*) FROM completions", client) == before + 1
        case .storeWithoutMessages:
            let id = try #require(try await client.chat("Say a").json["id"]?.string)
            return try await count("SELECT count(*) FROM messages WHERE completion_id = '\(id)'", client) == 2
        case .storeHalf:
            let before = try await count("SELECT count(*) FROM completions", client)
            _ = try await client.setStore(#"{"state":"failing"}"#)
            _ = try await client.chat("Say a")
            return try await count("SELECT count(*) FROM completions", client) == before
        case .storeErrorHidden:
            _ = try await client.setStore(#"{"state":"failing"}"#)
            return try await client.chat("Say a").status == 500
        case .storeLosesConcurrent:
            let before = try await count("SELECT count(*) FROM completions", client)
            _ = try await client.setStore(#"{"state":"slow","latency_ms":300}"#)
            try await chatAtOnce(4, client)
            return try await count("SELECT count(*) FROM completions", client) == before + 4
        case .storeSlow:
            let begun = ContinuousClock.now
            _ = try await client.chat("Say a")
            return ContinuousClock.now - begun < .milliseconds(1900)
        case .storeSlowQuery:
            return try await withStore(client) { store in
                let begun = ContinuousClock.now
                _ = try await store.rows("SELECT model FROM completions WHERE id = 'x'")
                return ContinuousClock.now - begun < .milliseconds(150)
            }
        case .storeStuckAfterDown:
            _ = try await client.setStore(#"{"state":"down"}"#)
            _ = try await client.chat("Say a")
            _ = try await client.setStore(#"{"state":"up"}"#)
            return try await client.chat("Say a").status == 200
        case .storeConnectionLeaked:
            _ = try await client.setStore(#"{"state":"failing"}"#)
            _ = try await client.chat("Say a")
            return try await client.poolFigure("in_use") == 0
        case .storePoolUnbounded:
            _ = try await client.setStore(#"{"state":"slow","latency_ms":500}"#)
            try await chatAtOnce(12, client)
            return try await client.poolFigure("most_in_use") <= 8
        case .storeConnectionsNotReused:
            for _ in 0..<3 { _ = try await client.chat("Say a") }
            return try await client.poolFigure("opened") == 1
        case .databaseGone:
            return FileManager.default.fileExists(atPath: try #require(client.endpoints.database).path)
        case .databaseReadOnly: return !(try #require(client.endpoints.database).isReadOnly)
        default: return try await isSchemaSound(client, concerning: fault)
        }
    }

    private func isSchemaSound(_ client: TestClient, concerning fault: SandboxBreak) async throws -> Bool {
        try await withStore(client) { store in
            switch fault {
            case .storeSchemaMissing:
                return try await store.rows("PRAGMA database_list").contains { $0[1] == "yi34" }
            case .storeTableMissing:
                return try await store.rows("PRAGMA deepseek.table_list").contains {
                    $0.prefix(2) == ["deepseek", "messages"]
                }
            case .storeColumnMissing:
                return try await store.rows("PRAGMA hermes.table_info(completions)").contains { $0[1] == "request_id" }
            case .storeColumnType:
                return try await store.rows("PRAGMA phi3.table_info(messages)").contains {
                    $0[1...2] == ["tokens", "INTEGER"]
                }
            case .storeIndexMissing:
                return try await store.rows("PRAGMA imp.index_list(completions)").contains {
                    $0[1] == "completions_created_at"
                }
            case .storeUniqueMissing:
                return try await store.refuses(
                    """
                    INSERT INTO mixtral.messages (completion_id, position, role, content, tokens)
                    SELECT completion_id, position, role, content, tokens FROM mixtral.messages LIMIT 1
                    """)
            case .storeCheckMissing:
                return try await store.refuses("UPDATE mixtral.completions SET tokens = tokens + 1")
            case .storeNotNullMissing: return try await store.refuses("UPDATE mixtral.messages SET content = NULL")
            case .storeForeignKeyMissing:
                return try await store.refuses("UPDATE mixtral.messages SET completion_id = 'none' WHERE id = 1")
            case .storeCascadeMissing: return !(try await store.refuses("DELETE FROM mixtral.completions"))
            case .storeOrphans:
                let orphans = "SELECT count(*) FROM messages WHERE completion_id NOT IN (SELECT id FROM completions)"
                return try await store.number(orphans) == 0
            case .storeCountsDisagree:
                let disagreeing = """
                    SELECT count(*) FROM completions AS c WHERE message_count <>
                    (SELECT count(*) FROM messages WHERE completion_id = c.id)
                    """
                return try await store.number(disagreeing) == 0
            default:
                Issue.record("nothing is known of \(fault.rawValue)")
                return false
            }
        }
    }

    private func count(_ sql: String, _ client: TestClient) async throws -> Int {
        try await withStore(client) { try await $0.number(sql) }
    }

    private func chatAtOnce(_ number: Int, _ client: TestClient) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<number { group.addTask { _ = try await client.chat("Say a") } }
            try await group.waitForAll()
        }
    }
}
