public import Diagnostics
internal import ScenarioModel

extension Compiler.Compilation {
    /// Warns of names given by `--var` that no scenario declares, which would change nothing and say so to nobody.
    func undeclared(_ given: some Sequence<String>) -> [Diagnostic] {
        var unknown = Set(given)
        guard !unknown.isEmpty else { return [] }
        let known = scenarios.reduce(into: Set<String>()) { $0.formUnion($1.scenario.declaredNames) }
        unknown.subtract(known)
        return unknown.sorted().map { name in
            let near = NearestName.of(name, in: known.sorted()).map { "did you mean '\($0)'?" }
            let list =
                known.isEmpty ? "none of them declares any" : "they declare: \(known.sorted().joined(separator: ", "))"
            return Diagnostic(
                .undeclaredVariable, .warning, at: nil, "--var: no scenario has a variable '\(name)'",
                hint: .init(near ?? list))
        }
    }
}

extension Diagnostic.Code {
    /// A name behind `--var` that nothing declares.
    public static let undeclaredVariable = Diagnostic.Code(
        "run.undeclared-variable",
        "`--var` sets variables that scenarios declare under `vars`; none of the scenarios given declares this one, so "
            + "nothing is changed by it.")
}
