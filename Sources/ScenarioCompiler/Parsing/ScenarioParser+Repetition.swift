import Diagnostics
import Expressions
import ScenarioModel
import ScenarioSyntax

extension ScenarioParser {
    mutating func parseRetry(_ node: YAMLNode) -> RetryPart {
        // A bare number is the count alone, as most tools have it.
        if let scalar = node.scalar, case .integer = scalar.resolved {
            var part = RetryPart()
            part.max = node.integer(&reader.diagnostics).map { Setting(.known($0), .file(node.span)) }
            return part
        }
        if node.scalar != nil {
            reader.diagnostics.append(
                .expected(
                    "a count of retries or a mapping", node,
                    hint: "write 'retry: 3', or 'retry: { max: 3, on: connect }'"))
            return RetryPart()
        }
        return RetryReader.read(node, &reader)
    }

    mutating func parseEach(_ mapping: MappingReader) -> Each? {
        guard let node = mapping["each"] else {
            for key in ["as", "parallel"] {
                if let span = mapping.keySpan(key) {
                    reader.diagnostics.append(
                        Diagnostic(
                            .loopKeyWithoutEach, at: span, "'\(key)' has no effect without 'each'",
                            hint: key == "parallel" ? "inside 'group' or 'repeat' it has its own place" : nil))
                }
            }
            return nil
        }
        var list = node
        var variable = mapping["as"]?.identifier(&reader.diagnostics)
        var parallel = mapping["parallel"].flatMap { reader.late($0, RepetitionReader.parallel) }
        var minimum = 1
        if node.members != nil {
            guard let long = MappingReader(node, ScenarioKeys.each, &reader.diagnostics), let inner = long["in"] else {
                return nil
            }
            list = inner
            variable = long["as"]?.identifier(&reader.diagnostics) ?? variable
            parallel = long["parallel"].flatMap { reader.late($0, RepetitionReader.parallel) } ?? parallel
            minimum = long["min"]?.integer(in: 0...(.max), &reader.diagnostics) ?? 1
        }
        guard let expression = reader.expression(list, .each) else { return nil }
        return Each(
            list: expression, variable: variable ?? "item", parallel: parallel ?? .known(1), minimum: minimum)
    }

    mutating func parseRepetition(_ node: YAMLNode) -> Repetition? {
        if let scalar = node.scalar {
            if case .integer = scalar.resolved {
                reader.diagnostics.append(
                    .expected(
                        "the name of a load or a mapping", node, hint: "write 'repeat: { times: \(scalar.text) }'"))
                return nil
            }
            guard let load = library.loads[scalar.text] else {
                let nearest = NearestName.of(scalar.text, in: library.loads.keys)
                reader.diagnostics.append(
                    Diagnostic(
                        .unknownLoad, at: node.span, "there is no load '\(scalar.text)' in the configuration",
                        hint: nearest.map { "did you mean '\($0)'?" }
                            ?? "declare it under 'loads', or write '{ times: 10 }'"))
                return nil
            }
            reader.expressions += load.assertions.map(\.expression)
            return load
        }
        return RepetitionReader.read(node, &reader)
    }
}

extension Diagnostic.Code {
    static let loopKeyWithoutEach = Diagnostic.Code("scenario.loop-key", "'as' and 'parallel' belong to 'each'.")
    static let unknownLoad = Diagnostic.Code(
        "scenario.unknown-load", "'repeat: NAME' names one of the configuration's 'loads'.")
}
