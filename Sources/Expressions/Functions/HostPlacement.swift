public import Diagnostics

extension Diagnostic.Code {
    /// A host function where its input is not known beforehand.
    public static let jqHostFunctionPlace = Self(
        "jq.host-function-place",
        "The functions uuid, rand_int, rand_str, sha256, hmac_sha256 and matches_schema are computed by Plumb before the "
            + "expression around them. They stand at the top of an expression or behind pipes that begin there, not inside "
            + "map(…), reduce, def or behind a variable of 'as'.")

    /// The codes of evaluation, each once.
    public static let allEvaluationCodes: [Self] = [.jqHostFunctionPlace]
}

extension Expression {
    /// Reports each function that Plumb computes and that stands where its input is not known beforehand.
    public var hostFunctionDiagnostics: [Diagnostic] {
        guard ExpressionSource(text, checkCount: 0).mayCallHost else { return [] }
        return PreparedExpression(self).misplacedHosts.map { call in
            Diagnostic(
                .jqHostFunctionPlace, at: source.span(of: call.range), .misplaced(call.name),
                hint: call.name == "uuid" || call.name.hasPrefix("rand_")
                    ? "put it into 'vars' and read $vars.NAME"
                    : "compute it at the top: '(PATH | \(call.name)…)'; for each element use a step with 'each'")
        }
    }
}

extension Diagnostic.Message {
    fileprivate static func misplaced(_ name: String) -> Self {
        "'\(name)' cannot stand here: its input is not known before the expression is evaluated"
    }
}
