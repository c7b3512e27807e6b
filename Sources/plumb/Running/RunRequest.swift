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

    /// Does what was asked; returns the exit status.
    func carryOut() throws -> ExitCode {
        watch ? WatchSession.run(self) : try RunPreparation(self).carryOut()
    }

    /// The command that runs what did not pass again, with the settings that decide what is run; nil where a part of
    /// it cannot stand on a line as it is.
    var rerunCommand: String? {
        var words = ["plumb", "run"] + scenarios.paths
        for (option, value) in [("--config", scenarios.project.config), ("--profile", scenarios.project.profile)] {
            if let value { words += [option, value] }
        }
        words.append("--failed")
        let isPlain = words.allSatisfy { word in
            !word.isEmpty && word.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !Self.special.contains($0) }
        }
        return isPlain ? words.joined(separator: " ") : nil
    }

    /// What means something to a shell.
    private static let special = Set("'\"\\$`&|;<>()[]{}*?!#~".utf8)

    /// Throws what is wrong with it, as a `ValidationError`.
    func check() throws {
        if let jobs, !(1...1000).contains(jobs) { throw ValidationError("--jobs takes a number from 1 to 1000") }
        if !(1...10_000).contains(self.repeat) { throw ValidationError("--repeat takes a number from 1 to 10000") }
        try ReportWords.check(report) { try ReportRequest($0).path }
        try scenarios.check()
    }
}
