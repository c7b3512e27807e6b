import Testing

@testable import Sandbox

extension BreakTests {
    /// Looks at what the gateway tells of its work on the store.
    func isStoreCounted(_ client: TestClient, concerning fault: SandboxBreak) async throws -> Bool {
        _ = try await client.chat("Say a")
        switch fault {
        case .storeUncounted: return try await client.metric(#"gateway_store_completions_total{model="mixtral"}"#) == 1
        case .storeTransactionsDoubled:
            return try await client.metric(#"gateway_store_transactions_total{model="mixtral",result="committed"}"#)
                == 1
        case .storeRowsUncounted:
            return try await client.metric(#"gateway_store_rows_total{model="mixtral",table="messages"}"#) == 2
        case .storeUpLies:
            _ = try await client.setStore(#"{"state":"down"}"#)
            _ = try await client.chat("Say a")
            return try await client.metric(#"gateway_store_up{model="mixtral"}"#) == 0
        default:
            _ = try await client.setStore(#"{"state":"failing"}"#)
            _ = try await client.chat("Say a")
            return try await client.metric(
                fault == .storeErrorsUncounted
                    ? #"gateway_store_errors_total{reason="failed"}"#
                    : #"gateway_store_transactions_total{model="mixtral",result="rolled_back"}"#) == 1
        }
    }

    /// Looks at what the store of vectors tells of its callers.
    func areVectorsCounted(_ client: TestClient, concerning fault: SandboxBreak) async throws -> Bool {
        func answers(_ method: String, _ path: String, _ status: Int) async throws -> Double? {
            let labels = #"{method="\#(method)",endpoint="/collections/{name}/\#(path)",status="\#(status)"}"#
            return try await client.metric("rest_responses_total" + labels, at: "vector_metrics")
        }
        // What stays as it was first told must have been told once.
        _ = try await client.metric("collections_total", at: "vector_metrics")
        _ = try await client.vectors("PUT", "/collections/c", #"{"vectors":{"size":2,"distance":"Cosine"}}"#)
        switch fault {
        case .vectorRequestsDoubled:
            _ = try await client.vectors("POST", "/collections/c/points/count", "{}")
            return try await answers("POST", "points/count", 200) == 1
        case .vectorErrorsHidden:
            _ = try await client.vectors("POST", "/collections/none/points/count", "{}")
            return try await answers("POST", "points/count", 404) == 1
        case .vectorBatchesMerged:
            _ = try await client.vectors(
                "POST", "/collections/c/points/query/batch", #"{"searches":[{"query":[1,0],"limit":1}]}"#)
            return try await answers("POST", "points/query/batch", 200) == 1
        case .vectorTotalsStale: return try await client.metric("collections_total", at: "vector_metrics") == 1
        default:
            let version = try await client.vectors("GET", "/").json["version"]?.string ?? ""
            let name = #"app_info{name="qdrant",version="\#(version)"}"#
            return try await client.metric(name, at: "vector_metrics") == 1
        }
    }
}

extension TestClient {
    /// The value of a series, written as a page of metrics has it; nil where the page has none.
    func metric(_ series: String, at endpoint: String = "metrics") async throws -> Double? {
        let page = try await send("GET", "/metrics", to: endpoint).text
        let line = page.split(separator: "\n").first { $0.hasPrefix(series + " ") }
        return line.flatMap { $0.split(separator: " ").last }.flatMap { Double($0) }
    }
}
