internal import Synchronization

/// What the store of vectors counts of its callers.
///
/// Names, labels and what is counted at all are as in Qdrant 1.15 (its `/metrics`): requests below a collection, by
/// method, pattern of the path and status, refusals included; times of those that had status 200.
final class VectorMetrics: Sendable {
    /// What stands behind a collection's name in the paths that are counted; the store answers no others of Qdrant's.
    private static let counted: Set<String> = [
        "index", "points", "points/count", "points/delete", "points/payload", "points/payload/clear",
        "points/payload/delete", "points/query", "points/query/batch", "points/scroll",
    ]
    private static let methods: Set<String> = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    /// Upper bounds of the latency buckets, in seconds.
    private static let bounds = [
        0.000001, 0.000005, 0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 50,
    ]

    /// What requests are told apart by.
    private struct Kind: Hashable {
        var method: String
        var endpoint: String
        var status: Int

        var labels: String { "method=\"\(method)\",endpoint=\"\(endpoint)\",status=\"\(status)\"" }
    }

    private struct Tally {
        var count = 0
        var seconds = 0.0
        var buckets = [Int](repeating: 0, count: bounds.count)
    }

    private struct State {
        var tallies: [Kind: Tally] = [:]
        /// The totals that a broken store goes on telling.
        var firstTold: (collections: Int, vectors: Int)?
    }

    private let version: String
    private let breaks: Set<SandboxBreak>
    private let state = Mutex(State())

    init(version: String, breaks: Set<SandboxBreak>) {
        self.version = breaks.contains(.vectorVersionWrong) ? "0.0.0" : version
        self.breaks = breaks
    }

    /// Counts a request that was answered, if it is of those that are counted.
    func count(_ request: Incoming, status: Int, since start: ContinuousClock.Instant) {
        let segments = request.segments
        guard segments.count > 2, segments[0] == "collections", Self.methods.contains(request.method) else { return }
        var rest = segments[2...].joined(separator: "/")
        guard Self.counted.contains(rest) else { return }
        if rest == "points/query/batch", breaks.contains(.vectorBatchesMerged) { rest = "points/query" }
        let told = breaks.contains(.vectorErrorsHidden) ? 200 : status
        let kind = Kind(method: request.method, endpoint: "/collections/{name}/\(rest)", status: told)
        let seconds = (ContinuousClock.now - start).seconds
        state.withLock { state in
            state.tallies[kind, default: Tally()].count += breaks.contains(.vectorRequestsDoubled) ? 2 : 1
            state.tallies[kind, default: Tally()].seconds += seconds
            for (place, bound) in Self.bounds.enumerated() where seconds <= bound {
                state.tallies[kind, default: Tally()].buckets[place] += 1
            }
        }
    }

    /// The page, in Prometheus's text: that of OpenMetrics would have no gauge whose name ends in `_total`.
    func page(collections: Int, vectors: Int) -> String {
        let (tallies, totals) = state.withLock { state in
            if state.firstTold == nil { state.firstTold = (collections, vectors) }
            let isStale = breaks.contains(.vectorTotalsStale)
            return (state.tallies, (isStale ? state.firstTold : nil) ?? (collections, vectors))
        }
        var text = Self.head("app_info", "gauge", "The server's name and version.")
        text += "app_info{name=\"qdrant\",version=\"\(version)\"} 1\n"
        text += Self.head("collections_total", "gauge", "Collections.")
        text += "collections_total \(totals.collections)\n"
        text += Self.head("collections_vector_total", "gauge", "Vectors in all collections.")
        text += "collections_vector_total \(totals.vectors)\n"
        let sorted = tallies.map { (labels: $0.key.labels, status: $0.key.status, tally: $0.value) }
            .sorted { $0.labels < $1.labels }
        guard !sorted.isEmpty else { return text }
        text += Self.head("rest_responses_total", "counter", "Answers, by method, path and status.")
        for entry in sorted { text += "rest_responses_total{\(entry.labels)} \(entry.tally.count)\n" }
        let timed = sorted.filter { $0.status == 200 }
        guard !timed.isEmpty else { return text }
        let name = "rest_responses_duration_seconds"
        text += Self.head(name, "histogram", "Time to answer with status 200.")
        for entry in timed {
            for (bound, count) in zip(Self.bounds, entry.tally.buckets) {
                text += "\(name)_bucket{\(entry.labels),le=\"\(bound)\"} \(count)\n"
            }
            text += "\(name)_bucket{\(entry.labels),le=\"+Inf\"} \(entry.tally.count)\n"
            text += "\(name)_sum{\(entry.labels)} \(entry.tally.seconds)\n"
            text += "\(name)_count{\(entry.labels)} \(entry.tally.count)\n"
        }
        return text
    }

    private static func head(_ name: String, _ type: String, _ help: String) -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }
}
