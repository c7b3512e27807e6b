internal import Diagnostics
internal import Expressions
internal import Glibc
internal import ScenarioModel

/// A load as one page: figures, plots over time, percentiles.
///
/// It loads nothing from anywhere.
struct LoadHTML {
    let result: LoadResult

    /// The whole page.
    var text: String {
        let name = result.start.load ?? result.start.tests.first ?? "load"
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>plumb load \(PageText.escaped(name))</title>
            <style>\(Self.style)</style></head><body><main>
            <h1>\(PageText.escaped(name))</h1>
            <p class="\(result.status == 0 ? "good" : "bad")">\(verdict)</p>
            <p>\(facts)</p>
            \(warning)\(failures)\(figures)\(plots)\(steps)\(comparison)\(samples)
            </main></body></html>

            """
    }

    private var aggregate: Value { result.outcome?.aggregate ?? .null }

    private var verdict: String {
        guard let outcome = result.outcome else { return "no outcome" }
        switch outcome.end {
        case .interrupted: return "interrupted"
        case .crashed: return "could not be carried out"
        case .aborted: return "aborted: a threshold did not hold"
        case .completed:
            let count = outcome.failures.count
            return count == 0 ? "all thresholds hold" : "\(count) threshold\(count == 1 ? "" : "s") did not hold"
        }
    }

    private var facts: String {
        let start = result.start
        let facts: [String?] = [
            "plumb \(start.version)", start.profile.map { "profile \($0)" }, "seed \(start.seed)", start.started,
            start.tests.prefix(20).joined(separator: ", "),
        ]
        return PageText.escaped(facts.compactMap { $0 }.joined(separator: " · "))
    }

    private var warning: String {
        guard let bottleneck = LoadFigures(aggregate: aggregate).bottleneck else { return "" }
        return "<p class=\"bad\">\(PageText.escaped(bottleneck))</p>\n"
    }

    private var failures: String {
        guard let failures = result.outcome?.failures, !failures.isEmpty else { return "" }
        let text = FailureText(width: 100).render(failures).plain
        return "<h2>What did not hold</h2>\n<pre>\(PageText.escapedVerbatim(text))</pre>\n"
    }

    private var samples: String {
        guard let samples = result.outcome?.samples, !samples.isEmpty else { return "" }
        let texts = samples.map { "<pre>\(PageText.escapedVerbatim(FailureText(width: 100).render($0).plain))</pre>" }
        return "<h2>The first runs that did not pass</h2>\n\(texts.joined(separator: "\n"))\n"
    }

    private var figures: String {
        guard aggregate.object != nil else { return "" }
        let counts = ["runs", "passed", "failed", "errors", "skipped", "unfinished", "dropped", "late", "per_second"]
        let heads = counts.map { "<th>\(PageText.escaped($0.replacing("_", with: " ")))</th>" }.joined()
        let cells = counts.map { "<td>\(PageText.escaped(aggregate[$0]?.tostring ?? ""))</td>" }.joined()
        let rows = [("latency", "ms"), ("service", "service_ms"), ("failed", "failed_ms"), ("late by", "lag_ms")]
            .map { Self.row($0.0, aggregate[$0.1]) }.joined()
        return "<h2>Figures</h2>\n<table><tr>\(heads)</tr><tr>\(cells)</tr></table>\n"
            + "<table>\(Self.head("milliseconds"))\(rows)</table>\n"
    }

    private var steps: String {
        let rows = LoadFigures(aggregate: aggregate).steps.map { Self.row($0.id, $0.value["ms"]) }
        return rows.isEmpty
            ? "" : "<h2>Steps</h2>\n<table>\(Self.head("milliseconds"))\(rows.joined())</table>\n"
    }

    private var comparison: String {
        guard let comparison = result.comparison else { return "" }
        let rows = comparison.lines.map { line in
            "<tr><th>\(PageText.escaped(line.measure))</th><td>\(Figures.fixed(line.before, digits: 3))</td>"
                + "<td>\(Figures.fixed(line.after, digits: 3))</td><td>\(line.verdict.rawValue.replacing("_", with: " "))</td>"
                + "<td>\(line.probability.map { Figures.fixed($0, digits: 4) } ?? "too few intervals")</td></tr>"
        }
        return "<h2>Against the baseline of \(PageText.escaped(comparison.baseline))</h2>\n<table><tr><th></th>"
            + "<th>before</th><th>now</th><th></th><th>p</th></tr>\(rows.joined())</table>\n"
    }

    private var plots: String {
        let intervals = result.intervals
        func line(_ name: String, _ style: String, _ value: (LoadInterval) -> Double?) -> LoadPlot.Line {
            LoadPlot.Line(
                name: name, style: style,
                points: intervals.compactMap { interval in
                    value(interval).map { ((interval.startMs + interval.lengthMs / 2) / 1000, $0) }
                })
        }
        let latency = LoadPlot(
            title: "Latency over time", xUnit: "s", yUnit: "ms",
            lines: [
                line("p50", "a") { $0.latencies.percentile(50) }, line("p95", "b") { $0.latencies.percentile(95) },
                line("p99", "c") { $0.latencies.percentile(99) },
            ])
        let throughput = LoadPlot(
            title: "Runs per second", xUnit: "s", yUnit: "/s",
            lines: [
                line("ended", "a") { $0.perSecond },
                line("not passed", "c") { $0.lengthMs > 0 ? Double($0.failed + $0.errors) * 1000 / $0.lengthMs : nil },
                line("dropped", "b") { $0.lengthMs > 0 ? Double($0.dropped) * 1000 / $0.lengthMs : nil },
            ])
        return "<h2>Plots</h2>\n\(latency.html)\n\(throughput.html)\n\(percentiles.html)\n"
    }

    /// Latency by percentile; each step to the right is a tenth of what remains: 90, 99, 99.9 percent.
    private var percentiles: LoadPlot {
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
            title: "Latency by percentile", xUnit: "%", yUnit: "ms",
            lines: [LoadPlot.Line(name: "passed", style: "a", points: points)],
            xMarks: marks.compactMap { text in Double(text).map { (-log10(1 - $0 / 100), text) } })
    }

    private static let columns = ["min", "mean", "p50", "p90", "p95", "p99", "max"]

    private static func head(_ title: String) -> String {
        "<tr><th>\(title)</th>\(columns.map { "<th>\($0)</th>" }.joined())</tr>"
    }

    private static func row(_ title: String, _ value: Value?) -> String {
        let cells = columns.map { name in
            "<td>\(value?[name]?.number.map { Figures.fixed($0, digits: 2) } ?? "")</td>"
        }
        return "<tr><th>\(PageText.escaped(title))</th>\(cells.joined())</tr>"
    }

    private static let style = """
        body{font:15px/1.5 system-ui,sans-serif;margin:0;background:#fff;color:#1c1f23}
        main{max-width:900px;margin:0 auto;padding:24px}h1{font-size:24px}h2{font-size:18px;margin-top:32px}
        table{border-collapse:collapse;margin:12px 0}th,td{padding:3px 12px 3px 0;text-align:right;font-weight:400}
        th:first-child{text-align:left}tr:first-child th{color:#667;border-bottom:1px solid #ccd}
        pre{background:#f5f6f8;padding:12px;overflow-x:auto}.good{color:#17663a;font-weight:600}
        .bad{color:#a3201a;font-weight:600}figure{margin:16px 0}figcaption{font-weight:600}
        svg{width:100%;height:auto}svg text{font-size:11px;fill:#667}.grid{stroke:#e3e5ea}
        polyline{fill:none;stroke-width:1.6}polyline.a{stroke:#1f5fa8}polyline.b{stroke:#c17d10}polyline.c{stroke:#b3261e}
        .key{font-weight:400;margin-left:10px}.key.a{color:#1f5fa8}.key.b{color:#a0660a}.key.c{color:#b3261e}
        @media(prefers-color-scheme:dark){body{background:#14161a;color:#e4e6ea}pre{background:#1e2127}
        .grid{stroke:#2a2e36}.good{color:#58c98a}.bad{color:#ff8a80}}
        """
}
