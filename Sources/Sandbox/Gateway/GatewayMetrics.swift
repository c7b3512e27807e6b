internal import Synchronization

/// What the gateway counts.
final class GatewayMetrics: Sendable {
    private static let requests = MetricsRegistry.Family(
        name: "gateway_requests", kind: .counter, help: "Requests answered, by model and status.")
    private static let tokens = MetricsRegistry.Family(
        name: "gateway_tokens", kind: .counter, help: "Tokens read and generated, by model and kind.")
    private static let upstreamErrors = MetricsRegistry.Family(
        name: "gateway_upstream_errors", kind: .counter, help: "Model services that failed, by model and reason.")
    private static let inFlight = MetricsRegistry.Family(
        name: "gateway_in_flight", kind: .gauge, help: "Requests being answered.")
    private static let duration = MetricsRegistry.Family(
        name: "gateway_request_duration_seconds", kind: .histogram, help: "Time to answer a request, by model.")

    let registry = MetricsRegistry([requests, tokens, upstreamErrors, inFlight, duration] + ofStore)
    let breaks: Set<SandboxBreak>

    init(breaks: Set<SandboxBreak>) {
        self.breaks = breaks
    }

    var page: String { registry.page }

    /// Begins a request; the token that it returns ends it.
    func begin(model: String) -> InFlight {
        registry.add(to: Self.inFlight)
        return InFlight(metrics: self, model: model)
    }

    func count(prompt: Int, completion: Int, model: String) {
        registry.add(prompt, to: Self.tokens, [("model", model), ("kind", "prompt")])
        let completion = breaks.contains(.tokensMiscounted) ? completion + 1 : completion
        registry.add(completion, to: Self.tokens, [("model", model), ("kind", "completion")])
    }

    func countUpstreamError(model: String, reason: String) {
        registry.add(to: Self.upstreamErrors, [("model", model), ("reason", reason)])
    }

    private func end(model: String, status: Int, since start: ContinuousClock.Instant) {
        registry.add(-1, to: Self.inFlight)
        guard !breaks.contains(.metricsFrozen) else { return }
        let times = breaks.contains(.requestsCountedTwice) ? 2 : 1
        registry.add(times, to: Self.requests, [("model", model), ("status", String(status))])
        let elapsed = ContinuousClock.now - start
        let told = breaks.contains(.latencyMisreported) ? elapsed * 50 : elapsed
        registry.observe(told, in: Self.duration, [("model", model)])
    }

    /// A request that is being answered; it ends when the last reference to it does, however that comes about.
    final class InFlight: Sendable {
        private let metrics: GatewayMetrics
        private let model: String
        private let start = ContinuousClock.now
        private let status = Atomic<Int>(499)

        fileprivate init(metrics: GatewayMetrics, model: String) {
            self.metrics = metrics
            self.model = model
        }

        deinit {
            metrics.end(model: model, status: status.load(ordering: .relaxed), since: start)
        }

        /// Notes what was answered; without it the caller was gone before.
        func note(status: Int) {
            self.status.store(status, ordering: .relaxed)
        }
    }
}
