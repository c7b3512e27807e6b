import Expressions
import PlumbTesting
import Reporting
import ScenarioModel
import Testing

@Suite struct HTMLReportTests {
    private func page(_ result: RunResult, _ change: (inout HTMLReport) -> Void = { _ in }) -> String {
        var report = HTMLReport()
        report.nonce = "0123456789abcdef"
        change(&report)
        return String(decoding: report.render(result), as: UTF8.self)
    }

    /// The content of the page's `script` element with an id.
    private func data(_ id: String, of page: String) throws -> Value {
        let content = try between("<script type=\"application/json\" id=\"\(id)\">", "</script>", in: page)
        return try JSON.parse(String(content)).value
    }

    private func between(_ opening: String, _ closing: String, in page: String) throws -> Substring {
        let start = try #require(page.firstRange(of: opening)).upperBound
        return page[start..<(try #require(page[start...].firstRange(of: closing)).lowerBound)]
    }

    /// A run in which every text that a report shows is what an attacker would send.
    private static let attack = "</script><script>window.evil=1</script><img src=x onerror=window.evil=1>\u{2028}]]>"

    private static let attacked: RunResult = {
        var test = SampleRun.failed
        test.test.name = attack
        test.test.suite = "\"><img src=x onerror=window.evil=1>"
        test.description = attack
        test.tags = [attack, "javascript:window.evil=1"]
        test.reason = attack
        test.steps[0].id = attack
        test.steps[0].name = attack
        test.steps[0].target = attack
        test.steps[0].exchange = .init(
            summary: attack, request: [attack], response: [attack], body: attack, bodyBytes: 4, command: attack,
            timing: .init([(attack, .number(1))]))
        test.steps[0].failures = [
            FailureReport(
                code: attack, verdict: .failed, message: attack, place: SampleRun.falseAssertion.place, name: attack,
                operands: [.init(text: attack, type: attack, value: attack)],
                differences: [.init(path: attack, kind: .value, expected: attack, actual: "x")], hint: attack,
                settings: [attack], notes: [attack])
        ]
        test.steps[0].captures = .init([(attack, .string(attack))])
        test.needs = [need(attack, .failed, of: test.steps[0])]
        var start = SampleRun.start
        start.profile = attack
        start.tests = [test.test]
        return RunResult(start: start, tests: [test], notes: [attack], end: SampleRun.result.end)
    }()

    @Test func `the page is of one file and names no address`() {
        let text = page(SampleRun.result)
        for sign in [" src=", " href=", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML", "eval("] {
            #expect(!text.contains(sign), "\(sign)")
        }
        #expect(text.contains("default-src 'none'; script-src 'nonce-0123456789abcdef'; style-src 'nonce-"))
        #expect(HTMLReport().nonce != HTMLReport().nonce)
    }

    @Test func `each test is in the table and reads back from its own element`() throws {
        let text = page(SampleRun.result)
        let index = try data("index", of: text)
        #expect(index["tests"]?.array?.count == SampleRun.tests.count)
        for (number, test) in SampleRun.tests.enumerated() {
            #expect(index["tests"]?.array?[number].array?.first?.string == test.test.name)
            guard case .testFinished(let read) = try RunEvent(json: data("t\(number)", of: text)) else {
                Issue.record("test \(number) is no result")
                continue
            }
            #expect(read == test)
        }
    }

    @Test func `text from outside ends no element and begins none`() throws {
        let text = page(Self.attacked)
        // The report's own script, the table, and one test.
        #expect(text.ranges(of: "<script").count == 3)
        #expect(text.ranges(of: "</script").count == 3)
        #expect(!text.contains("<img"))
        #expect(!text.contains("\u{2028}"))
        guard case .testFinished(let read) = try RunEvent(json: data("t0", of: text)) else {
            Issue.record("no result")
            return
        }
        #expect(read == Self.attacked.tests[0])
    }

    @Test func `without a script the counts, the suites and the failures can be read`() throws {
        let text = page(SampleRun.result)
        let plain = try between("<noscript>", "</noscript>", in: text)
        for test in SampleRun.tests where test.verdict == .failed || test.verdict == .error {
            #expect(plain.contains(test.test.scenario.prefix(4)), "\(test.test.name)")
        }
        #expect(plain.contains("failed[assert.false]: &#39;one choice&#39;: the comparison is false"))
        #expect(text.contains("<b>3</b> failed"))
        #expect(text.contains("data-suite=\"gateway\""))
    }

    @Test func `details stay within their bytes, and those of failures come first`() throws {
        let run = RunResult(
            start: SampleRun.start, tests: [SampleRun.passed, SampleRun.failed], notes: [], end: SampleRun.result.end)
        var line: [UInt8] = []
        RunEvent.testFinished(SampleRun.failed).appendJSONLine(to: &line)
        let text = page(run) { $0.mostDetailBytes = line.count + 500 }
        #expect(text.contains(#"id="t1""#))
        #expect(!text.contains(#"id="t0""#))
        #expect(try data("index", of: text)["tests"]?.array?.count == 2)
    }

    @Test func `a page of five thousand tests opens in the time of reading it`() throws {
        var tests: [TestResult] = []
        for number in 0..<5000 {
            var test = SampleRun.tests[number % SampleRun.tests.count]
            test.test.index = number
            test.test.name += "#\(number)"
            tests.append(test)
        }
        let run = RunResult(start: SampleRun.start, tests: tests, notes: [], end: SampleRun.result.end)
        let bytes = HTMLReport().render(run)
        // The table comes before any details, so that the list stands while the rest is read.
        let text = String(decoding: bytes.prefix(4 << 20), as: UTF8.self)
        let index = try #require(text.firstRange(of: #"id="index""#)).lowerBound
        let first = try #require(text.firstRange(of: #"id="t1""#)).lowerBound
        #expect(index < first)
        try PageInBrowser.click(through: bytes)
    }

    @Test func `a browser clicks through the sample run, with the runs before it`() throws {
        var report = HTMLReport()
        report.past = Self.past
        try PageInBrowser.click(through: report.render(SampleRun.result))
    }

    /// A scenario that a test was the first to need, with one step.
    private static func need(_ id: String, _ verdict: Verdict, of step: StepReport) -> StepReport {
        var inner = step
        inner.verdict = verdict
        var need = StepReport(id: id, name: nil, kind: "need", place: step.place, verdict: verdict)
        need.startedMs = step.startedMs
        need.ms = step.ms + 5
        need.children = [inner]
        return need
    }

    @Test func `what a test needed is in its part of the page, and a browser finds it`() throws {
        var served = SampleRun.passed
        served.needs = [
            Self.need("session", .passed, of: served.steps[0]), Self.need("users", .passed, of: served.steps[0]),
        ]
        var unserved = SampleRun.skipped
        unserved.reason = "needs login.yaml, whose step 'chat' failed: the comparison is false"
        unserved.needs = [Self.need("session", .failed, of: SampleRun.failed.steps[0])]
        let run = RunResult(start: SampleRun.start, tests: [served, unserved], notes: [], end: SampleRun.result.end)
        let text = page(run)
        #expect(
            try data("t0", of: text)["result"]?["needs"]?.array?.compactMap { $0["id"]?.string } == [
                "session", "users",
            ])
        let failed = try data("t1", of: text)["result"]?["needs"]?.array?.first?["children"]?.array?.first
        #expect(failed?["failures"]?.array?.first?["message"] == "the comparison is false")
        try PageInBrowser.click(through: HTMLReport().render(run))
    }

    /// Runs before the sample's own, with a test that is unsteady.
    private static let past: KeptHistory = {
        var runs: [KeptRun] = []
        var kept: [KeptTest?] = []
        for number in 0..<6 {
            runs.append(
                KeptRun(
                    id: "r\(number)", started: "2026-01-3\(number)T12:00:00Z", version: "1", profile: attack, seed: "s",
                    ms: 4000 + 500 * Double(number), status: 1, passed: 8, failed: number % 3, errors: 0, skipped: 1,
                    flaky: 0))
            let verdict: Verdict = number == 3 ? .failed : .passed
            let test = KeptTest(verdict: verdict, isFlaky: number == 4, ms: 100 * Double(number + 1))
            kept.append(number == 2 ? nil : test)
        }
        var tests: [String: [KeptTest?]] = [:]
        for test in SampleRun.tests { tests[test.test.name] = kept }
        return KeptHistory(runs: runs, tests: tests)
    }()

    @Test func `the runs before it are told, test by test and as a whole`() throws {
        let text = page(SampleRun.result) { $0.past = Self.past }
        let index = try data("index", of: text)
        let row = try #require(index["tests"]?.array?.first?.array)
        let times: Value = [100, 200, nil, nil, 500, 600]
        #expect(row.last?.array == [.string("pp-frp"), times, Value(1)])
        #expect(text.contains("<h2>This run and the 6 runs before it</h2>"))
        #expect(text.contains("2026-01-31T12:00:00Z r1: 8 passed, 1 failed, 1 skipped in 4.5 s"))
        #expect(!page(SampleRun.result).contains("id=\"past\""))
    }

    @Test func `a browser shows an answer of a megabyte, texts from right to left, and names of any length`() throws {
        let words = String(repeating: "שלום עולם 🌍 مرحبا ", count: 12)
        let answer = String(repeating: "token ", count: 170_000)
        var test = SampleRun.failed
        test.test.name = words + String(repeating: "endless", count: 60)
        test.description = words
        test.tags = [words, "smoke"]
        test.steps[0].name = words
        test.steps[0].exchange?.body = answer
        test.steps[0].exchange?.bodyBytes = answer.utf8.count
        test.steps[0].failures[0].operands = [
            .init(text: ".body", type: "string", value: "\"\(answer)\""),
            .init(text: "$expected", type: "string", value: "\"\(words)\""),
        ]
        test.steps[0].failures[0].message = words
        let run = RunResult(start: SampleRun.start, tests: [test], notes: [words], end: SampleRun.result.end)
        try PageInBrowser.click(through: HTMLReport().render(run))
    }

    @Test func `a browser runs nothing that came from outside`() throws {
        try PageInBrowser.click(through: HTMLReport().render(Self.attacked))
    }
}
