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
            not be carried out, 130 interrupted.

            Reports: \(ReportFormat.all.map(\.name).joined(separator: ", ")); written to a temporary file and renamed.
            """)

    @OptionGroup var project: ProjectOptions
    @OptionGroup var selection: SelectionOptions

    @Option(name: .shortAndLong, help: .init("Tests at a time; else the number of processors.", valueName: "number"))
    var jobs: Int?

    @Option(
        help: .init(
            "Makes chance repeatable; a new one for each run, and told, where it is left out.", valueName: "text"))
    var seed: String?

    @Flag(help: "Starts no more tests behind the first that fails.")
    var failFast = false

    @Option(help: .init("Runs every test so many times.", valueName: "number"))
    var `repeat`: Int = 1

    @Flag(help: "Only the tests that did not pass in the last run.")
    var failed = false

    @Option(help: .init("Writes a report; '-' is standard output. May be repeated.", valueName: "format=path"))
    var report: [String] = []

    @Option(
        help: .init(
            "Trouble on a target or link as long as the run: 'gateway: { latency: 300ms }'. May be repeated.",
            valueName: "fault"))
    var fault: [String] = []

    @Flag(help: "Lets scenarios start programs with 'exec'.")
    var allowExec = false

    @Flag(name: .shortAndLong, help: "Shows failures and the summary only.")
    var quiet = false

    @Option(
        name: .customLong("sandbox-break"),
        help: .init(
            "Starts the embedded services broken in this way; 'plumb sandbox --list-breaks' tells which.",
            valueName: "name"))
    var sandboxBreak: [String] = []

    @Argument(
        help: .init("Scenario files and folders.", valueName: "path"), completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String]

    mutating func run() throws {
        let runner = try RunPreparation(self)
        throw try runner.carryOut()
    }

    func validate() throws {
        if let jobs, !(1...1000).contains(jobs) { throw ValidationError("--jobs takes a number from 1 to 1000") }
        if !(1...10_000).contains(self.repeat) { throw ValidationError("--repeat takes a number from 1 to 10000") }
        var paths: Set<String> = []
        for text in report {
            let path = try ReportRequest(text).path
            guard paths.insert(path).inserted else {
                throw ValidationError("two reports cannot both go to '\(path)': give each a path of its own")
            }
        }
        _ = try Project.variables(selection.variables)
        _ = try Project.flags(selection)
    }
}

/// `FORMAT=PATH` of `--report`.
struct ReportRequest {
    let format: ReportFormat
    let path: String

    init(_ text: String) throws {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let names = ReportFormat.all.map(\.name)
        guard let format = ReportFormat.named(parts[0]) else {
            let near = NearestName.of(parts[0], in: names).map { "; did you mean '\($0)'?" } ?? ""
            throw ValidationError(
                "there is no report format '\(parts[0])': use \(names.joined(separator: ", "))\(near)")
        }
        guard parts.count == 2, !parts[1].isEmpty else {
            throw ValidationError(
                "--report takes FORMAT=PATH, such as \(format.name)=reports/run.\(format.fileExtension)")
        }
        self.format = format
        path = parts[1]
    }
}
