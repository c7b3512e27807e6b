public import Diagnostics
internal import Expressions
public import ScenarioModel
internal import ScenarioSyntax

/// Reads `--fault`, which has the form of `faults` in a step: `gateway: { latency: 300ms }`.
public enum FaultFlag {
    /// The faults of some texts; what is wrong with them goes to the diagnostics.
    public static func read(
        _ texts: [String], _ configuration: Configuration, _ kinds: [any StepKind], into diagnostics: inout [Diagnostic]
    ) -> [Fault] {
        var faults: [Fault] = []
        for text in texts {
            var reader = SyntaxReader()
            guard let node = YAMLReader.read(SourceFile(path: "--fault", text: text), into: &reader.diagnostics) else {
                diagnostics += reader.diagnostics
                continue
            }
            let read = FaultReader.read(node, &reader)
            diagnostics += reader.diagnostics
            for expression in reader.expressions {
                diagnostics.append(
                    Diagnostic(
                        .faultForm, at: expression.source.span, "--fault takes no templates",
                        hint: "write the value itself"))
            }
            for fault in read { diagnostics += FaultCheck.check(fault, configuration, kinds) }
            faults += read
        }
        return faults
    }
}
