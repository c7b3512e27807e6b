import ArgumentParser
import Diagnostics
import Expressions
import Glibc
import Reporting
import ScenarioCompiler
import ScenarioModel
import StepDrivers

/// `plumb run`: runs scenarios and reports.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs scenarios.",
        discussion: """
            Exit status: 0 all passed, 1 a test failed, 2 nothing ran (usage, lint, nothing selected), 3 a test could \
            not be carried out, 130 interrupted; with --watch that of the last run.

            Reports: \(ReportFormat.all.map(\.name).joined(separator: ", ")); written to a temporary file and renamed. \
            \(ReportFormat.all.filter { $0.service != nil }.map(\.name).joined(separator: " and ")) take the URL of a \
            service; one that does not take the report makes a run that passed exit with 3.
            """)

    @OptionGroup var scenarios: ScenarioOptions

    @Option(name: .shortAndLong, help: .init("Tests at a time; else the number of processors.", valueName: "number"))
    var jobs: Int?

    @Flag(help: "Starts no more tests behind the first that fails.")
    var failFast = false

    @Option(help: .init("Runs every test so many times.", valueName: "number"))
    var `repeat`: Int = 1

    @Option(
        help: .init(
            "Only this machine's part of the tests, where several share a run: 2/4 is the second of four.",
            valueName: "part/parts"))
    var shard: String?

    @Flag(help: "Only the tests that did not pass in the last run; with --history, in the last that it keeps.")
    var failed = false

    @Option(
        help: .init(
            "Writes a report, or sends it to a service; '-' is standard output. May be repeated.",
            valueName: "format=path"))
    var report: [String] = []

    @Option(
        help: .init(
            "Trouble on a target or link as long as the run: 'gateway: { latency: 300ms }'. May be repeated.",
            valueName: "fault"))
    var fault: [String] = []

    @Flag(help: "Stays, and runs again what changes, with all that depends on it; Ctrl-C ends it.")
    var watch = false

    mutating func run() throws { throw try request.carryOut() }

    func validate() throws { try request.check() }

    /// What was asked by the words.
    var request: RunRequest {
        RunRequest(
            scenarios: scenarios.request, jobs: jobs, failFast: failFast, repeat: `repeat`, failed: failed,
            report: report, fault: fault, watch: watch, shard: shard)
    }
}
