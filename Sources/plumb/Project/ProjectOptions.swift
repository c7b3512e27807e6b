import ArgumentParser

/// The options by which every command finds the configuration and the scenarios.
struct ProjectOptions: ParsableArguments {
    @Option(help: .init("The configuration; else the nearest plumb.yaml is taken.", valueName: "path"))
    var config: String?

    @Option(help: .init("A profile of the configuration; else its first.", valueName: "name"))
    var profile: String?

    @Option(help: .init("A file of KEY=VALUE lines instead of the configuration's own.", valueName: "path"))
    var envFile: String?

    @Option(help: "Whether output has colours: auto, always or never.")
    var color: ColorChoice = .auto

    /// What was asked by them.
    var request: ProjectRequest {
        ProjectRequest(config: config, profile: profile, envFile: envFile, color: color)
    }
}

/// Which scenarios a command takes.
struct SelectionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: .init("Only scenarios with this tag; '!tag' leaves those with it out. May be repeated.", valueName: "tag")
    )
    var tag: [String] = []

    @Option(
        name: .long, help: .init("Only this step, with the steps that it reads. May be repeated.", valueName: "id"))
    var step: [String] = []

    @Option(
        name: .customLong("var"),
        help: .init("Sets a variable of the scenarios. May be repeated.", valueName: "name=value"))
    var variables: [String] = []

    @Option(help: .init("The time-out of an attempt, such as 5s, where no step says otherwise.", valueName: "duration"))
    var timeout: String?

    @Option(help: .init("Retries after transport trouble, where no step says otherwise.", valueName: "number"))
    var retries: Int?

    @Flag(help: "Makes it an error that the profile lacks what a scenario requires.")
    var noSkips = false

    /// What was asked by them.
    var request: SelectionRequest {
        SelectionRequest(
            tag: tag, step: step, variables: variables, timeout: timeout, retries: retries, noSkips: noSkips)
    }
}
