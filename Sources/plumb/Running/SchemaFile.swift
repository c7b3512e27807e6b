import Diagnostics
import Expressions
import ScenarioCompiler
import ScenarioModel
import ScenarioSyntax

/// The JSON Schemas that `matches_schema(file)` names: JSON or YAML, relative to the scenario, inside the project.
enum SchemaFile {
    /// The largest schema that is read, in bytes.
    private static let limit = 4 << 20

    /// The schema's value; an error tells why it cannot be read.
    static func value(
        _ name: String, from span: SourceSpan, _ files: ProjectFiles
    ) throws(EvaluationError) -> Value {
        let path: String
        do throws(StepFailure) {
            path = try files.path(name, from: span)
        } catch {
            throw EvaluationError(.jq, error.report.message, hint: error.report.hint)
        }
        let bytes: [UInt8]
        do throws(FileProblem) {
            bytes = try DiskFiles().read(path, limit: limit)
        } catch {
            throw EvaluationError(.jq, "'\(name)': \(error.phrase)")
        }
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            var diagnostics: [Diagnostic] = []
            if let node = YAMLReader.read(SourceFile(path: name, bytes: bytes), into: &diagnostics) {
                return node.value
            }
            throw EvaluationError(.jq, "'\(name)' is no YAML: \(diagnostics.first?.message.text ?? "it is empty")")
        }
        do throws(JSONError) {
            return try JSON.parse(bytes).value
        } catch {
            throw EvaluationError(.jq, "'\(name)' is no JSON: \(error.reason) at byte \(error.offset)")
        }
    }
}
