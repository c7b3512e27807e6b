import ArgumentParser
import Reporting
import ScenarioModel
import ScenarioRuntime
import ScenarioSyntax

/// `plumb load`: runs scenarios many times, by a schedule, and judges the whole.
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Runs scenarios many times, by a schedule, and judges the whole.",
        discussion: """
            What is run comes from 'loads' of the configuration (--load NAME), from the options below, or from both; \
            options win. With --rate arrivals are open: they come by the schedule, whatever the target does. Without, \
            so many users run one after another.

            Exit status: 0 all held, 4 a threshold did not hold, 3 the load could not be carried out, 2 nothing ran \
            (usage, lint, nothing selected), 130 interrupted.

            Reports: \(LoadReportFormat.all.map(\.name).joined(separator: ", ")).
            """)

    @OptionGroup var scenarios: ScenarioOptions
    @OptionGroup var shape: LoadShapeOptions

    @Option(help: .init("How often figures are told and judged.", valueName: "duration"))
    var interval: String = "1s"

    @Option(help: .init("How long runs under way at the end may still take.", valueName: "duration"))
    var drain: String = "30s"

    @Option(
        help: .init(
            "Compares with a stored load: a JSON report, or 'last' for the last that passed; with --history, that it keeps.",
            valueName: "path"))
    var baseline: String?

    @Flag(help: "Makes it a failure to be worse than the baseline.")
    var failWhenWorse = false

    @Option(help: .init("Writes a report; '-' is standard output. May be repeated.", valueName: "format=path"))
    var report: [String] = []

    @Option(
        help: .init(
            "How many event loops share the load, each a process; as many as serve it otherwise.", valueName: "number"
        ))
    var loops: Int?

    mutating func run() throws {
        throw try LoadPreparation(self).carryOut()
    }

    func validate() throws {
        try ReportWords.check(report) { try LoadReportRequest($0).path }
        if failWhenWorse, baseline == nil { throw ValidationError("--fail-when-worse needs --baseline") }
        try shape.check()
        if let loops, !(1...LoopChoice.most).contains(loops) {
            throw ValidationError("--loops takes a number from 1 to \(LoopChoice.most)")
        }
        let interval = try Self.duration(interval, "--interval")
        guard interval >= .milliseconds(100) else { throw ValidationError("--interval takes 100ms or more") }
        _ = try Self.duration(drain, "--drain")
        try scenarios.request.check()
    }

    /// Reads the duration of an option, above zero.
    static func duration(_ text: String, _ option: String) throws -> Duration {
        guard let duration = DurationText.parse(text), duration > .zero else {
            throw ValidationError("\(option) takes a duration above 0, such as 5s, not '\(text)'")
        }
        return duration
    }
}

/// The shape of a load on the command line.
struct LoadShapeOptions: ParsableArguments {
    @Option(help: .init("A load of the configuration's 'loads'.", valueName: "name"))
    var load: String?

    @Option(help: .init("Arrivals, such as 200/s, whether or not earlier runs are done.", valueName: "rate"))
    var rate: String?

    @Option(help: .init("Users that run one after another; with --rate, the most runs in flight.", valueName: "number"))
    var users: Int?

    @Option(help: .init("How long runs are started.", valueName: "duration"))
    var duration: String?

    @Option(help: .init("How many runs there are, in place of a duration.", valueName: "number"))
    var times: Int?

    @Option(help: .init("The time at the beginning that is not counted.", valueName: "duration"))
    var warmup: String?

    @Option(help: .init("The pause of a user between two runs.", valueName: "duration"))
    var think: String?

    @Option(help: .init("How arrivals are spread: even or poisson.", valueName: "word"))
    var spacing: String?

    @Option(help: .init("How many runs must pass: a count, or a share such as 99%.", valueName: "number"))
    var pass: String?

    @Option(help: .init("How many arrivals may find no room: a count, or a share.", valueName: "number"))
    var allowDropped: String?

    @Option(
        name: .customLong("assert"),
        help: .init("What must hold of the aggregate, such as '.ms.p95 < 200'. May be repeated.", valueName: "jq"))
    var assertions: [String] = []

    @Flag(help: "Ends the load at the first interval in which an assertion does not hold.")
    var abort = false

    /// Refuses what can mean nothing.
    func check() throws {
        if let rate, QuantityText.parseRate(rate) == nil {
            throw ValidationError("--rate takes a rate up to 1000000/s, such as 200/s, not '\(rate)'")
        }
        if let users, !(1...Repetition.mostParallel).contains(users) {
            throw ValidationError("--users takes a number from 1 to \(Repetition.mostParallel)")
        }
        if let times, times < 1 { throw ValidationError("--times takes a number above 0") }
        if times != nil, duration != nil { throw ValidationError("--times and --duration exclude one another") }
        if rate != nil, think != nil { throw ValidationError("--think belongs to users, and not to --rate") }
        if rate == nil, load == nil, spacing != nil { throw ValidationError("--spacing belongs to --rate") }
        if let duration { _ = try LoadCommand.duration(duration, "--duration") }
        if let warmup { _ = try LoadCommand.duration(warmup, "--warmup") }
        if let think { _ = try LoadCommand.duration(think, "--think") }
        if let spacing, Repetition.Spacing(rawValue: spacing) == nil {
            throw ValidationError("--spacing takes even or poisson, not '\(spacing)'")
        }
        for (option, text) in [("--pass", pass), ("--allow-dropped", allowDropped)] {
            guard let text, Repetition.Pass(written: text) == nil else { continue }
            throw ValidationError("\(option) takes a count, or a share such as 99%, not '\(text)'")
        }
        if abort, load == nil, assertions.isEmpty {
            throw ValidationError("--abort ends a load where something does not hold: say what with --assert")
        }
        if load == nil, duration == nil, times == nil {
            throw ValidationError("nothing says how long this goes on: give --load, --duration or --times")
        }
        if load == nil, rate == nil, users == nil {
            throw ValidationError("nothing says how much there is to do: give --load, --rate or --users")
        }
    }
}
