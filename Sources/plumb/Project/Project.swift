import ArgumentParser
import Diagnostics
import Expressions
import Glibc
import Reporting
import ScenarioCompiler
import ScenarioModel
import ScenarioSyntax
import StepDrivers

/// A configuration and the scenarios that a command was given, compiled.
struct Project {
    var configuration: Configuration
    var compilation: Compiler.Compilation
    var diagnostics: [Diagnostic]
    let workingFolder: String

    /// Reads and compiles; what is wrong is in `diagnostics`, and nil is returned where there is no configuration.
    ///
    /// The closure is told of the configuration before the scenarios are read.
    static func load(
        _ paths: [String], _ options: ProjectRequest, isLint: Bool, into diagnostics: inout [Diagnostic],
        onConfiguration: (Configuration) -> Void = { _ in }
    ) -> Project? {
        CrashNotice.begin()
        let folder = Streams.workingFolder
        let request = ConfigurationRequest(
            path: options.config, scenarios: paths, profile: options.profile, environmentFile: options.envFile,
            workingFolder: folder, isLint: isLint)
        guard
            let configuration = ConfigurationReader.load(
                request, kinds: StepKinds.all, files: DiskFiles(), environment: Streams.environment, into: &diagnostics)
        else { return nil }
        onConfiguration(configuration)
        let compiler = Compiler(
            configuration: configuration, kinds: StepKinds.all, files: DiskFiles(), workingFolder: folder,
            isLint: isLint)
        let compilation = compiler.compile(paths)
        diagnostics += compilation.diagnostics
        return Project(
            configuration: configuration, compilation: compilation, diagnostics: diagnostics, workingFolder: folder)
    }

    /// Writes diagnostics to standard error, secrets masked.
    static func report(_ diagnostics: [Diagnostic], _ configuration: Configuration?, _ color: ColorChoice) {
        guard !diagnostics.isEmpty else { return }
        let style = Streams.style(STDERR_FILENO, color)
        let text = DiagnosticsReport(format: .text, style: style, version: PlumbVersion.text).render(diagnostics)
        let mask = SecretMask(configuration?.secrets.values.compactMap { $0 } ?? [])
        Streams.err(mask.masked(text))
    }

    /// `--var` as values: JSON where it reads as such, else text.
    static func variables(_ texts: [String]) throws -> Value.Object {
        var object = Value.Object()
        for text in texts {
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw ValidationError("--var takes NAME=VALUE, not '\(text)'")
            }
            let value = String(text[text.index(after: equals)...])
            object[String(text[..<equals])] = (try? JSON.parse(Array(value.utf8)).value) ?? .string(value)
        }
        return object
    }

    /// The flags that bear on settings.
    static func flags(_ selection: SelectionRequest) throws -> SettingsLayers.Flags {
        var flags = SettingsLayers.Flags(retries: selection.retries)
        if let text = selection.timeout {
            guard let duration = DurationText.parse(text), duration > .zero else {
                throw ValidationError("--timeout takes a duration such as 5s, not '\(text)'")
            }
            flags.timeout = duration
        }
        if let retries = selection.retries, !(0...1000).contains(retries) {
            throw ValidationError("--retries takes a number from 0 to 1000")
        }
        return flags
    }
}

extension ExitCode {
    /// Usage, lint, nothing selected; nothing ran (language.md §5).
    static let nothingRan = ExitCode(2)
}
