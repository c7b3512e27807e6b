internal import Diagnostics
internal import Expressions
public import ScenarioModel

extension ReportFormat {
    /// A page of one file for people: searched, filtered, opened step by step, without a network.
    public static let html = ReportFormat(
        name: "html", fileExtension: "html", summary: "a page of one file, with search, timings and every exchange"
    ) { sink in
        DocumentReporter(
            sink: sink,
            withHistory: { result, past in
                var report = HTMLReport()
                report.past = past
                return report.render(result)
            })
    }
}

/// Writes a run as one HTML file that reaches for nothing else.
///
/// What it came to, its suites and, without a script, its failures are plain HTML. The list of tests is drawn by a
/// script from one small table; what is known of a test stands in a `script` element of JSON of its own, which is read
/// when the test is opened. Text from outside is escaped here and is never markup there; the page's policy
/// (Content-Security-Policy) lets only the report's own script and style be, by a nonce that nobody could know before.
public struct HTMLReport: Sendable {
    /// What scripts and styles are allowed by; new for each report.
    public var nonce = Self.newNonce()
    /// The runs before this one, oldest first; nil where none are kept.
    public var past: KeptHistory?
    /// The most bytes of tests' details; those of tests that did not pass come first.
    public var mostDetailBytes = 96 << 20
    /// The most suites in the table of suites.
    public var mostSuites = 500
    /// The most failures that are told without a script, and their bytes.
    public var mostPlainFailures = 200
    public var mostPlainBytes = 512 << 10

    /// Creates a writer.
    public init() {}

    /// The document's bytes in UTF-8.
    public func render(_ result: RunResult) -> [UInt8] {
        var bytes = Array(head(result).utf8)
        bytes += HTMLSummary(result: result, past: past, mostSuites: mostSuites).render().utf8
        bytes += plainFailures(result).utf8
        bytes += Self.tools.utf8
        bytes += #"</main><script type="application/json" id="index">"#.utf8
        PageText.appendJSON(index(result).json().utf8, to: &bytes)
        bytes += "</script>\n<script nonce=\"\(nonce)\">\n\"use strict\";\n(() => {\n".utf8
        bytes += Self.script
        bytes += "})();\n</script>\n".utf8
        appendDetails(of: result, to: &bytes)
        bytes += "</body>\n</html>\n".utf8
        return bytes
    }

    private func head(_ result: RunResult) -> String {
        let isGood = result.count(.failed) + result.count(.error) == 0 && !result.end.isInterrupted
        let counts = PageText.escaped(SummaryText().counts(result).plain)
        let mark = isGood ? Marks.unicode.passed : Marks.unicode.failed
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            \(Self.metadata(nonce: nonce))
            <title>\(mark) \(counts)</title>
            <style nonce="\(nonce)">
            \(String(decoding: PackageResources.report_css, as: UTF8.self))</style>
            </head>
            <body>
            <header><h1><span class="\(isGood ? "passed" : "failed")">\(mark)</span> \(counts)</h1>
            <button type="button" id="theme" hidden>colours</button></header>
            <main>

            """
    }

    private func plainFailures(_ result: RunResult) -> String {
        let failed = result.tests.filter { $0.verdict == .failed || $0.verdict == .error }
        guard !failed.isEmpty else { return "" }
        var text = "<noscript><h2>Failures</h2>\n"
        for (number, test) in failed.enumerated() {
            guard number < mostPlainFailures, text.utf8.count < mostPlainBytes else {
                text += "<p>and \(Figures.count(failed.count - number, "more test")) that did not pass</p>\n"
                break
            }
            let full = CutText.prefix(of: FailureText(width: 100).render(test).plain, bytes: 32 << 10)
            text += "<h3>\(PageText.escaped(test.test.name))</h3>\n<pre>"
            text += "\(PageText.escapedVerbatim(String(full)))</pre>\n"
        }
        return text + "</noscript>\n"
    }

    private static let tools = """
        <section id="tests" hidden aria-label="Tests"><h2>Tests</h2>
        <div class="tools" role="search">
        <label class="hidden" for="search">Search names, tags and first failures</label>
        <input id="search" type="search" placeholder="search, or / on the keyboard" autocomplete="off" maxlength="200">
        <label>suite <select id="suite"><option value="">all</option></select></label>
        <label>order <select id="order"><option value="trouble">failed first</option>
        <option value="file">as written</option><option value="slowest">slowest first</option>
        <option value="name">by name</option></select></label>
        <span id="status" role="status"></span></div>
        <p class="keys"><kbd>/</kbd> search, <kbd>j</kbd> <kbd>k</kbd> next and previous test,
        <kbd>Enter</kbd> opens it, <kbd>Esc</kbd> takes the search back</p>
        <ul id="list"></ul></section>

        """

    private static let script =
        PackageResources.theme_js + PackageResources.page_js + PackageResources.difference_js
        + PackageResources.drawing_js
        + PackageResources.plots_js + PackageResources.details_js + PackageResources.list_js

    /// What a page says of itself: its encoding, and a policy that lets nothing but its own script and style be.
    static func metadata(nonce: String) -> String {
        let policy =
            "default-src 'none'; script-src 'nonce-\(nonce)'; style-src 'nonce-\(nonce)'; base-uri 'none'; "
            + "form-action 'none'"
        return """
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            """
    }

    /// A nonce that nobody could know before.
    static func newNonce() -> String {
        var generator = SystemRandomNumberGenerator()
        return String((0..<32).map { _ in "0123456789abcdef".randomElement(using: &generator) ?? "0" })
    }
}
