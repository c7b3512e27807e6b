internal import Synchronization

/// Counters, gauges and histograms of one service, written as OpenMetrics text.
final class MetricsRegistry: Sendable {
    static let contentType = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    /// Upper bounds of the latency buckets, in seconds.
    private static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// A metric's name, its kind and its words of explanation.
    struct Family: Sendable, Hashable {
        enum Kind: String, Sendable {
            case counter
            case gauge
            case histogram
        }

        var name: String
        var kind: Kind
        var help: String
    }

    private struct Histogram {
        var counts = [Int](repeating: 0, count: bounds.count + 1)
        var sum = 0.0
    }

    private struct State {
        var values: [Family: [String: Int]] = [:]
        var histograms: [Family: [String: Histogram]] = [:]
    }

    private let families: [Family]
    private let state = Mutex(State())

    init(_ families: [Family]) {
        self.families = families
    }

    /// Adds to a counter or a gauge.
    ///
    /// Labels are written as they stand: callers give label values that need no escape.
    func add(_ amount: Int = 1, to family: Family, _ labels: [(String, String)] = []) {
        let key = Self.key(labels)
        state.withLock { $0.values[family, default: [:]][key, default: 0] += amount }
    }

    /// Sets a counter or a gauge that somebody else keeps.
    func set(_ value: Int, of family: Family, _ labels: [(String, String)] = []) {
        let key = Self.key(labels)
        state.withLock { $0.values[family, default: [:]][key] = value }
    }

    /// Counts a duration into a histogram.
    func observe(_ duration: Duration, in family: Family, _ labels: [(String, String)]) {
        let seconds = duration.seconds
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        let key = Self.key(labels)
        state.withLock { state in
            state.histograms[family, default: [:]][key, default: Histogram()].counts[bucket] += 1
            state.histograms[family, default: [:]][key, default: Histogram()].sum += seconds
        }
    }

    private static func key(_ labels: [(String, String)]) -> String {
        labels.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
    }

    /// The whole page, ended by `# EOF`.
    var page: String {
        let (values, histograms) = state.withLock { ($0.values, $0.histograms) }
        var text = ""
        for family in families {
            text += "# TYPE \(family.name) \(family.kind.rawValue)\n# HELP \(family.name) \(family.help)\n"
            let name = family.kind == .counter ? family.name + "_total" : family.name
            for (labels, value) in (values[family] ?? [:]).sorted(by: { $0.key < $1.key }) {
                text += "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n"
            }
            for (labels, histogram) in (histograms[family] ?? [:]).sorted(by: { $0.key < $1.key }) {
                text += Self.lines(of: histogram, name: name, labels: labels)
            }
        }
        return text + "# EOF\n"
    }

    private static func lines(of histogram: Histogram, name: String, labels: String) -> String {
        var text = ""
        var total = 0
        let prefix = labels.isEmpty ? "" : labels + ","
        for (index, count) in histogram.counts.enumerated() {
            total += count
            let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
            text += "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(total)\n"
        }
        let braces = labels.isEmpty ? "" : "{\(labels)}"
        return text + "\(name)_count\(braces) \(total)\n\(name)_sum\(braces) \(histogram.sum)\n"
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
