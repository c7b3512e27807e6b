internal import Diagnostics
internal import ScenarioModel

/// Looks for the files that steps name, before anything is sent.
///
/// One that is missing is a warning, since an earlier step may write it; one that lies outside of the project never runs.
struct NamedFiles {
    let root: String
    let workingFolder: String
    let files: any FileAccess
    private(set) var diagnostics: [Diagnostic] = []

    init(root: String, workingFolder: String, files: any FileAccess) {
        (self.root, self.workingFolder, self.files) = (root, workingFolder, files)
    }

    /// Checks the steps of a scenario, and of those that it uses and needs.
    mutating func check(_ scenario: Scenario) {
        check(scenario.steps)
        if let cleanup = scenario.cleanup { check(cleanup) }
        for need in scenario.needs { check(need.scenario) }
    }

    private mutating func check(_ block: Block) {
        for step in block.steps {
            switch step.action {
            case .request(let request): for file in request.namedFiles { check(file.name, at: file.span) }
            case .group(let group): check(group.block)
            case .use(let use): check(use.scenario)
            case .check, .wait: break
            }
            if let cleanup = step.cleanup { check(cleanup) }
        }
    }

    private mutating func check(_ name: String, at span: SourceSpan) {
        let folder = FilePath.parent(FilePath.absolute(span.file.path, in: workingFolder))
        let path = FilePath.absolute(name, in: folder)
        guard let real = FilePath.real(path) else {
            let near = NearestName.of(FilePath.name(of: path), in: files.names(in: FilePath.parent(path)))
            diagnostics.append(
                Diagnostic(
                    .unreadableFile, .warning, at: span, "there is no file '\(name)'",
                    hint: near.map { "did you mean '\($0)'?" }
                        ?? "paths are relative to the file that names them; looked for \(FilePath.shown(path, from: workingFolder))"
                ))
            return
        }
        guard !FilePath.isInside(real, root) else { return }
        diagnostics.append(
            Diagnostic(
                .outsideRoot, at: span, "'\(name)' lies outside of the project's folder",
                hint: "files that scenarios read stay in the folder of plumb.yaml, links followed"))
    }
}
