import ArgumentParser
import Diagnostics
import Glibc
import Reporting
import ScenarioCompiler
import ScenarioModel
import StepDrivers

/// `plumb doctor`: opens each target of the profile and says what answered.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Opens each target of the profile and says what answered.",
        discussion: """
            Looks at the configuration, the environment and the libraries, opens a connection to each target of the \
            profile, and says what to do where nothing answers. A profile with the sandbox has it started for this.

            Exit status: 0 all answered, 2 the configuration is wrong, 3 a target did not answer.
            """)

    @OptionGroup var project: ProjectOptions

    @Argument(help: .init("Where the search for plumb.yaml begins; else the working folder.", valueName: "path"))
    var paths: [String] = []

    mutating func run() throws {
        signal(SIGPIPE, SIG_IGN)
        var diagnostics: [Diagnostic] = []
        let request = ConfigurationRequest(
            path: project.config, scenarios: paths, profile: project.profile, environmentFile: project.envFile,
            workingFolder: Streams.workingFolder)
        let loaded = ConfigurationReader.load(
            request, kinds: StepKinds.all, files: DiskFiles(), environment: Streams.environment, into: &diagnostics)
        Project.report(diagnostics.sortedByPlace(), loaded, project.color)
        guard var configuration = loaded else { throw ExitCode.nothingRan }
        let page = Page(
            style: Streams.style(STDOUT_FILENO, project.color),
            mask: SecretMask(configuration.secrets.values.compactMap { $0 }))
        page.write(Surroundings(configuration).findings)
        var sandbox: SandboxProcess?
        defer { sandbox?.stop() }
        if let settings = configuration.sandbox {
            do throws(SandboxProcess.Failure) {
                let started = try SandboxProcess.start(settings.arguments, database: nil)
                sandbox = started
                configuration = configuration.applying(
                    sandbox: started.endpoints, apiKey: started.apiKey, settings: started.settings)
            } catch {
                page.write(sandboxFailure: error.message)
                throw ExitCode(3)
            }
        }
        guard let outcomes = TargetVisit.visitAll(configuration) else {
            Streams.err("error: the system gives no event loop: too many open files?\n")
            throw ExitCode(3)
        }
        page.write(outcomes)
        if outcomes.contains(where: { !$0.examination.isReachable }) { throw ExitCode(3) }
        if diagnostics.contains(where: { $0.severity == .error }) { throw ExitCode.nothingRan }
    }
}

/// Writes what was found, in columns.
///
/// ```
/// libcurl      libcurl/7.88.1 OpenSSL/3.0.19
/// ok    gateway  http  http://127.0.0.1:40123, HTTP/1.1 200, 1.2 ms
/// FAIL  mixtral  http  connection refused (plumb.yaml:31)
///       = hint: start the service, or point 'url' to where it runs
/// ```
private struct Page {
    let style: TerminalStyle
    let mask: SecretMask

    func write(_ findings: [Surroundings.Finding]) {
        var text = StyledText()
        let width = findings.map(\.name.count).max() ?? 0
        for finding in findings {
            text.append(finding.name, .strong)
            text.append(String(repeating: " ", count: width - finding.name.count + 2) + finding.facts + "\n")
            if let advice = finding.advice { hint(advice, indent: width + 2, &text) }
        }
        put(text)
    }

    func write(_ outcomes: [TargetVisit.Outcome]) {
        var text = StyledText()
        text.append("\ntargets", .strong)
        text.append(outcomes.isEmpty ? "  none\n" : "\n")
        if outcomes.isEmpty {
            hint("declare some under 'profiles: { NAME: { targets: … } }' in plumb.yaml", indent: 6, &text)
        }
        let name = outcomes.map(\.name.count).max() ?? 0
        let kind = outcomes.map(\.kind.count).max() ?? 0
        for outcome in outcomes {
            let examination = outcome.examination
            text.append(examination.isReachable ? "ok    " : "FAIL  ", examination.isReachable ? .success : .error)
            text.append(outcome.name + String(repeating: " ", count: name - outcome.name.count + 2), .strong)
            text.append(outcome.kind + String(repeating: " ", count: kind - outcome.kind.count + 2))
            text.append(examination.facts.joined(separator: ", "))
            text.append(" (\(outcome.origin))\n", .place)
            if let advice = examination.advice { hint(advice, indent: 6, &text) }
        }
        put(text)
    }

    func write(sandboxFailure message: String) {
        var text = StyledText()
        text.append("\nFAIL  ", .error)
        text.append("sandbox  \(message)\n")
        hint("'plumb sandbox' shows why", indent: 6, &text)
        put(text)
    }

    private func hint(_ advice: String, indent: Int, _ text: inout StyledText) {
        text.append(String(repeating: " ", count: indent))
        text.append("= hint: ", .hint)
        text.append(advice + "\n")
    }

    private func put(_ text: StyledText) {
        Streams.out(mask.masked(text.written(in: style.hasColor ? .ansi : .plain)))
    }
}
