import FoundationEssentials
import PlumbTesting
import Reporting
import ScenarioModel
import Testing

@Suite struct JUnitSchemaTests {
    private static let schemas = ["windyroad-JUnit.xsd", "jenkins-junit-10.xsd"]
    private static let xmllint = "/usr/bin/xmllint"
    private static var canValidate: Bool {
        SharedData.has("data/junit") && FileManager.default.isExecutableFile(atPath: xmllint)
    }

    @Test(.enabled(if: canValidate), arguments: schemas)
    func `the sample run's report is valid`(schema: String) throws {
        try validate(SampleRun.result, schema)
    }

    @Test(.enabled(if: canValidate), arguments: schemas)
    func `reports of no test, of one without a name and of an interrupted run are valid`(schema: String) throws {
        var start = SampleRun.start
        start.started = "yesterday"
        start.seed = "\u{0}\u{FFFF}"
        let end = RunEnd(ms: .nan, isInterrupted: true, status: 130)
        try validate(RunResult(start: start, tests: [], notes: [], end: end), schema)
        let nameless = TestName(index: 0, name: "", file: "", suite: " / ", scenario: "", row: " ")
        let tests = [
            TestResult(test: nameless, verdict: .error, ms: -5), TestResult(test: nameless, verdict: .failed),
            TestResult(test: nameless, verdict: .skipped), TestResult(test: nameless, verdict: .passed, ms: 1e15),
        ]
        try validate(RunResult(start: start, tests: tests, notes: ["\u{B}"], end: end), schema)
    }

    private func validate(_ result: RunResult, _ schema: String) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let report = try folder.write(JUnitReport().render(result), to: "report.xml")
        let path = try #require(SharedData.path("data/junit/\(schema)"))
        let arguments = ["--noout", "--nonet", "--schema", path, report]
        let run = try RunningCommand(Self.xmllint, arguments, environment: [:]).finish()
        #expect(run.exitStatus == 0, "\(run.standardError)")
    }
}
