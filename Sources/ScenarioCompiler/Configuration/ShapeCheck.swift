internal import Diagnostics
internal import Expressions
internal import ScenarioSyntax

/// Checks a value against the shape that its key takes; templates pass, as what they yield is not known yet.
enum ShapeCheck {
    /// Reports what is wrong with a value and all that it holds.
    static func check(_ node: YAMLNode, _ shape: Shape, _ diagnostics: inout [Diagnostic]) {
        if let scalar = node.scalar, Template.containsMarker(scalar.text) { return }
        switch shape {
        case .any: break
        case .null: if node.scalar?.resolved != .null { mismatch(node, shape, &diagnostics) }
        case .text, .expression: _ = node.text(&diagnostics)
        case .identifier: _ = node.identifier(&diagnostics)
        case .integer: _ = node.integer(&diagnostics)
        case .number: _ = node.number(&diagnostics)
        case .boolean: _ = node.boolean(&diagnostics)
        case .duration: _ = node.duration(&diagnostics)
        case .size: _ = node.size(&diagnostics)
        case .rate: _ = node.rate(&diagnostics)
        case .list(let element):
            for node in node.list(&diagnostics) ?? [] { check(node, element, &diagnostics) }
        case .map(let value):
            guard let members = node.members else { return mismatch(node, shape, &diagnostics) }
            for member in members { check(member.value, value, &diagnostics) }
        case .table(let table): check(node, table(), &diagnostics)
        case .choice(let words): choose(node, words, &diagnostics)
        case .oneOf(let shapes): checkAny(node, shapes, &diagnostics)
        case .template(let shape): check(node, shape, &diagnostics)
        }
    }

    /// Reports what is wrong with a mapping of known keys.
    static func check(_ node: YAMLNode, _ table: KeyTable, _ diagnostics: inout [Diagnostic]) {
        guard let mapping = MappingReader(node, table, &diagnostics) else { return }
        for key in table.keys {
            if let value = mapping[key.name] { check(value, key.shape, &diagnostics) }
        }
    }

    private static func choose(_ node: YAMLNode, _ words: [String], _ diagnostics: inout [Diagnostic]) {
        guard let text = node.scalar?.text else { return mismatch(node, .choice(words), &diagnostics) }
        guard !words.contains(text) else { return }
        let near = NearestName.of(text, in: words)
        mismatch(node, .choice(words), &diagnostics, hint: near.map { "did you mean '\($0)'?" })
    }

    /// Checks against alternatives; where none fits, the one of the same structure tells what is wrong inside.
    private static func checkAny(_ node: YAMLNode, _ shapes: [Shape], _ diagnostics: inout [Diagnostic]) {
        for shape in shapes {
            var found: [Diagnostic] = []
            check(node, shape, &found)
            if found.isEmpty { return }
        }
        if let alike = shapes.first(where: { isAlike(node, $0) }) { return check(node, alike, &diagnostics) }
        mismatch(node, .oneOf(shapes), &diagnostics)
    }

    private static func isAlike(_ node: YAMLNode, _ shape: Shape) -> Bool {
        switch (node.content, shape) {
        case (.sequence, .list), (.mapping, .map), (.mapping, .table): true
        case (_, .template(let shape)): isAlike(node, shape)
        default: false
        }
    }

    private static func mismatch(
        _ node: YAMLNode, _ shape: Shape, _ diagnostics: inout [Diagnostic], hint: Diagnostic.Message? = nil
    ) {
        diagnostics.append(Diagnostic(.wrongType, at: node.span, .mismatch(shape.phrase, node), hint: hint))
    }
}

extension Diagnostic.Message {
    fileprivate static func mismatch(_ expected: String, _ node: YAMLNode) -> Self {
        let found = node.scalar.flatMap { $0.resolved == .string ? "'\($0.text.prefix(60))'" : nil } ?? node.found
        return "expected \(expected), found \(found)"
    }
}
