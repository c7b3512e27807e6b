internal import Diagnostics
internal import Expressions
internal import Glibc
internal import ScenarioModel

/// A load as one page: what it came to, figures, plots over time, percentiles.
///
/// It loads nothing from anywhere, and needs no script: the only one it has lets a button choose the colours. Style and
/// policy are those of a run's page.
struct LoadHTML {
    let result: LoadResult
    /// What the script and the style are allowed by; new for each report.
    var nonce = HTMLReport.newNonce()

    /// The whole page.
    var text: String {
        let name = result.start.load ?? result.start.tests.first ?? "load"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            \(HTMLReport.metadata(nonce: nonce))
            <title>\(mark) \(PageText.escaped(name)): \(verdict)</title>
            <style nonce="\(nonce)">
            \(String(decoding: PackageResources.report_css, as: UTF8.self))</style>
            </head>
            <body>
            <header><h1><span class="\(isGood ? "passed" : "failed")">\(mark)</span> \(PageText.escaped(name))</h1>
            <button type="button" id="theme" hidden>colours</button></header>
            <main class="load">
            <p class="verdict-line \(isGood ? "passed" : "failed")">\(verdict)</p>
            \(counts)<p class="facts">\(facts)</p>
            \(warning)\(notes)\(failures)\(figures)\(plots)\(steps)\(comparison)\(samples)</main>
            <script nonce="\(nonce)">
            "use strict";
            (() => {
            \(String(decoding: PackageResources.theme_js, as: UTF8.self))chooseTheme();
            })();
            </script>
            </body>
            </html>

            """
    }

    private var aggregate: Value { result.outcome?.aggregate ?? .null }
    private var isGood: Bool { result.status == 0 }
    private var mark: String { isGood ? Marks.unicode.passed : Marks.unicode.failed }

    private var verdict: String {
        guard let outcome = result.outcome else { return "no outcome" }
        switch outcome.end {
        case .interrupted: return "interrupted"
        case .crashed: return "could not be carried out"
        case .aborted: return "aborted: a threshold did not hold"
        case .completed:
            let count = outcome.failures.count
            return count == 0 ? "all thresholds hold" : "\(Figures.count(count, "threshold")) did not hold"
        }
    }

    private var counts: String {
        guard aggregate.object != nil else { return "" }
        let figures = LoadFigures(aggregate: aggregate)
        let seconds = result.counted.reduce(0) { $0 + $1.lengthMs } / 1000
        let parts = [
            ("failed", "failed", figures.count("failed")), ("error", "errors", figures.count("errors")),
            ("passed", "passed", figures.count("passed")), ("skipped", "skipped", figures.count("skipped")),
            ("flaky", "dropped", figures.count("dropped")), ("flaky", "late", figures.count("late")),
            ("flaky", "unfinished", figures.count("unfinished")),
        ]
        var items = "<li class=\"figure\"><b>\(Figures.grouped(figures.count("runs")))</b> runs in "
        items += "\(Figures.fixed(seconds, digits: 1)) s, "
        items += "<b>\(Figures.fixed(figures.number("per_second") ?? 0, digits: 1))</b> a second</li>"
        for (style, title, count) in parts where count > 0 || title == "passed" || title == "failed" {
            items +=
                "<li class=\"figure \(count > 0 ? style : "skipped")\"><b>\(Figures.grouped(count))</b> \(title)</li>"
        }
        return "<ul class=\"counts\" aria-label=\"Runs\">\(items)</ul>\n"
    }

    private var facts: String {
        let start = result.start
        let facts: [String?] = [
            start.profile.map { "profile \($0)" }, "seed \(start.seed)", start.started,
            start.tests.prefix(20).joined(separator: ", "), "plumb \(start.version)",
        ]
        return PageText.escaped(facts.compactMap { $0 }.joined(separator: " · "), cells: 2000)
    }

    private var warning: String {
        guard let bottleneck = LoadFigures(aggregate: aggregate).bottleneck else { return "" }
        return "<p class=\"note\">\(PageText.escaped(bottleneck))</p>\n"
    }

    private var notes: String {
        result.notes.prefix(50).map { "<p class=\"note\">\(PageText.escaped($0))</p>\n" }.joined()
    }

    private var failures: String {
        guard let failures = result.outcome?.failures, !failures.isEmpty else { return "" }
        let text = FailureText(width: 100).render(failures).plain
        return "<section><h2>What did not hold</h2>\n<pre>\(PageText.escapedVerbatim(text))</pre></section>\n"
    }

    private var samples: String {
        guard let samples = result.outcome?.samples, !samples.isEmpty else { return "" }
        let texts = samples.map { "<pre>\(PageText.escapedVerbatim(FailureText(width: 100).render($0).plain))</pre>" }
        return "<section><h2>The first runs that did not pass</h2>\n\(texts.joined(separator: "\n"))</section>\n"
    }

    private var figures: String {
        guard aggregate.object != nil else { return "" }
        let rows = [
            ("latency", "ms"), ("service alone", "service_ms"), ("of those that did not pass", "failed_ms"),
            ("started late by", "lag_ms"),
        ].compactMap { title, key in aggregate[key]?.object == nil ? nil : Self.row(title, aggregate[key]) }
        var text = "<section><h2>Figures</h2>\n\(Self.table("", rows))"
        let kinds = LoadFigures(aggregate: aggregate).errorKinds.prefix(20)
        if !kinds.isEmpty {
            text += "<table><thead><tr><th scope=\"col\">cause</th><th scope=\"col\" class=\"number\">runs</th></tr>"
            text += "</thead><tbody>\n"
            for (kind, count) in kinds {
                text += "<tr><td><code>\(PageText.escaped(kind))</code></td>"
                text += "<td class=\"number\">\(Figures.grouped(count))</td></tr>\n"
            }
            text += "</tbody></table>\n"
        }
        return text + "</section>\n"
    }

    private var steps: String {
        let rows = LoadFigures(aggregate: aggregate).steps.map { Self.row($0.id, $0.value["ms"]) }
        return rows.isEmpty ? "" : "<section><h2>Steps</h2>\n\(Self.table("step", rows))</section>\n"
    }

    private var comparison: String {
        guard let comparison = result.comparison else { return "" }
        var text = "<section><h2>Against the baseline of \(PageText.escaped(comparison.baseline))</h2>\n"
        text += "<table><thead><tr><th scope=\"col\">measure</th>"
        for title in ["before", "now", "change", "p"] {
            text += "<th scope=\"col\" class=\"number\">\(title)</th>"
        }
        text += "</tr></thead><tbody>\n"
        for line in comparison.lines {
            let style = line.verdict == .worse ? "failed" : line.verdict == .better ? "passed" : "skipped"
            let cells = [
                Figures.fixed(line.before, digits: 2), Figures.fixed(line.after, digits: 2),
                "<span class=\"\(style)\">\(line.verdict.rawValue.replacing("_", with: " "))</span>",
                line.probability.map { Figures.fixed($0, digits: 4) } ?? "too few intervals",
            ]
            text += "<tr><th scope=\"row\">\(PageText.escaped(line.measure))</th>"
            text += cells.map { "<td class=\"number\">\($0)</td>" }.joined() + "</tr>\n"
        }
        return text + "</tbody></table></section>\n"
    }

    private var plots: String {
        let plots = [LoadPlots(result).latency, LoadPlots(result).throughput, LoadPlots(result).percentiles]
        return "<section class=\"plots\"><h2>Plots</h2>\n\(plots.map(\.html).joined(separator: "\n"))</section>\n"
    }

    private static let columns = ["min", "mean", "p50", "p90", "p95", "p99", "max"]

    private static func table(_ title: String, _ rows: [String]) -> String {
        let heads = columns.map { "<th scope=\"col\" class=\"number\">\($0)</th>" }.joined()
        return "<div class=\"wide\"><table><thead><tr><th scope=\"col\">\(title)</th>\(heads)</tr></thead>\n<tbody>\n"
            + "\(rows.joined())</tbody></table></div>\n"
    }

    private static func row(_ title: String, _ value: Value?) -> String {
        let cells = columns.map { name in
            "<td class=\"number\">\(value?[name]?.number.map { Figures.duration($0) } ?? "")</td>"
        }
        return "<tr><th scope=\"row\">\(PageText.escaped(title))</th>\(cells.joined())</tr>\n"
    }
}
