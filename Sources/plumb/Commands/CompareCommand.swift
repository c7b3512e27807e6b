import ArgumentParser
import Reporting
import RunHistory
import ScenarioModel

/// `plumb report compare`: one run, or one load, beside another.
struct ReportCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Tells what changed between two runs or two loads: broken, mended, slower, faster.",
        discussion: """
            Without ids, the last run is compared with the one before it. A test is slower where it takes half as \
            long again and over 50 ms more. Loads are compared by the statistical test of '--baseline'.

            Exit status: 0 nothing broke, 1 a test that passed does not any more, or a load is worse, 2 there are no \
            such runs.
            """)

    @OptionGroup var options: HistoryOptions

    @Argument(
        help: .init(
            "The ids of two runs or two loads, or of one that is compared with the last of its kind.", valueName: "id"))
    var runs: [String] = []

    mutating func run() throws {
        let history = try options.read(alsoLoads: true)
        let loads = try loads(history)
        if let loads { throw try compare(loads) }
        let last = history.runs.count - 1
        let places: [Int]
        switch runs.count {
        case 0: places = [last - 1, last]
        case 1: places = [try place(runs[0], history), last]
        default: places = [try place(runs[0], history), try place(runs[1], history)]
        }
        guard places[0] >= 0, places[0] != places[1] else {
            throw StoredReport.refused(
                last < 0
                    ? "there is no run, and nothing to compare"
                    : "there is one run only, and nothing to compare it with",
                "keep more with 'plumb run --history'; loads are compared by their ids, which 'plumb report history' lists"
            )
        }
        let comparison = history.comparison(of: places[0], with: places[1])
        Streams.out(HistoryText(history).comparison(comparison))
        throw comparison.broken.isEmpty ? ExitCode.success : ExitCode(1)
    }

    func validate() throws {
        if runs.count > 2 { throw ValidationError("two runs or two loads are compared, not \(runs.count)") }
    }

    private func place(_ id: String, _ history: KeptHistory) throws -> Int {
        if let place = history.runs.lastIndex(where: { $0.id == id }) { return place }
        throw StoredReport.refused(
            "no run and no load of the last ones has the id '\(id)'",
            "'plumb report history' lists them; --last looks further back")
    }

    // MARK: Loads

    /// The loads that are named, the earlier first as it was asked; nil where none of the ids is a load's.
    private func loads(_ history: KeptHistory) throws -> (before: KeptLoad, after: KeptLoad)? {
        let known = runs.map { id in history.loads.last { $0.id == id } }
        guard let first = known.compactMap({ $0 }).first else { return nil }
        if let other = zip(runs, known).first(where: { $0.1 == nil })?.0 {
            throw StoredReport.refused(
                "'\(first.id)' is a load, and '\(other)' is none of the last \(history.loads.count) loads",
                "'plumb report history' lists them; --last looks further back")
        }
        let last = history.loads.last { $0.identity == first.identity }
        guard let second = known.count > 1 ? known[1] : last, second.id != first.id else {
            throw StoredReport.refused(
                "there is no later load of '\(first.name)' to compare '\(first.id)' with", "name two loads by their ids"
            )
        }
        return (first, second)
    }

    /// Tells how two loads compare; returns the status to end with.
    private func compare(_ loads: (before: KeptLoad, after: KeptLoad)) throws -> ExitCode {
        let found = try options.ask { history throws(RunHistoryError) in
            (before: try history.load(.named(loads.before.id)), after: try history.load(.named(loads.after.id)))
        }
        guard let before = found.before, let after = found.after else {
            throw StoredReport.refused("a newer plumb kept these loads in another form", "use a newer plumb")
        }
        if loads.before.identity != loads.after.identity {
            Streams.err("note: they differ in scenarios, profile, name, rate or users\n")
        }
        let comparison = LoadComparison(baseline: before, current: after)
        Streams.out(HistoryText.comparison(comparison, of: before.start, with: after.start))
        return comparison.verdict == .worse ? ExitCode(1) : .success
    }
}
