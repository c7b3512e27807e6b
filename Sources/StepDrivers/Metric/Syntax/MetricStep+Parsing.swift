internal import Diagnostics
internal import Expressions
public import ScenarioModel
public import ScenarioSyntax

extension MetricStep {
    public func parse(_ node: YAMLNode, _ reader: inout SyntaxReader) -> (any StepRequest)? {
        if node.scalar != nil {
            return PromQLTemplate(node, &reader).map { MetricCall(question: .query($0, at: nil), span: node.span) }
        }
        guard let mapping = MappingReader(node, Self.table, &reader.diagnostics) else { return nil }
        let present = Self.questions.filter { mapping.has($0) }
        guard let key = present.first, let question = mapping[key] else {
            let span = node.members?.first?.key.span ?? node.span
            reader.diagnostics.append(
                Diagnostic(
                    .metricQuestion, at: span, "the step asks nothing",
                    hint: "write 'metric: PROMQL', or one of \(Self.list)"))
            return nil
        }
        if present.count > 1, let second = mapping.keySpan(present[1]), let first = mapping.keySpan(key) {
            reader.diagnostics.append(
                Diagnostic(
                    .metricQuestion, at: second, "a step asks one thing; this one has '\(key)' and '\(present[1])'",
                    secondary: [.init(span: first, text: "the first is here")], hint: "make two steps of it"))
            return nil
        }
        for (part, owner) in [("at", "query"), ("range", "query"), ("over", "delta")]
        where mapping.has(part) && key != owner {
            reader.diagnostics.append(
                Diagnostic(
                    .metricQuestion, at: mapping.keySpan(part) ?? node.span, "'\(part)' belongs to '\(owner)'",
                    hint: "take it out"))
        }
        if key == "delta" { return delta(question, mapping, &reader) }
        return read(key, question, mapping, &reader).map { MetricCall(question: $0, span: question.span) }
    }

    private static var list: Diagnostic.Message {
        .init(questions.map { "'\($0)'" }.joined(separator: ", "))
    }

    private func delta(
        _ node: YAMLNode, _ mapping: MappingReader, _ reader: inout SyntaxReader
    ) -> (any StepRequest)? {
        let selector = PromQLTemplate(node, &reader)
        if let selector, let misfit = selector.misfit {
            let span = selector.located.span(of: misfit.range)
            reader.diagnostics.append(
                Diagnostic(
                    .metricQuery, at: span, "'delta' takes a plain selector, and no expression",
                    hint: "write NAME{label=\"value\"}; 'value' is the sum over all of its series"))
            return nil
        }
        guard let over = mapping["over"] else {
            reader.diagnostics.append(
                Diagnostic(
                    .metricQuestion, at: mapping.keySpan("delta") ?? node.span, "'delta' stands without 'over'",
                    hint: "add 'over: ID' with the step or group whose effect is counted"))
            return nil
        }
        guard let selector, let id = over.identifier(&reader.diagnostics) else { return nil }
        return MetricDelta(selector: selector, watched: (id, over.span), span: node.span)
    }

    private func read(
        _ key: String, _ node: YAMLNode, _ mapping: MappingReader, _ reader: inout SyntaxReader
    ) -> MetricQuestion? {
        switch key {
        case "query":
            let query = PromQLTemplate(node, &reader)
            let at = mapping["at"].flatMap { time($0, &reader) }
            guard let range = mapping["range"] else { return query.map { .query($0, at: at) } }
            if let span = mapping.keySpan("at") {
                reader.diagnostics.append(
                    Diagnostic(
                        .metricRange, at: span, "a range has no 'at'", hint: "write 'to' inside of 'range'"))
            }
            let read = self.range(range, &reader)
            guard let query, let read else { return nil }
            return .range(query, read)
        case "match": return PromQLTemplate(node, &reader).map { .match($0) }
        case "exemplars": return PromQLTemplate(node, &reader).map { .exemplars($0) }
        default:
            guard node.text(&reader.diagnostics) != nil else { return nil }
            let name = reader.value(node)
            return switch key {
            case "labels": .labels(name)
            case "alerts": .alerts(name)
            case "rules": .rules(name)
            case "targets": .targets(name)
            default: .metadata(name)
            }
        }
    }

    private func range(_ node: YAMLNode, _ reader: inout SyntaxReader) -> MetricRange? {
        guard let mapping = MappingReader(node, Self.range, &reader.diagnostics) else { return nil }
        let last = mapping["last"].flatMap { node in reader.late(node) { $0.duration(&$1) } }
        let from = mapping["from"].flatMap { time($0, &reader) }
        let to = mapping["to"].flatMap { time($0, &reader) }
        if mapping.has("last") == mapping.has("from") {
            reader.diagnostics.append(
                Diagnostic(
                    .metricRange, at: mapping.keySpan("from") ?? node.openingSpan,
                    mapping.has("last")
                        ? "the range has both 'last' and 'from'" : "the range says neither 'last' nor 'from'",
                    hint: "write 'range: { last: 15m, step: 15s }'"))
            return nil
        }
        guard let step = mapping["step"].flatMap({ node in reader.late(node) { $0.duration(&$1) } }) else { return nil }
        if case .known(let step) = step, step <= .zero {
            reader.diagnostics.append(
                Diagnostic(.metricRange, at: mapping["step"]?.span ?? node.span, "the points have no distance"))
            return nil
        }
        return MetricRange(last: last, from: from, to: to, step: step, span: node.span)
    }

    private func time(_ node: YAMLNode, _ reader: inout SyntaxReader) -> ValueTemplate? {
        guard let text = node.text(&reader.diagnostics) else { return nil }
        let value = reader.value(node)
        if value.constant != nil, !MetricTime.isTime(text) {
            reader.diagnostics.append(
                Diagnostic(
                    .metricTime, at: node.span, "'\(String(text.prefix(40)))' is no time",
                    hint: "write 2026-01-31T12:00:00Z, or seconds since 1970"))
            return nil
        }
        return value
    }
}
