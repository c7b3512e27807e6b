public import ArgumentParser
import Diagnostics
import Glibc
public import Reporting
import ScenarioCompiler
import ScenarioModel
import StepDrivers

/// `plumb lint`: finds what is wrong with scenarios and their configuration, all of it at once.
struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Finds what is wrong with scenarios, all of it at once.",
        discussion: """
            Reads scenarios and their configuration and runs nothing; what this machine's environment lacks is no \
            problem. 'plumb explain CODE' tells more of a problem.

            Exit status: 0 no error, 2 errors (with --strict also warnings).
            """)

    @OptionGroup var project: ProjectOptions

    @Option(help: "How problems are told: text, json, sarif or github.")
    var format: DiagnosticsFormat = .text

    @Flag(help: "Makes warnings count as errors in the exit status.")
    var strict = false

    @OptionGroup var scenarios: ScenarioPaths

    mutating func run() throws {
        let request = ConfigurationRequest(
            path: project.config, scenarios: scenarios.paths, profile: project.profile,
            environmentFile: project.envFile,
            workingFolder: Streams.workingFolder, isLint: true)
        let linter = Linter(request, kinds: StepKinds.all, files: DiskFiles(), environment: Streams.environment)
        let style = Streams.style(STDOUT_FILENO, project.color)
        let report = DiagnosticsReport(format: format, style: style, version: PlumbVersion.text)
        let mask = SecretMask(linter.configuration?.secrets.values.compactMap { $0 } ?? [])
        Streams.out(mask.masked(report.render(linter.diagnostics)))
        let summary = Self.summary(linter, isFirstLine: linter.diagnostics.isEmpty)
        // A document on standard output stays one; people read the count all the same.
        if format == .text { Streams.out(summary) } else { Streams.err(summary) }
        Streams.leave(linter.errors > 0 || strict && linter.warnings > 0 ? .nothingRan : .success)
    }

    /// `3 errors, 1 warning in 12 files`.
    private static func summary(_ linter: Linter, isFirstLine: Bool) -> String {
        func count(_ number: Int, _ noun: String) -> String {
            "\(Diagnostic.Message.grouped(number)) \(noun)\(number == 1 ? "" : "s")"
        }
        var parts: [String] = []
        if linter.errors > 0 { parts.append(count(linter.errors, "error")) }
        if linter.warnings > 0 { parts.append(count(linter.warnings, "warning")) }
        let problems = parts.isEmpty ? "no problems" : parts.joined(separator: ", ")
        return "\(isFirstLine ? "" : "\n")\(problems) in \(count(linter.fileCount, "file"))\n"
    }
}

extension DiagnosticsFormat: ExpressibleByArgument {}
