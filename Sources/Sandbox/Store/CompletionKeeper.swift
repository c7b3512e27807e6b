/// Stores what the gateway serves, a completion and its messages in one transaction.
final class CompletionKeeper: Sendable {
    /// How long a transaction may take.
    static let limit = Duration.seconds(5)

    let store: any CompletionStore
    let pool: StorePool
    let control = StoreSwitch()
    private let schema: StoreSchema
    private let metrics: GatewayMetrics
    private let breaks: Set<SandboxBreak>

    init(_ store: any CompletionStore, pool: StorePool, metrics: GatewayMetrics, breaks: Set<SandboxBreak>) {
        self.store = store
        self.pool = pool
        self.metrics = metrics
        self.breaks = breaks
        schema = StoreSchema(breaks: breaks)
    }

    /// Stores a completion; returns when it stands.
    ///
    /// - Throws: what the caller is to be answered instead of the completion.
    func keep(_ record: CompletionRecord) async throws(APIError) {
        let begun = ContinuousClock.now
        do {
            if breaks.contains(.storeLate) {
                Task {
                    try? await Task.sleep(for: .seconds(1))
                    try? await store(record)
                }
            } else {
                try await store(record)
            }
            metrics.countStored(model: record.schema, since: begun)
        } catch {
            metrics.countStoreError(error.reason, model: record.schema)
            if !breaks.contains(.storeErrorHidden) { throw APIError(error) }
        }
    }

    private func store(_ record: CompletionRecord) async throws(StoreError) {
        let rows = rows(of: record)
        let setting = control.setting(for: record.schema)
        guard !rows.isEmpty else { return }
        if breaks.contains(.storeLosesConcurrent), pool.figures.inUse > 0 { return }
        guard setting.state != .down, !(breaks.contains(.storeStuckAfterDown) && control.wasDown) else {
            throw StoreError(reason: .unavailable, message: "The store cannot be reached.")
        }
        var latency = setting.state == .slow ? setting.latency : .zero
        if breaks.contains(.storeSlow) { latency += .seconds(2) }
        let failsAfter = setting.state == .failing ? (rows.count + 1) / 2 : nil
        try await pool.withConnection { connection async throws(StoreError) in
            if latency > .zero { try? await Task.sleep(for: min(latency, Self.limit)) }
            guard latency < Self.limit else {
                throw StoreError(reason: .timedOut, message: "The store did not answer in time.")
            }
            do throws(StoreError) {
                try await connection.insert(rows, failsAfter: failsAfter, keepsHalf: breaks.contains(.storeHalf))
                metrics.countCommitted(rows, model: record.schema)
            } catch {
                metrics.countRolledBack(model: record.schema)
                throw error
            }
        }
    }

    private func rows(of record: CompletionRecord) -> [StoreRow] {
        var record = record
        if breaks.contains(.storeSkipped) { return [] }
        if breaks.contains(.storeTokensWrong) { record.completionTokens += 1 }
        var rows = StoreRow.rows(of: record, in: schema)
        if breaks.contains(.storeWithoutMessages) { rows = Array(rows.prefix(1)) }
        if breaks.contains(.storeTwice) {
            record.id += "-again"
            rows += StoreRow.rows(of: record, in: schema)
        }
        return rows
    }
}

extension APIError {
    /// What a caller hears of a store that did not store.
    fileprivate init(_ error: StoreError) {
        let retry = [("Retry-After", "1")]
        switch error.reason {
        case .failed:
            self.init(
                status: 500, message: "The completion could not be stored.", type: "server_error",
                code: "store_failed")
        case .unavailable:
            self.init(
                status: 503, message: "The store cannot be reached.", type: "server_error",
                code: "store_unavailable", headers: retry)
        case .exhausted:
            self.init(
                status: 503, message: "No connection to the store was free in time.", type: "server_error",
                code: "store_busy", headers: retry)
        case .timedOut:
            self.init(
                status: 504, message: "The store did not answer in time.", type: "server_error",
                code: "store_timeout")
        }
    }
}
