public import ArgumentParser
import Expressions
import Glibc
public import Reporting
import RunHistory
import ScenarioCompiler
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
        help: .init(
            "The JSON report to read; '-' is standard input, 'history' the last run kept, 'history:ID' another one.",
            valueName: "path"))
    var from: String = "reports/report.json"

    @Option(help: .init("\(SuiteReport.Format.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "format"))
    var format: SuiteReport.Format = .text

    mutating func run() throws {
        // Not in 'validate', which is asked before a subcommand too.
        guard suites else { throw ValidationError("say what to report: --suites, history, flaky, slow or compare") }
        let report =
            from == "history" || from.hasPrefix("history:")
            ? try Self.kept(from.split(separator: ":", maxSplits: 1).dropFirst().first.map(String.init))
            : SuiteReport(try StoredReport.read(from))
        Streams.out(report.render(format))
        throw report.isValid ? ExitCode.success : ExitCode(1)
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

/// A run as a JSON report keeps it.
enum StoredReport {
    /// What a report may have at most, in bytes.
    private static let limit = 1 << 30

    /// Reads a report; tells what is wrong with it and ends with status 2 where it is none.
    static func read(_ path: String) throws -> RunResult {
        do {
            let bytes = path == "-" ? try standardInput() : try DiskFiles().read(path, limit: limit)
            return try RunResult(json: JSON.parse(bytes).value)
        } catch let error as ResultFormatError {
            fail("'\(path)' is no report of plumb: \(error)", "write one: plumb run --report json=\(path)")
        } catch let error as JSONError {
            fail("'\(path)' is no JSON: \(error)", "write one: plumb run --report json=\(path)")
        } catch {
            fail("'\(path)' cannot be read: \(error)", "write one: plumb run --report json=\(path)")
        }
        throw ExitCode.nothingRan
    }

    private static func fail(_ message: String, _ hint: String) {
        Streams.err("error: \(message)\n  = hint: \(hint)\n")
    }

    private static func standardInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = Glibc.read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
