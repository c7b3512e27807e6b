internal import Expressions
internal import ScenarioModel

/// Why a statement has no answer.
struct StatementFailure: Error {
    var error: StepError
    /// Where in the statement's text the server found the fault, in characters (Unicode scalars) from its start.
    var position: Int?
    /// Whether the statement may have taken effect nevertheless: it was sent, and no refusal came back.
    var mayHaveHappened = false
    /// Whether the connection cannot be used any more.
    var connectionIsLost = false

    /// The fields of an error that the server gave; those which it did not give are left out.
    ///
    /// `position` is not among them: line and column are found by whoever knows where the statement is written.
    static func fields(
        sqlstate: String, detail: String? = nil, hint: String? = nil, schema: String? = nil, table: String? = nil,
        column: String? = nil, constraint: String? = nil
    ) -> Value.Object {
        var fields = Value.Object()
        fields["sqlstate"] = .string(sqlstate)
        let given = [
            ("detail", detail), ("hint", hint), ("schema", schema), ("table", table), ("column", column),
            ("constraint", constraint),
        ]
        for (name, text) in given { if let text { fields[name] = .string(text) } }
        return fields
    }
}
