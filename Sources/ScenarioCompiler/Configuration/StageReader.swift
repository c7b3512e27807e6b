internal import Diagnostics
internal import ScenarioModel
internal import ScenarioSyntax

/// Reads the stages of a load.
enum StageReader {
    /// Returns the stages, or nil after an error; all have rates, or all have numbers of users.
    static func read(
        _ node: YAMLNode, _ load: MappingReader, _ diagnostics: inout [Diagnostic]
    ) -> [Repetition.Stage]? {
        guard case .sequence(let elements) = node.content, !elements.isEmpty else {
            let isEmpty = node.elements?.isEmpty ?? false
            diagnostics.append(
                Diagnostic(
                    .configurationValue, at: node.span, isEmpty ? .noStages : .stages(node.found),
                    hint: "write '- { for: 1m, rate: 100/s }' for each"))
            return nil
        }
        if load.has("rate") || load.has("times") {
            let key = load.has("rate") ? "rate" : "times"
            diagnostics.append(
                Diagnostic(
                    .loadExtent, at: load.keySpan(key) ?? node.span, .beside(key), hint: "the stages say it"))
            return nil
        }
        let stages = elements.map { stage($0, &diagnostics) }
        let known = stages.compactMap { $0 }
        guard known.count == stages.count else { return nil }
        for (stage, element) in zip(known, elements) where (stage.rate == nil) != (known[0].rate == nil) {
            diagnostics.append(
                Diagnostic(
                    .configurationValue, at: element.span, .mixed,
                    hint: "give every stage a 'rate', or every one 'parallel'"))
            return nil
        }
        return known
    }

    private static func stage(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Repetition.Stage? {
        guard let mapping = MappingReader(node, ConfigurationKeys.stage, &diagnostics) else { return nil }
        let length = mapping["for"].flatMap { $0.positiveDuration(&diagnostics) }
        let rate = mapping["rate"].flatMap { $0.rate(&diagnostics) }
        let users = mapping["parallel"].flatMap { RepetitionReader.parallel($0, &diagnostics) }
        let isRamp = mapping["ramp"]?.boolean(&diagnostics) ?? false
        guard mapping.has("rate") != mapping.has("parallel") else {
            diagnostics.append(
                Diagnostic(
                    .configurationValue, at: node.span, .rateOrUsers, hint: "write '{ for: 1m, rate: 100/s }'"))
            return nil
        }
        guard let length, rate != nil || users != nil else { return nil }
        return Repetition.Stage(length: length, rate: rate, parallel: users, isRamp: isRamp)
    }
}

extension Diagnostic.Message {
    fileprivate static func stages(_ found: String) -> Self { "expected a list of stages, found \(found)" }
    fileprivate static var noStages: Self { "'stages' is empty, so there is nothing to do" }
    fileprivate static func beside(_ key: String) -> Self { "'\(key)' cannot stand beside 'stages'" }
    fileprivate static var mixed: Self { "some stages have a rate and others a number of users" }
    fileprivate static var rateOrUsers: Self { "a stage has a rate or a number of users, one of them" }
}
