internal import Diagnostics
internal import Expressions

/// Gives problems as one JSON document.
///
/// ```json
/// {"format": 1, "errors": 1, "warnings": 0, "notes": 0, "diagnostics": [{
///   "code": "syntax.unknown-key", "severity": "error", "message": "unknown key 'metod' in http",
///   "file": "users.yaml", "line": 7, "column": 5, "end_line": 7, "end_column": 10,
///   "hint": "did you mean 'method'?", "related": [{"file": …, "message": "in this step"}]}]}
/// ```
enum DiagnosticsJSON {
    private static let format = 1

    /// The document.
    static func value(of diagnostics: [Diagnostic]) -> Value {
        let count = { (severity: Diagnostic.Severity) in Value(diagnostics.count { $0.severity == severity }) }
        return [
            "format": Value(format), "errors": count(.error), "warnings": count(.warning), "notes": count(.note),
            "diagnostics": .array(diagnostics.map(value)),
        ]
    }

    private static func value(of diagnostic: Diagnostic) -> Value {
        var object = Value.Object()
        object["code"] = .string(diagnostic.code.id)
        object["severity"] = .string(diagnostic.severity.rawValue)
        object["message"] = .string(diagnostic.message.text)
        if let primary = diagnostic.primary { add(primary, to: &object, as: "label") }
        object["hint"] = diagnostic.hint.map { .string($0.text) }
        if !diagnostic.secondary.isEmpty {
            object["related"] = .array(
                diagnostic.secondary.map { label in
                    var related = Value.Object()
                    add(label, to: &related, as: "message")
                    return .object(related)
                })
        }
        return .object(object)
    }

    private static func add(_ label: Diagnostic.Label, to object: inout Value.Object, as name: String) {
        let start = label.span.start
        let end = label.span.end
        object["file"] = .string(label.span.file.path)
        object["line"] = Value(start.line)
        object["column"] = Value(start.column)
        object["end_line"] = Value(end.line)
        object["end_column"] = Value(end.column)
        object[name] = label.text.map { .string($0.text) }
    }
}
