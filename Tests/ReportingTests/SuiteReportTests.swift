import Expressions
import PlumbTesting
import Reporting
import ScenarioModel
import Testing

@Suite struct SuiteReportTests {
    private func test(_ scenario: String, row: String? = nil, _ verdict: Verdict, suite: String = "a/b") -> TestResult {
        TestResult(
            test: TestName(
                index: 0, name: "\(suite)/\(scenario)", file: "\(scenario).yaml", suite: suite, scenario: scenario,
                row: row),
            verdict: verdict, ms: 5)
    }

    private func verdict(
        _ tests: [TestResult], named: [String]? = nil, missing: [String] = [], isInterrupted: Bool = false
    ) throws -> SuiteVerdict {
        var start = SampleRun.start
        start.tests = tests.map(\.test)
        start.suites = named.map { [ConfiguredSuite(suite: "a/b", scenarios: $0, missing: missing)] } ?? []
        let end = RunEnd(ms: 10, isInterrupted: isInterrupted, status: 0)
        return try #require(SuiteVerdict.all(of: RunResult(start: start, tests: tests, notes: [], end: end)).first)
    }

    @Test func `a suite is valid when all of its configured scenarios passed`() throws {
        let verdict = try verdict([test("x", .passed), test("y", .passed)], named: ["x", "y"])
        #expect(verdict.isValid)
        #expect(verdict.coverage.share == 1)
        #expect(SuiteReport.line(verdict) == "a/b valid: true")
    }

    @Test func `a failure, an error, a skip, a scenario that did not run and an interrupt each make it invalid`() throws
    {
        #expect(try !verdict([test("x", .failed)], named: ["x"]).isValid)
        #expect(try !verdict([test("x", .error)], named: ["x"]).isValid)
        #expect(try !verdict([test("x", .skipped)], named: ["x"]).isValid)
        #expect(try !verdict([test("x", .passed)], named: ["x", "y"]).isValid)
        #expect(try !verdict([test("x", .passed)], named: ["x"], isInterrupted: true).isValid)
        let line = SuiteReport.line(try verdict([test("x", .passed)], named: ["x", "y"], missing: ["y"]))
        #expect(line == "a/b valid: false (1 of 2 configured scenarios passed; 'y' has no file)")
    }

    @Test func `more than 95 in a hundred configured scenarios must pass`() throws {
        let names = (0..<40).map { "s\($0)" }
        func share(_ passed: Int) throws -> Bool {
            try verdict(names.enumerated().map { test($1, $0 < passed ? .passed : .skipped) }, named: names).isValid
        }
        #expect(try share(39))
        #expect(try !share(38))
    }

    @Test func `a scenario passes when no row of it failed and one ran`() throws {
        let rows = [test("x", row: "1", .passed), test("x", row: "2", .skipped)]
        #expect(try verdict(rows, named: ["x"]).coverage.passed == 1)
        let failed = try verdict(rows + [test("x", row: "3", .failed)], named: ["x"])
        #expect(failed.coverage.run == 1)
        #expect(failed.coverage.passed == 0)
    }

    @Test func `without a list, what ran is what is asked for`() throws {
        let verdict = try verdict([test("x", .passed), test("x", row: "2", .passed), test("y", .passed)])
        #expect(verdict.coverage.named == ["x", "y"])
        #expect(verdict.isValid)
    }

    @Test func `connections and repetitions are counted wherever they stand`() throws {
        let suites = SuiteVerdict.all(of: SampleRun.result)
        let gateway = try #require(suites.first { $0.suite == "gateway" })
        #expect(gateway.connectivity.map { "\($0.target) \($0.steps) \($0.errors)" } == ["gateway 2 0"])
        let load = try #require(suites.first { $0.suite == "load" })
        #expect(load.load.map(\.summary) == ["98/100 passed, p95 412 ms"])
        #expect(load.load.first?.figures["p95"] == 412.25)
        #expect(load.load.allSatisfy { $0.isHeld })
        #expect(load.performance.isEmpty)
    }

    @Test func `a repetition counts for its connection with all of its runs`() throws {
        var repeated = StepReport(
            id: "burst", name: nil, kind: "http",
            place: SampleRun.falseAssertion.place
                ?? .init(
                    file: "x.yaml", line: 1, column: 1, endColumn: 2, text: "x"), verdict: .error)
        repeated.target = "gateway"
        repeated.aggregate = ["runs": 20, "passed": 17, "failed": 1, "errors": 2]
        var sample = repeated
        sample.id = "burst[3]"
        sample.aggregate = nil
        repeated.children = [sample, sample]
        var none = repeated
        none.aggregate = ["runs": 0, "passed": 0, "failed": 0, "errors": 0]
        none.children = []
        var test = test("x", .error)
        test.steps = [repeated, none]
        var need = sample
        need.kind = "need"
        need.target = nil
        need.children = [sample]
        test.needs = [need]
        let connectivity = try verdict([test]).connectivity
        #expect(connectivity.map { "\($0.target) \($0.steps) \($0.errors)" } == ["gateway 22 4"])
    }

    @Test func `scenarios elsewhere that are named after an integration count for it, not those of other integrations`()
        throws
    {
        func verdict(_ verdict: Verdict) throws -> SuiteVerdict {
            let tests = [
                test("x", .passed, suite: "a/pool"), test("pool", verdict, suite: "load_tests"),
                test("pool", .failed, suite: "a/other"),
            ]
            var start = SampleRun.start
            start.tests = tests.map(\.test)
            start.suites = [
                ConfiguredSuite(suite: "a/pool", scenarios: ["x"]),
                ConfiguredSuite(suite: "a/other", scenarios: ["pool"]),
            ]
            let end = RunEnd(ms: 10, isInterrupted: false, status: 0)
            let all = SuiteVerdict.all(of: RunResult(start: start, tests: tests, notes: [], end: end))
            return try #require(all.first { $0.suite == "a/pool" })
        }
        #expect(try verdict(.passed).isValid)
        #expect(try verdict(.passed).elsewhere.map { "\($0.test) \($0.verdict)" } == ["load_tests/pool passed"])
        #expect(try SuiteReport.line(verdict(.failed)) == "a/pool valid: false ('load_tests/pool' failed)")
        #expect(try verdict(.skipped).isValid)
    }

    @Test func `a report that a history keeps reads back as it was`() throws {
        let report = SuiteReport(SampleRun.result)
        let read = try #require(SuiteReport(record: report.record))
        for format in SuiteReport.Format.allCases { #expect(read.render(format) == report.render(format)) }
        #expect(SuiteReport(record: "{}") == nil)
        #expect(SuiteReport(record: "nonsense") == nil)
    }

    @Test(arguments: SuiteReport.Format.allCases)
    func `the report of the sample run is as recorded`(format: SuiteReport.Format) throws {
        try expectGolden(SuiteReport(SampleRun.result).render(format), "suites.\(format.rawValue)")
    }
}
