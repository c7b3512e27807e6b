import ArgumentParser
import Diagnostics
import Expressions
import Glibc
import ScenarioCompiler
import ScenarioModel
import StepDrivers

/// What a run and a load do alike before there is a worker: scenarios are compiled, the embedded services started and
/// the tests planned.
///
/// What keeps it from going on is told, and thrown as the status to end with.
struct Groundwork {
    private let request: ScenarioRequest
    let signals: Signals
    private let project: Project
    private(set) var configuration: Configuration
    /// What is wrong, or odd, so far; told where the plan is made, or where something keeps it from being made.
    var diagnostics: [Diagnostic]
    private var sandbox: SandboxProcess?
    private let libraries: LibraryLoading?

    /// Compiles the scenarios, while the libraries of the targets are loaded.
    init(_ request: ScenarioRequest) throws {
        guard let signals = Signals() else { throw ExitCode(3) }
        self.signals = signals
        self.request = request
        var diagnostics: [Diagnostic] = []
        var libraries: LibraryLoading?
        let project = Project.load(request.paths, request.project, isLint: false, into: &diagnostics) {
            libraries = LibraryLoading(for: $0)
        }
        guard let project else {
            Project.report(diagnostics, nil, request.project.color)
            throw ExitCode.nothingRan
        }
        (self.project, configuration, self.diagnostics) = (project, project.configuration, diagnostics)
        self.libraries = libraries
        try goOn()
    }

    /// Goes on, unless something is wrong.
    func goOn() throws {
        if diagnostics.contains(where: { $0.severity == .error }) { throw refusal() }
    }

    /// Starts the embedded services, should the profile have them; `faults` are those of the command line.
    mutating func startServices(faults: [Fault] = []) throws {
        do throws(SandboxProcess.Failure) {
            if let started = try SandboxProcess.start(for: project, broken: request.sandboxBreak, faults: faults) {
                (sandbox, configuration) = (started.process, started.configuration)
            }
        } catch {
            Streams.err(error.text)
            throw error.status
        }
    }

    /// Finds the history that is to keep what comes of it; nil where none is.
    mutating func keeping() throws -> HistoryKeeping? {
        guard let asked = request.keeping else { return nil }
        do throws(HistoryProblem) {
            return try HistoryKeeping(asked, configuration, project)
        } catch {
            throw refusal(error.diagnostic)
        }
    }

    /// Plans the tests, of which there is at least one; `names` are those that are wanted, where not all are.
    mutating func plan(
        names: Set<String>? = nil, _ change: (inout RunPlan.Options) -> Void = { _ in }
    ) throws -> RunPlan {
        var options = RunPlan.Options()
        options.runID = RunIdentity.random()
        options.seed = request.seed ?? RunIdentity.random()
        options.started = RunIdentity.now()
        options.permissions = request.allowExec ? ["exec"] : []
        options.variables = try Project.variables(request.selection.variables)
        options.flags = try Project.flags(request.selection)
        change(&options)
        var selection = request.selection.planned
        selection.names = names
        let engine = CrashNotice.engine(project.compilation.expressions, configuration)
        let asked = RunPlanner.queries(
            project.compilation, configuration, kinds: StepKinds.all, engine: engine, options: options,
            selection: selection)
        let queried = CaseReader.read(asked.queries).merging(asked.failed) { rows, _ in rows }
        let plan = RunPlanner.plan(
            project.compilation, configuration, kinds: StepKinds.all, engine: engine, options: options,
            selection: selection, queried: queried, into: &diagnostics)
        try goOn()
        if plan.tests.isEmpty {
            let problem = names.map { _ in
                Diagnostic(.nothingSelected, at: nil, "every test of these paths passed in the last run")
            }
            throw refusal(problem ?? request.selection.nothingSelected(in: project))
        }
        return plan
    }

    /// Tells what is wrong, this too; returns the status to end with.
    func refusal(_ problem: Diagnostic? = nil) -> ExitCode {
        Project.report(diagnostics + (problem.map { [$0] } ?? []), configuration, request.project.color)
        return .nothingRan
    }

    /// Tells what is odd, and waits until everything is there that the worker needs.
    func complete() throws {
        Project.report(diagnostics, configuration, request.project.color)
        if let problem = libraries?.wait() {
            Streams.err("error: \(problem)\n")
            throw ExitCode(3)
        }
    }

    /// Ends the services, and waits for whoever still loads libraries.
    func end() {
        _ = libraries?.wait()
        sandbox?.stop()
    }
}

extension Diagnostic.Code {
    static let noHistory = Diagnostic.Code(
        "run.no-history",
        "The history that '--history' names cannot be used: give a file, a URL of PostgreSQL, or a target of that kind."
    )
    static let nothingSelected = Diagnostic.Code(
        "run.nothing-selected",
        "A run that runs nothing proves nothing, so it is an error: look at the paths, tags and filters.")
}
