import ArgumentParser
import Expressions
import Glibc
import Reporting
import RunHistory
import ScenarioCompiler

/// Where the history is, and how much of it is told.
struct HistoryOptions: ParsableArguments {
    @Option(
        name: [.customLong("history"), .customLong("file")],
        help: .init(
            """
            The history, a file or postgres://host/database; else what PLUMB_HISTORY names, or '.plumb/history.sqlite' of this \
            folder or the nearest above it.
            """, valueName: "place"))
    var file: String?

    @Option(help: .init("How many of the last runs are looked at.", valueName: "number"))
    var last: Int = 20

    @Option(help: .init("Only runs of this profile.", valueName: "name"))
    var profile: String?

    func validate() throws {
        if !(1...10_000).contains(last) { throw ValidationError("--last takes a number from 1 to 10000") }
    }

    /// Reads the runs; tells why they cannot be read and ends with status 2.
    func read() throws -> KeptHistory {
        do throws(RunHistoryError) {
            let history = try HistoryFile.place(file).open(isWritable: false).last(last, profile: profile)
            if !history.runs.isEmpty { return history }
            Streams.err("error: the history holds no run\(profile.map { " of profile '\($0)'" } ?? "")\n")
        } catch {
            Streams.err("error: \(error)\n" + (error.hint.map { "  = hint: \($0)\n" } ?? ""))
        }
        throw ExitCode.nothingRan
    }
}

/// The history of a project.
enum HistoryFile {
    /// Its path from the configuration's folder.
    static let name = ".plumb/history.sqlite"

    /// Where `PLUMB_HISTORY` says that it is; nil where it says nothing.
    static var fromEnvironment: String? {
        getenv("PLUMB_HISTORY").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The place that was named, or the history of this folder or the nearest above it.
    static func place(_ named: String?) -> HistoryPlace { HistoryPlace(named ?? fromEnvironment ?? nearest) }

    private static var nearest: String {
        var folder = Streams.workingFolder
        while true {
            let path = FilePath.join(folder, name)
            if access(path, R_OK) == 0 { return path }
            let parent = FilePath.parent(folder)
            guard parent != folder, !parent.isEmpty else { return name }
            folder = parent
        }
    }
}

/// `plumb report history`: the last runs.
struct ReportHistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Lists the last runs that '--history' kept.")

    @OptionGroup var options: HistoryOptions

    mutating func run() throws { Streams.out(HistoryText(try options.read()).runs) }
}

/// `plumb report flaky`: tests that pass and fail.
struct ReportFlakyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flaky", abstract: "Lists tests whose verdict changes from run to run, or that needed a retry.")

    @OptionGroup var options: HistoryOptions

    mutating func run() throws { Streams.out(HistoryText(try options.read()).flaky) }
}

/// `plumb report slow`: what takes longest.
struct ReportSlowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slow", abstract: "Lists the tests that take longest, with their times in the last runs.")

    @OptionGroup var options: HistoryOptions

    mutating func run() throws { Streams.out(HistoryText(try options.read()).slow) }
}

/// `plumb report compare`: one run beside another.
struct ReportCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Tells what changed between two runs: broken, mended, slower, faster.",
        discussion: """
            Without runs, the last one is compared with the one before it. A test is slower where it takes half as \
            long again and over 50 ms more.

            Exit status: 0 nothing broke, 1 a test that passed does not any more, 2 there are no such runs.
            """)

    @OptionGroup var options: HistoryOptions

    @Argument(help: .init("The ids of two runs, or of one that is compared with the last.", valueName: "run"))
    var runs: [String] = []

    mutating func run() throws {
        let history = try options.read()
        let last = history.runs.count - 1
        let places: [Int]
        switch runs.count {
        case 0: places = [last - 1, last]
        case 1: places = [try place(runs[0], history), last]
        default: places = [try place(runs[0], history), try place(runs[1], history)]
        }
        guard places[0] >= 0, places[0] != places[1] else {
            Streams.err("error: there is one run only, and nothing to compare it with\n")
            throw ExitCode.nothingRan
        }
        let comparison = history.comparison(of: places[0], with: places[1])
        Streams.out(HistoryText(history).comparison(comparison))
        throw comparison.broken.isEmpty ? ExitCode.success : ExitCode(1)
    }

    func validate() throws {
        if runs.count > 2 { throw ValidationError("two runs are compared, not \(runs.count)") }
    }

    private func place(_ id: String, _ history: KeptHistory) throws -> Int {
        if let place = history.runs.lastIndex(where: { $0.id == id }) { return place }
        Streams.err(
            "error: the last \(history.runs.count) runs hold none of the id '\(id)'\n"
                + "  = hint: 'plumb report history' lists them; --last looks further back\n")
        throw ExitCode.nothingRan
    }
}
