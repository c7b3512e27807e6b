public import ArgumentParser
public import Reporting
import RunHistory
import ScenarioModel

/// `plumb report`: says more of a run that has ended.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Says which suites of a run are valid, and what changed over the last runs.",
        discussion: """
            It reads what 'plumb run --report json=PATH' wrote, or what 'plumb run --history' kept: PLUMB_HISTORY names \
            another history than the project's own. A suite is valid when none of its tests failed, and \
            more than 95 % of the scenarios that 'test_scenarios' names ran and passed.

            Exit status: 0 all are valid, 1 one is not, 2 there is no such report.
            """,
        subcommands: [
            ReportHistoryCommand.self, ReportFlakyCommand.self, ReportSlowCommand.self, ReportCompareCommand.self,
        ])

    @Flag(help: "The verdict of each suite, with coverage, connectivity, performance and load.")
    var suites = false

    @Option(
        parsing: .upToNextOption,
        help: .init(
            "The JSON report of a run, and any number of those of loads that count with it; '-' is standard input, "
                + "'history' the last run kept, 'history:ID' another one.",
            valueName: "path"))
    var from: [String] = ["reports/report.json"]

    @Option(help: .init("\(SuiteReport.Format.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "format"))
    var format: SuiteReport.Format = .text

    mutating func run() throws {
        // Not in 'validate', which is asked before a subcommand too.
        guard suites else {
            throw StoredReport.refused(
                "say what to report: --suites, history, flaky, slow or compare",
                "'plumb report --help' tells of each; 'plumb report --suites' of the last run's suites")
        }
        var report: SuiteReport?
        var loads: [(path: String, load: LoadResult)] = []
        for path in from {
            let found: SuiteReport
            if path == "history" || path.hasPrefix("history:") {
                found = try Self.kept(path.split(separator: ":", maxSplits: 1).dropFirst().first.map(String.init))
            } else {
                switch try StoredReport.read(path) {
                case .run(let result): found = SuiteReport(result)
                case .load(let load):
                    loads.append((path, load))
                    continue
                }
            }
            guard report == nil else {
                throw StoredReport.refused(
                    "'\(path)' is a second run, and verdicts are those of one",
                    "name one run and any number of loads")
            }
            report = found
        }
        guard var report else {
            throw StoredReport.refused(
                "loads alone say nothing of suites", "name the report of a run too: --from RUN.json LOAD.json")
        }
        for (path, load) in loads { try Self.count(load, of: path, in: &report) }
        Streams.out(report.render(format))
        throw report.isValid ? ExitCode.success : ExitCode(1)
    }

    /// Counts a load for its suites; tells where it has none and ends with status 2.
    private static func count(_ load: LoadResult, of path: String, in report: inout SuiteReport) throws {
        switch report.count(load) {
        case .counted: return
        case .ofNoSuite:
            let names = load.start.tests.prefix(3).joined(separator: ", ")
            throw StoredReport.refused(
                "'\(path)' is a load of '\(names)', of which no suite of the run is",
                "report a run of its folder, or of the integration that it is named after")
        case .ofOtherProfile:
            throw StoredReport.refused(
                "'\(path)' is a load in \(load.start.profile.map { "profile '\($0)'" } ?? "no profile"), and the run was in another",
                "run both with the same '--profile'")
        }
    }

    /// The suites of a run that the history keeps, of the last one without an id; tells where there is none and ends
    /// with status 2.
    private static func kept(_ run: String?) throws -> SuiteReport {
        do throws(RunHistoryError) {
            let record = try HistoryFile.place(nil).open(isWritable: false).suites(of: run, profile: nil)
            if let report = record.flatMap({ SuiteReport(record: $0) }) { return report }
            Streams.err(
                "error: the history keeps no suites of \(run.map { "a run '\($0)'" } ?? "a last run")\n"
                    + "  = hint: 'plumb report history' lists the runs; those of older versions have no suites\n")
        } catch {
            Streams.err("error: \(error)\n" + (error.hint.map { "  = hint: \($0)\n" } ?? ""))
        }
        throw ExitCode.nothingRan
    }
}

extension SuiteReport.Format: ExpressibleByArgument {}
