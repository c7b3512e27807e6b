/// What the gateway counts of its store.
extension GatewayMetrics {
    private static let stored = MetricsRegistry.Family(
        name: "gateway_store_completions", kind: .counter, help: "Completions stored, by model.")
    private static let errors = MetricsRegistry.Family(
        name: "gateway_store_errors", kind: .counter, help: "Completions not stored, by reason.")
    private static let storeDuration = MetricsRegistry.Family(
        name: "gateway_store_duration_seconds", kind: .histogram, help: "Time to store a completion, by model.")
    private static let isUp = MetricsRegistry.Family(
        name: "gateway_store_up", kind: .gauge,
        help: "Whether the store was there when a completion was last to be stored, by model.")
    private static let transactions = MetricsRegistry.Family(
        name: "gateway_store_transactions", kind: .counter, help: "Transactions ended, by model and result.")
    private static let rows = MetricsRegistry.Family(
        name: "gateway_store_rows", kind: .counter, help: "Rows that transactions left, by model and table.")
    private static let connections = MetricsRegistry.Family(
        name: "gateway_store_connections", kind: .gauge, help: "Connections to the store, by state.")
    private static let connectionLimit = MetricsRegistry.Family(
        name: "gateway_store_connections_max", kind: .gauge, help: "Connections to the store at most.")
    private static let waiting = MetricsRegistry.Family(
        name: "gateway_store_waiting", kind: .gauge, help: "Requests that wait for a connection to the store.")
    private static let opened = MetricsRegistry.Family(
        name: "gateway_store_connections_opened", kind: .counter, help: "Connections to the store that were opened.")
    private static let reused = MetricsRegistry.Family(
        name: "gateway_store_connections_reused", kind: .counter,
        help: "Uses of a connection to the store that was open already.")

    /// In the order of the page.
    static let ofStore = [
        stored, errors, storeDuration, isUp, transactions, rows, connections, connectionLimit, waiting, opened, reused,
    ]

    func countStored(model: String, since start: ContinuousClock.Instant) {
        registry.set(1, of: Self.isUp, [("model", model)])
        registry.observe(.now - start, in: Self.storeDuration, [("model", model)])
        if !breaks.contains(.storeUncounted) { registry.add(to: Self.stored, [("model", model)]) }
    }

    func countStoreError(_ reason: StoreError.Reason, model: String) {
        switch reason {
        case .unavailable:
            registry.set(breaks.contains(.storeUpLies) ? 1 : 0, of: Self.isUp, [("model", model)])
        // It said no: it is there.
        case .failed: registry.set(1, of: Self.isUp, [("model", model)])
        case .exhausted, .timedOut: break
        }
        if !breaks.contains(.storeErrorsUncounted) {
            registry.add(to: Self.errors, [("reason", reason.rawValue)])
        }
    }

    /// Counts a transaction that stands, and what it left.
    func countCommitted(_ stored: [StoreRow], model: String) {
        let times = breaks.contains(.storeTransactionsDoubled) ? 2 : 1
        registry.add(times, to: Self.transactions, [("model", model), ("result", "committed")])
        for (table, count) in Dictionary(grouping: stored, by: \.table.name).mapValues(\.count) {
            if table == "messages", breaks.contains(.storeRowsUncounted) { continue }
            registry.add(count, to: Self.rows, [("model", model), ("table", table)])
        }
    }

    /// Counts a transaction that left nothing.
    func countRolledBack(model: String) {
        let result = breaks.contains(.storeRollbacksHidden) ? "committed" : "rolled_back"
        registry.add(to: Self.transactions, [("model", model), ("result", result)])
    }

    /// Notes what a pool says of itself, for the next page.
    func tell(_ pool: StorePool) {
        let figures = pool.figures
        registry.set(figures.inUse, of: Self.connections, [("state", "in_use")])
        registry.set(figures.idle, of: Self.connections, [("state", "idle")])
        registry.set(pool.size.kept + pool.size.overflow, of: Self.connectionLimit)
        registry.set(figures.waiting, of: Self.waiting)
        registry.set(figures.opened, of: Self.opened)
        registry.set(figures.reused, of: Self.reused)
    }
}
