import Diagnostics
import Glibc
import ScenarioCompiler
import ScenarioModel
import ScenarioRuntime

/// The files of a project as steps may read them: relative to their scenario, inside the project's folder.
struct ProjectFiles: RunFiles {
    let root: String

    func path(_ name: String, from span: SourceSpan) throws(StepFailure) -> String {
        let folder = FilePath.parent(FilePath.absolute(span.file.path, in: Streams.workingFolder))
        let path = FilePath.absolute(name, in: folder)
        guard let real = FilePath.real(path) else {
            throw failure("there is no file '\(name)'", span, "paths are relative to the scenario that names them")
        }
        guard FilePath.isInside(real, root) else {
            throw failure(
                "'\(name)' lies outside of the project's folder", span,
                "files that scenarios read stay in the folder of plumb.yaml, links followed")
        }
        return real
    }

    private func failure(_ message: String, _ span: SourceSpan, _ hint: String) -> StepFailure {
        StepFailure(
            FailureReport(code: "file.unreadable", verdict: .error, message: message, place: Place(span), hint: hint))
    }
}
