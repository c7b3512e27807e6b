import ArgumentParser

/// The command line: one file for each command.
@main
struct Plumb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plumb",
        abstract: "Runs integration tests that are written as YAML scenarios.",
        version: PlumbVersion.text,
        subcommands: [
            RunCommand.self, LoadCommand.self, LintCommand.self, PlanCommand.self, ExplainCommand.self,
            SchemaCommand.self, FormatCommand.self, InitCommand.self, NewCommand.self, SandboxCommand.self,
            DoctorCommand.self, ReportCommand.self,
        ])
}

/// The version of this build.
enum PlumbVersion {
    static let text = "0.1.0"
}
