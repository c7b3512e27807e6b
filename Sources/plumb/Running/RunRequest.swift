import ArgumentParser

/// What `plumb run` was asked, however its words were read.
struct RunRequest: Equatable {
    var scenarios = ScenarioRequest()
    var jobs: Int?
    var failFast = false
    var `repeat` = 1
    var failed = false
    var report: [String] = []
    /// Trouble on targets and links as long as the run, in the words of `--fault`.
    var fault: [String] = []
    /// Whether to stay and run again what changes.
    var watch = false
    /// This machine's part of the tests, `2/4`; nil is all of them.
    var shard: String?

    /// Does what was asked; returns the exit status.
    func carryOut() throws -> ExitCode {
        watch ? WatchSession.run(self) : try RunPreparation(self).carryOut()
    }

    /// The command that runs what did not pass again, with all that decides what happens then; nil where a part of
    /// it cannot stand on a line.
    var rerunCommand: String? {
        var words = ["plumb", "run"] + scenarios.paths
        func option(_ name: String, _ values: [String]) { for value in values { words += [name, value] } }
        let (project, selection) = (scenarios.project, scenarios.selection)
        option("--config", [project.config].compactMap(\.self))
        option("--profile", [project.profile].compactMap(\.self))
        option("--env-file", [project.envFile].compactMap(\.self))
        option("--step", selection.step)
        option("--var", selection.variables)
        option("--timeout", [selection.timeout].compactMap(\.self))
        option("--retries", [selection.retries].compactMap { $0.map(String.init) })
        option("--fault", fault)
        option("--sandbox-break", scenarios.sandboxBreak)
        if selection.noSkips { words.append("--no-skips") }
        if scenarios.allowExec { words.append("--allow-exec") }
        words.append("--failed")
        let quoted = words.compactMap(Self.quoted)
        return quoted.count == words.count ? quoted.joined(separator: " ") : nil
    }

    /// A word as a shell takes it; nil where it has what a line cannot show.
    private static func quoted(_ word: String) -> String? {
        guard !word.isEmpty, word.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return nil }
        guard word.utf8.contains(where: { $0 == 0x20 || special.contains($0) }) else { return word }
        return "'\(word.replacing("'", with: "'\\''"))'"
    }

    /// What means something to a shell.
    private static let special = Set("'\"\\$`&|;<>()[]{}*?!#~".utf8)

    /// Throws what is wrong with it, as a `ValidationError`.
    func check() throws {
        if let jobs, !(1...1000).contains(jobs) { throw ValidationError("--jobs takes a number from 1 to 1000") }
        if !(1...10_000).contains(self.repeat) { throw ValidationError("--repeat takes a number from 1 to 10000") }
        _ = try shard.map { try Shard($0) }
        try ReportWords.check(report) { try ReportRequest($0).path }
        try scenarios.check()
    }
}
