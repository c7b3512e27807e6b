internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// The pairs of a `query`, of `headers` or of a `form`: names with one text each, or several.
struct PairList: Sendable {
    /// What the pairs are, for messages: `query`.
    let what: String
    /// Nil where a whole template yields the mapping.
    let pairs: [Pair]?
    let template: ValueTemplate?

    /// A name and its value as written.
    struct Pair: Sendable {
        var name: String
        var nameSpan: SourceSpan
        var value: ValueTemplate
    }

    /// A name and the texts that are sent; none where the value is null, which drops the pair.
    struct Evaluated {
        var name: String
        var values: [String]
        /// Where the pair's value is written.
        var span: SourceSpan
    }

    /// Reads a mapping of texts, or a template that yields one; nil after an error.
    init?(_ node: YAMLNode, _ what: String, _ reader: inout SyntaxReader) {
        self.what = what
        if node.isWholeTemplate {
            pairs = nil
            template = reader.value(node)
            return
        }
        let read = reader.value(node)
        guard case .object(let members, _) = read else {
            reader.diagnostics.append(
                Diagnostic(
                    .httpValue, at: node.span, "expected a mapping of names and values, found \(node.found)",
                    hint: .asMapping(what)))
            return nil
        }
        template = nil
        pairs = members.map { Pair(name: $0.key, nameSpan: $0.keySpan, value: $0.value) }
        for member in members { Self.check(member, what, &reader.diagnostics) }
    }

    private static func check(_ member: ValueTemplate.Member, _ what: String, _ diagnostics: inout [Diagnostic]) {
        let elements: [ValueTemplate]
        if case .array(let list, _) = member.value { elements = list } else { elements = [member.value] }
        for element in elements {
            switch element {
            case .literal, .template: break
            case .array(_, let span), .object(_, let span):
                diagnostics.append(
                    Diagnostic(
                        .httpValue, at: span, .noText(member.key, what),
                        hint: "write a text, or a list of texts, which is sent once per element"))
            }
        }
    }

    /// Evaluates the pairs in their order.
    func evaluate(_ scope: any TemplateScope) throws(StepFailure) -> [Evaluated] {
        guard let pairs else { return try evaluateWhole(scope) }
        var evaluated: [Evaluated] = []
        for pair in pairs {
            let span = pair.value.span
            evaluated.append(Evaluated(name: pair.name, values: try texts(of: pair, scope), span: span))
        }
        return evaluated
    }

    private func texts(of pair: Pair, _ scope: any TemplateScope) throws(StepFailure) -> [String] {
        switch pair.value {
        case .literal, .template(.text, _), .template(.literal, _):
            return try scope.text(of: pair.value).map { [$0] } ?? []
        case .array(let elements, _):
            var texts: [String] = []
            for element in elements {
                if let text = try scope.text(of: element) { texts.append(text) }
            }
            return texts
        case .template(.whole, let span), .object(_, let span):
            return try texts(of: scope.value(of: pair.value), pair.name, at: span)
        }
    }

    private func evaluateWhole(_ scope: any TemplateScope) throws(StepFailure) -> [Evaluated] {
        guard let template else { return [] }
        let value = try scope.value(of: template)
        if value.isNull { return [] }
        guard case .object(let members) = value else {
            throw StepFailure.refused(
                .templateType, "expected a mapping of names and values for '\(what)', found \(value.type)",
                at: template.span, hint: "make an object of it: '{name: …}'")
        }
        var evaluated: [Evaluated] = []
        for (name, value) in members {
            evaluated.append(
                Evaluated(name: name, values: try texts(of: value, name, at: template.span), span: template.span))
        }
        return evaluated
    }

    private func texts(of value: Value, _ name: String, at span: SourceSpan) throws(StepFailure) -> [String] {
        let elements = value.array ?? [value]
        var texts: [String] = []
        for element in elements where !element.isNull {
            guard element.array == nil, element.object == nil else {
                throw StepFailure.refused(
                    .templateType, "'\(name.prefix(60))' in '\(what)' takes text, found \(element.type)", at: span,
                    hint: "take a member of it, or write it with '| tojson'")
            }
            texts.append(element.tostring)
        }
        return texts
    }

    /// The pairs as `plan` shows them, a line each: `name: value`.
    var planLines: [String] {
        guard let pairs else { return [template?.written ?? ""] }
        return pairs.flatMap { pair -> [String] in
            if case .array(let elements, _) = pair.value { return elements.map { "\(pair.name): \($0.written)" } }
            return pair.value.isLiteralNull ? [] : ["\(pair.name): \(pair.value.written)"]
        }
    }
}

extension Diagnostic.Message {
    fileprivate static func asMapping(_ what: String) -> Self { "write '\(what): { name: value }'" }
    fileprivate static func noText(_ name: String, _ what: String) -> Self {
        "'\(name.prefix(60))' in '\(what)' takes a text or a list of texts"
    }
}
