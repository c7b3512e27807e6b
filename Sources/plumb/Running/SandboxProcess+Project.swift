import Diagnostics
import Expressions
import FaultProxy
import Sandbox
import ScenarioCompiler
import ScenarioModel

extension SandboxProcess {
    /// Starts the embedded services that a project's profile asks for, broken as named; nil where it asks for none.
    ///
    /// `faults` are those of the command line. The configuration that is returned knows where the services are.
    static func start(
        for project: Project, broken: [String], faults: [Fault] = []
    ) throws(Failure) -> (process: SandboxProcess, configuration: Configuration)? {
        let configuration = project.configuration
        guard let settings = configuration.sandbox else {
            guard broken.isEmpty else {
                throw Failure(message: "--sandbox-break needs a profile with 'sandbox: true'", status: .nothingRan)
            }
            return nil
        }
        let named = broken.flatMap { $0.split(separator: ",").map(String.init) }
        for name in named where SandboxBreak(rawValue: name) == nil {
            let near = NearestName.of(name, in: SandboxBreak.allCases.map(\.rawValue)).map { "did you mean '\($0)'?" }
            throw Failure(
                message: "the sandbox has no break '\(name)'",
                hint: near ?? "'plumb sandbox --list-breaks' lists them", status: .nothingRan)
        }
        let all = written(in: project) + faults
        let links = try links(all, configuration)
        // A database on several servers has no address; it need have one only where its link has faults.
        let store =
            SandboxLinks.needStore(all, configuration) ? try SandboxDatabase.address(configuration, project) : nil
        let breaks = broken.isEmpty ? [] : ["--break", broken.joined(separator: ",")]
        let process = try start(
            settings.arguments + breaks + links.arguments,
            database: try SandboxDatabase.conninfo(configuration, project))
        let known = configuration.applying(
            sandbox: process.endpoints, apiKey: process.apiKey, settings: process.settings)
        return (process, links.applied(to: known, process.endpoints, store: store))
    }

    /// The faults that scenarios put on anything.
    private static func written(in project: Project) -> [Fault] {
        project.compilation.scenarios.flatMap { compiled in
            compiled.scenario.faults + compiled.scenario.needs.flatMap(\.scenario.faults)
        }
    }

    /// The ways of the sandbox's links on which faults are put.
    private static func links(_ faults: [Fault], _ configuration: Configuration) throws(Failure) -> SandboxLinks {
        do throws(ProxyError) {
            return try SandboxLinks(faults, configuration)
        } catch {
            throw Failure(message: "no port for a link of the sandbox: \(error)")
        }
    }
}
