internal import Glibc
internal import ScenarioModel

/// The plots of a load.
struct LoadPlots {
    private let result: LoadResult

    init(_ result: LoadResult) { self.result = result }

    /// Percentiles of the runs that passed, over time.
    var latency: LoadPlot {
        LoadPlot(
            title: "Latency over time", xUnit: "seconds", yUnit: "ms",
            lines: [
                line("p50", "a") { $0.latencies.percentile(50) }, line("p95", "b") { $0.latencies.percentile(95) },
                line("p99", "c") { $0.latencies.percentile(99) },
            ], spans: spans)
    }

    /// How many runs ended, failed and found no room, over time.
    var throughput: LoadPlot {
        func rate(_ count: Int, _ interval: LoadInterval) -> Double? {
            interval.lengthMs > 0 ? Double(count) * 1000 / interval.lengthMs : nil
        }
        var lines = [line("ended", "a") { $0.perSecond }]
        if result.intervals.contains(where: { $0.failed + $0.errors > 0 }) {
            lines.append(line("not passed", "c") { rate($0.failed + $0.errors, $0) })
        }
        if result.intervals.contains(where: { $0.dropped > 0 }) {
            lines.append(line("dropped", "b") { rate($0.dropped, $0) })
        }
        return LoadPlot(title: "Runs per second", xUnit: "seconds", yUnit: "/s", lines: lines, spans: spans)
    }

    /// Latency by percentile; each step to the right is a tenth of what remains: 90, 99, 99.9 percent.
    var percentiles: LoadPlot {
        let buckets = result.outcome?.latencies.buckets ?? []
        let total = Double(max(1, buckets.reduce(0) { $0 + $1.count }))
        var below = 0.0
        var points: [(x: Double, y: Double)] = []
        for bucket in buckets {
            below += Double(bucket.count)
            // The last bucket is at the place of the last run but a half, since 100 percent is nowhere.
            let share = min(below / total, 1 - 0.5 / total)
            points.append((-log10(1 - share), Double(bucket.microseconds) / 1000))
        }
        let marks = ["0", "50", "90", "99", "99.9", "99.99", "99.999", "99.9999"]
        return LoadPlot(
            title: "Latency by percentile", xUnit: "% of the runs are as quick", yUnit: "ms",
            lines: [LoadPlot.Line(name: "passed", style: "a", points: points)],
            xMarks: marks.compactMap { text in Double(text).map { (-log10(1 - $0 / 100), text) } })
    }

    private func line(_ name: String, _ style: String, _ value: (LoadInterval) -> Double?) -> LoadPlot.Line {
        LoadPlot.Line(
            name: name, style: style,
            points: result.intervals.compactMap { interval in
                value(interval).map { ((interval.startMs + interval.lengthMs / 2) / 1000, $0) }
            })
    }

    private var spans: [LoadPlot.Span] {
        result.intervals.map { interval in
            LoadPlot.Span(
                from: interval.startMs / 1000, to: (interval.startMs + interval.lengthMs) / 1000,
                title: "\(Figures.elapsed(interval.startMs + interval.lengthMs)): \(interval.line)",
                style: interval.isWarmup ? "warmup" : interval.failing.isEmpty ? "" : "failing")
        }
    }
}
