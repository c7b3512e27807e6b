import ArgumentParser
import RunHistory

/// Scenario files and folders, as all commands take them that read scenarios.
struct ScenarioPaths: ParsableArguments {
    @Argument(
        help: .init("Scenario files and folders.", valueName: "path"), completion: .file(extensions: ["yaml", "yml"]))
    var paths: [String]
}

/// The options of commands that run scenarios.
struct ScenarioOptions: ParsableArguments {
    @OptionGroup var project: ProjectOptions
    @OptionGroup var selection: SelectionOptions

    @Option(
        help: .init(
            "Makes chance repeatable; a new one each time, and told, where it is left out.", valueName: "text"))
    var seed: String?

    @OptionGroup var keeping: KeepingOptions

    @Flag(help: "Lets scenarios start programs with 'exec'.")
    var allowExec = false

    @Flag(name: .shortAndLong, help: "Shows what failed and the summary only.")
    var quiet = false

    @Option(
        name: .customLong("sandbox-break"),
        help: .init(
            "Starts the embedded services broken in this way; 'plumb sandbox --list-breaks' tells which.",
            valueName: "name"))
    var sandboxBreak: [String] = []

    @OptionGroup var scenarios: ScenarioPaths

    /// What was asked by them.
    var request: ScenarioRequest {
        ScenarioRequest(
            project: project.request, selection: selection.request, seed: seed, allowExec: allowExec, quiet: quiet,
            sandboxBreak: sandboxBreak, paths: scenarios.paths, keeping: keeping.request)
    }
}

/// Whether a history keeps what comes of it, and which.
struct KeepingOptions: ParsableArguments {
    @Flag(
        help: """
            Keeps what it came to, for 'plumb report history': in .plumb/history.sqlite, in what PLUMB_HISTORY \
            names, or in a PostgreSQL whose URL follows, postgres://host/database.
            """)
    var history = false

    @Option(
        help: .init(
            "Keeps it there: a URL of PostgreSQL, the name of a target of kind postgres, or a SQLite file.",
            valueName: "place"))
    var historyIn: String?

    @Option(
        help: .init(
            "How many of its kind, runs or loads, the history keeps; older ones are forgotten.", valueName: "number"))
    var historyRuns: Int = KeepingRequest.usual

    /// What was asked by them; nil where nothing is to be kept.
    var request: KeepingRequest? {
        history || historyIn != nil ? KeepingRequest(place: historyIn, most: historyRuns) : nil
    }

    /// The words with an address behind `--history` as an option of its own, since a flag takes no value.
    static func withAddressApart(_ words: some Sequence<String>) -> [String] {
        var apart: [String] = []
        for word in words {
            if HistoryPlace.isServer(word), apart.last == "--history" {
                apart[apart.count - 1] = "--history-in"
            }
            apart.append(word.hasPrefix("--history=") ? "--history-in=" + word.dropFirst("--history=".count) : word)
        }
        return apart
    }
}
