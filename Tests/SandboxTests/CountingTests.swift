import PlumbTesting
import Testing

@testable import Sandbox

/// What the gateway and the store of vectors count of their work.
@Suite struct CountingTests {
    private func lines(_ client: TestClient, at endpoint: String) async throws -> Set<String> {
        let page = try await client.send("GET", "/metrics", to: endpoint)
        #expect(page.status == 200)
        return Set(page.text.split(separator: "\n").map(String.init))
    }

    @Test func `the gateway counts its transactions, what they left, and whether the store is there`() async throws {
        try await withSandbox { client in
            for _ in 0..<3 { _ = try await client.chat("Say a") }
            _ = try await client.setStore(#"{"state":"failing"}"#)
            _ = try await client.chat("Say a")
            _ = try await client.setStore(#"{"state":"down","model":"hermes"}"#)
            _ = try await client.chat("Say a", model: "hermes")
            let page = try await lines(client, at: "page")
            for line in [
                #"gateway_store_transactions_total{model="mixtral",result="committed"} 3"#,
                #"gateway_store_transactions_total{model="mixtral",result="rolled_back"} 1"#,
                #"gateway_store_rows_total{model="mixtral",table="completions"} 3"#,
                #"gateway_store_rows_total{model="mixtral",table="messages"} 6"#,
                #"gateway_store_errors_total{reason="failed"} 1"#,
                #"gateway_store_errors_total{reason="unavailable"} 1"#, #"gateway_store_up{model="mixtral"} 1"#,
                #"gateway_store_up{model="hermes"} 0"#, "gateway_store_connections_opened_total 1",
                "gateway_store_connections_reused_total 3", #"gateway_store_connections{state="idle"} 1"#,
            ] {
                #expect(page.contains(line), "\(line)")
            }
            // A transaction that never began is none.
            #expect(!page.contains { $0.hasPrefix(#"gateway_store_transactions_total{model="hermes""#) })
            _ = try await client.setStore(#"{"state":"up"}"#)
            _ = try await client.chat("Say a", model: "hermes")
            #expect(try await client.metric(#"gateway_store_up{model="hermes"}"#, at: "page") == 1)
        }
    }

    @Test func `the store of vectors counts as Qdrant does: by method, pattern and status`() async throws {
        try await withSandbox { client in
            let settings = #"{"vectors":{"a":{"size":2,"distance":"Dot"},"b":{"size":1,"distance":"Dot"}}}"#
            _ = try await client.vectors("PUT", "/collections/c", settings)
            let points = #"{"points":[{"id":1,"vector":{"a":[1,0],"b":[1]}},{"id":2,"vector":{"a":[0,1]}}]}"#
            _ = try await client.vectors("PUT", "/collections/c/points?wait=true", points)
            _ = try await client.vectors("PUT", "/collections/c/points", #"{"points":[{"id":3,"vector":[1]}]}"#)
            for name in ["c", "c", "d"] {
                _ = try await client.vectors("POST", "/collections/\(name)/points/count", "{}")
            }
            _ = try await client.send("POST", "/collections/c/points/count", to: "vectors", key: "wrong", body: "{}")
            // None of these is on Qdrant's page.
            _ = try await client.vectors("GET", "/collections")
            _ = try await client.vectors("GET", "/collections/c")
            _ = try await client.vectors("GET", "/collections/c/points/1")
            _ = try await client.vectors("BREW", "/collections/c/points/count")
            let page = try await lines(client, at: "vector_metrics")
            let path = "/collections/{name}/points"
            for line in [
                #"app_info{name="qdrant",version="\#(VectorService.version)"} 1"#, "collections_total 1",
                "collections_vector_total 3",
                #"rest_responses_total{method="PUT",endpoint="\#(path)",status="200"} 1"#,
                #"rest_responses_total{method="PUT",endpoint="\#(path)",status="400"} 1"#,
                #"rest_responses_total{method="POST",endpoint="\#(path)/count",status="200"} 2"#,
                #"rest_responses_total{method="POST",endpoint="\#(path)/count",status="404"} 1"#,
                #"rest_responses_total{method="POST",endpoint="\#(path)/count",status="401"} 1"#,
                #"rest_responses_duration_seconds_count{method="POST",endpoint="\#(path)/count",status="200"} 2"#,
                #"rest_responses_duration_seconds_bucket{method="PUT",endpoint="\#(path)",status="200",le="+Inf"} 1"#,
            ] {
                #expect(page.contains(line), "\(line)")
            }
            #expect(page.count { $0.hasPrefix("rest_responses_total{") } == 5)
            // Times are told of what was answered only.
            #expect(page.count { $0.hasPrefix("rest_responses_duration_seconds_count{") } == 2)
        }
    }

    @Test func `the metrics of the store of vectors want its key`() async throws {
        try await withSandbox { client in
            #expect(try await client.send("GET", "/metrics", to: "vector_metrics", key: nil).status == 401)
            let page = try await client.send("GET", "/metrics", to: "vector_metrics")
            #expect(page.header("content-type") == "text/plain; charset=utf-8")
            #expect(try await client.metric("collections_total", at: "vector_metrics") == 0)
            #expect(!page.text.contains("rest_responses"))
        }
    }
}
