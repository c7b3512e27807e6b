import Diagnostics
import Expressions
import PlumbTesting
import ScenarioModel
import ScenarioSyntax
import StepDrivers
import Testing

/// A kind's mapping, read from YAML.
struct Parsed {
    let request: (any StepRequest)?
    let diagnostics: [Diagnostic]

    init(_ yaml: String, by kind: any StepKind = HTTPStep()) {
        let file = SourceFile(path: "s.yaml", text: yaml)
        var reader = SyntaxReader()
        let node = YAMLReader.read(file, into: &reader.diagnostics)
        request = node.flatMap { kind.parse($0, &reader) }
        diagnostics = reader.diagnostics
    }

    /// The request of a text without problems.
    static func request(_ yaml: String, by kind: any StepKind = HTTPStep()) throws -> any StepRequest {
        let parsed = Self(yaml, by: kind)
        try #require(parsed.diagnostics.isEmpty, "\(parsed.diagnostics.map(\.message.text))")
        return try #require(parsed.request)
    }
}

/// A target of the given settings, in YAML, as a configuration has it.
func writtenTarget(_ yaml: String, name: String = "gateway", kind: String = "http") throws -> Target {
    let file = SourceFile(path: "conf/plumb.yaml", text: yaml)
    var reader = SyntaxReader()
    let node = try #require(YAMLReader.read(file, into: &reader.diagnostics))
    let settings = reader.value(node)
    return Target(name: name, kind: kind, settings: settings, origin: .file(node.span))
}

/// A target of the given settings, in YAML without templates, ready for use.
func target(_ yaml: String, name: String = "gateway", kind: String = "http") throws -> ResolvedTarget {
    let target = try writtenTarget(yaml, name: name, kind: kind)
    return ResolvedTarget(target, settings: target.settings.constant?.object ?? .init())
}
