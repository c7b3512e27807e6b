import Diagnostics
import Expressions
import FaultProxy
import ScenarioCompiler
import ScenarioModel
import StepDrivers

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
        let database = try storeDatabase(configuration, project)
        let links = try links(faults, project)
        let breaks = broken.isEmpty ? [] : ["--break", broken.joined(separator: ",")]
        let process = try start(settings.arguments + breaks + links.arguments, database: database)
        let known = configuration.applying(
            sandbox: process.endpoints, apiKey: process.apiKey, settings: process.settings)
        return (process, links.applied(to: known, process.endpoints))
    }

    /// The ways of the sandbox's links on which faults are put, by a scenario or by the command line.
    private static func links(_ faults: [Fault], _ project: Project) throws(Failure) -> SandboxLinks {
        let all = project.compilation.scenarios.flatMap { compiled in
            compiled.scenario.faults + compiled.scenario.needs.flatMap(\.scenario.faults)
        }
        do throws(ProxyError) {
            return try SandboxLinks(all + faults, project.configuration)
        } catch {
            throw Failure(message: "no port for a link of the sandbox: \(error)")
        }
    }

    /// How the sandbox reaches the profile's own `database`, where that is a PostgreSQL; it stores there then.
    private static func storeDatabase(
        _ configuration: Configuration, _ project: Project
    ) throws(Failure) -> String? {
        let target = configuration.targets.first { target in
            target.name == "database" && target.kind == "postgres" && target.sandboxService == nil
        }
        return try target.map { target throws(Failure) in try conninfo(of: target, configuration, project) }
    }

    /// How libpq reaches a target of kind `postgres`.
    static func conninfo(
        of target: Target, _ configuration: Configuration, _ project: Project
    ) throws(Failure) -> String {
        let engine = CrashNotice.engine(project.compilation.expressions, configuration)
        do {
            let settings = try engine.value(of: target.settings, in: configuration.context)
            return try PostgresConninfo.text(of: ResolvedTarget(target, settings: settings.object ?? .init()))
        } catch let error as StepFailure {
            throw Failure(message: error.report.message)
        } catch {
            throw Failure(message: "target '\(target.name)' cannot be evaluated: \(error)")
        }
    }
}
