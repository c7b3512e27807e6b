import ArgumentParser

/// What `plumb run` and `plumb load` are asked alike, however the words were read.
struct ScenarioRequest: Equatable {
    var project = ProjectRequest()
    var selection = SelectionRequest()
    var seed: String?
    var allowExec = false
    var quiet = false
    var sandboxBreak: [String] = []
    var paths: [String] = []
    /// Whether a history keeps what comes of it; nil for none.
    var keeping: KeepingRequest?

    /// Throws what is wrong with it, as a `ValidationError`.
    func check() throws {
        if let keeping, !(1...100_000).contains(keeping.most) {
            throw ValidationError("--history-runs takes a number from 1 to 100000")
        }
        _ = try Project.variables(selection.variables)
        _ = try Project.flags(selection)
    }
}

/// Where the configuration is, and how its problems are shown.
struct ProjectRequest: Equatable {
    var config: String?
    var profile: String?
    var envFile: String?
    var color = ColorChoice.auto
}

/// Which scenarios are taken, and with which settings.
struct SelectionRequest: Equatable {
    var tag: [String] = []
    var step: [String] = []
    var variables: [String] = []
    var timeout: String?
    var retries: Int?
    var noSkips = false
}

/// The history that keeps what comes of a run or a load.
struct KeepingRequest: Equatable {
    /// A path, a URL of PostgreSQL, the name of a target; nil is the project's own file.
    var place: String?
    /// How many runs, or loads, it keeps.
    var most = usual

    /// How many it keeps where nobody says it.
    static let usual = 500
}
