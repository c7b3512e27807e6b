import ArgumentParser
import Diagnostics
import Expressions
import Glibc
import Reporting
import ScenarioCompiler
import ScenarioModel
import StepDrivers

/// `plumb plan`: shows what a run would do, and opens no connection.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows what a run would do, and opens no connection.",
        discussion: """
            The graph of each scenario with the reason of each wait, each request as far as it is known before the \
            run, and for each time-out, retry and target the place that set it.

            Formats:
            \(PlanFormat.all.map { "  \($0.name)  \($0.summary)" }.joined(separator: "\n"))

            Exit status: 0, or 2 where nothing could be planned.
            """)

    @OptionGroup var project: ProjectOptions
    @OptionGroup var selection: SelectionOptions

    @Option(
        help: .init("How the plan is shown: \(PlanFormat.all.map(\.name).joined(separator: ", ")).", valueName: "name"),
        completion: .list(PlanFormat.all.map(\.name)))
    var format = "text"

    @OptionGroup var scenarios: ScenarioPaths

    func validate() throws {
        let names = PlanFormat.all.map(\.name)
        guard PlanFormat.named(format) != nil else {
            let near = NearestName.of(format, in: names).map { "; did you mean '\($0)'?" } ?? ""
            throw ValidationError("there is no format '\(format)': use \(names.joined(separator: ", "))\(near)")
        }
        _ = try Project.variables(selection.variables)
        _ = try Project.flags(selection.request)
    }

    mutating func run() throws {
        var diagnostics: [Diagnostic] = []
        let project = Project.load(scenarios.paths, project.request, isLint: false, into: &diagnostics)
        guard let project, !diagnostics.contains(where: { $0.severity == .error }),
            let plan = try plan(project, &diagnostics)
        else {
            Project.report(diagnostics, project?.configuration, self.project.color)
            throw ExitCode.nothingRan
        }
        Project.report(diagnostics, project.configuration, self.project.color)
        let graph = ExecutionGraph.draw(plan.plan, kinds: StepKinds.all, engine: plan.engine)
        guard let format = PlanFormat.named(format) else { return }
        let mask = SecretMask(project.configuration.secrets.values.compactMap { $0 })
        Streams.out(mask.masked(format.draw(graph, Streams.style(STDOUT_FILENO, self.project.color))))
    }

    private func plan(
        _ project: Project, _ diagnostics: inout [Diagnostic]
    ) throws -> (plan: RunPlan, engine: ExpressionEngine)? {
        var options = RunPlan.Options()
        options.seed = "plan"
        options.variables = try Project.variables(selection.variables)
        options.flags = try Project.flags(selection.request)
        let engine = CrashNotice.engine(project.compilation.expressions, project.configuration)
        let plan = RunPlanner.plan(
            project.compilation, project.configuration, kinds: StepKinds.all, engine: engine, options: options,
            selection: selection.request.planned, into: &diagnostics)
        if diagnostics.contains(where: { $0.severity == .error }) { return nil }
        guard plan.tests.isEmpty else { return (plan, engine) }
        diagnostics.append(selection.request.nothingSelected(in: project))
        return nil
    }
}
