import Expressions
import ScenarioCompiler
import ScenarioModel
import StepDrivers

/// The profile's own `database`, in which the sandbox stores where that is a PostgreSQL.
enum SandboxDatabase {
    /// How the sandbox reaches it; nil where the sandbox has a database of its own.
    static func conninfo(
        _ configuration: Configuration, _ project: Project
    ) throws(SandboxProcess.Failure) -> String? {
        guard let target = configuration.sandboxStore else { return nil }
        return try conninfo(of: target, configuration, project)
    }

    /// How libpq reaches a target of kind `postgres`.
    static func conninfo(
        of target: Target, _ configuration: Configuration, _ project: Project
    ) throws(SandboxProcess.Failure) -> String {
        try read(target, configuration, project) { target throws(StepFailure) in
            try PostgresConninfo.text(of: target)
        }
    }

    /// Where its server is.
    static func address(
        _ configuration: Configuration, _ project: Project
    ) throws(SandboxProcess.Failure) -> String? {
        guard let target = configuration.sandboxStore else { return nil }
        return try read(target, configuration, project) { target throws(StepFailure) in
            try PostgresConninfo.address(of: target)
        }
    }

    private static func read(
        _ target: Target, _ configuration: Configuration, _ project: Project,
        _ body: (ResolvedTarget) throws(StepFailure) -> String
    ) throws(SandboxProcess.Failure) -> String {
        let engine = CrashNotice.engine(project.compilation.expressions, configuration)
        do {
            let settings = try engine.value(of: target.settings, in: configuration.context)
            return try body(ResolvedTarget(target, settings: settings.object ?? .init()))
        } catch let error as StepFailure {
            throw SandboxProcess.Failure(message: error.report.message)
        } catch {
            throw SandboxProcess.Failure(message: "target '\(target.name)' cannot be evaluated: \(error)")
        }
    }
}
