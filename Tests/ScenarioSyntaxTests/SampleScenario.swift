import Diagnostics
import ScenarioSyntax

/// A little language that exercises the reader, the tables and the values as the real one does.
enum SampleScenario {
    static let scenario: KeyTable = KeyTable(
        name: "scenario", summary: "A test.",
        keys: [
            Key("description", .text, "What it shows."),
            Key("timeout", .template(.duration), default: "30s", "The time of an attempt."),
            Key("tags", .oneOf([.text, .list(.text)]), "Words to select it by."),
            Key("steps", .list(.table { step }), required: true, "What is done."),
        ],
        foreign: ["finally": "cleanup"])

    static let step: KeyTable = KeyTable(
        name: "step", summary: "One thing to do.",
        keys: [
            Key("id", .identifier, "Its name."),
            Key("count", .integer, "A number of times."),
            Key("ratio", .number, "A share."),
            Key("on", .boolean, "Whether it runs."),
            Key("rate", .rate, "Arrivals."),
            Key("size", .size, "A limit."),
            Key("if", .expression, "Whether it runs."),
            Key("assert", .oneOf([.list(.expression), .map(.expression)]), "What must hold."),
            Key("retry", .table { retry }, "How often it is tried."),
            Key("group", .list(.table { step }), "Steps inside."),
        ],
        foreign: ["when": "if"])

    static let retry: KeyTable = KeyTable(
        name: "retry", summary: "How an attempt is repeated.",
        keys: [
            Key("max", .integer, required: true, "Tries after the first."),
            Key("on", .choice(["connect", "reset"]), "What is retried."),
            Key("backoff", .duration, default: "200ms", "The first wait."),
        ])

    /// The diagnostics of a file as an author sees them.
    static func diagnose(_ file: SourceFile) -> String {
        var diagnostics: [Diagnostic] = []
        if let root = YAMLReader.read(file, into: &diagnostics) { read(root, &diagnostics) }
        return DiagnosticText(width: 100).render(diagnostics).plain
    }

    private static func read(_ root: YAMLNode, _ diagnostics: inout [Diagnostic]) {
        guard let mapping = MappingReader(root, scenario, &diagnostics) else { return }
        _ = mapping["description"]?.text(&diagnostics)
        if let timeout = mapping["timeout"], !timeout.isWholeTemplate { _ = timeout.duration(&diagnostics) }
        _ = mapping["tags"]?.strings(&diagnostics)
        for node in mapping["steps"]?.list(&diagnostics) ?? [] {
            guard let step = MappingReader(node, step, &diagnostics) else { continue }
            _ = step["id"]?.identifier(&diagnostics)
            _ = step["count"]?.integer(&diagnostics)
            _ = step["ratio"]?.number(&diagnostics)
            _ = step["on"]?.boolean(&diagnostics)
            _ = step["rate"]?.rate(&diagnostics)
            _ = step["size"]?.size(&diagnostics)
            if let node = step["retry"] { _ = MappingReader(node, retry, &diagnostics) }
            for assertion in step["assert"]?.list(&diagnostics) ?? [] { _ = assertion.expression(&diagnostics) }
        }
    }
}
