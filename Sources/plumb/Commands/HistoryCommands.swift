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

    @Option(help: .init("How many of the last runs, and loads, are looked at.", valueName: "number"))
    var last: Int = 20

    @Option(help: .init("Only runs and loads of this profile.", valueName: "name"))
    var profile: String?

    func validate() throws {
        if !(1...10_000).contains(last) { throw ValidationError("--last takes a number from 1 to 10000") }
    }

    /// Reads the runs; tells why they cannot be read, or that there are none, and ends with status 2.
    ///
    /// With `alsoLoads` loads alone are something to tell of.
    func read(alsoLoads: Bool = false) throws -> KeptHistory {
        let history = try ask { history throws(RunHistoryError) in try history.last(last, profile: profile) }
        if !history.runs.isEmpty || alsoLoads && !history.loads.isEmpty { return history }
        let words = alsoLoads ? "run and no load" : "run"
        Streams.err("error: the history holds no \(words)\(profile.map { " of profile '\($0)'" } ?? "")\n")
        throw ExitCode.nothingRan
    }

    /// Asks the history; tells why it cannot be read and ends with status 2.
    func ask<Answer>(_ body: (any RunHistory) throws(RunHistoryError) -> Answer) throws -> Answer {
        do throws(RunHistoryError) {
            return try body(try HistoryFile.place(file).open(isWritable: false))
        } catch {
            Streams.err("error: \(error)\n" + (error.hint.map { "  = hint: \($0)\n" } ?? ""))
            throw ExitCode.nothingRan
        }
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

/// `plumb report history`: the last runs and loads.
struct ReportHistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Lists the last runs and loads that '--history' kept.")

    @OptionGroup var options: HistoryOptions

    mutating func run() throws { Streams.out(HistoryText(try options.read(alsoLoads: true)).runs) }
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
