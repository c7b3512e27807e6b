internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// Reads a load of the configuration, or the mapping of a step's `repeat`.
enum RepetitionReader {
    /// Returns the repetition, or nil after an error.
    static func read(_ node: YAMLNode, _ reader: inout SyntaxReader) -> Repetition? {
        guard let mapping = MappingReader(node, ConfigurationKeys.load, &reader.diagnostics) else { return nil }
        let written = extent(mapping, &reader)
        let parallel = mapping["parallel"].flatMap { reader.late($0, self.parallel) }
        let rate = mapping["rate"].flatMap { reader.late($0) { $0.rate(&$1) } }
        let warmup = mapping["warmup"].flatMap { reader.late($0) { $0.duration(&$1) } }
        let pass = mapping["pass"].flatMap {
            self.pass($0, "write 'pass: 99%', or the number of runs that must pass", &reader)
        }
        let assertions = mapping["assert"].map { self.assertions($0, &reader) }
        let stages = mapping["stages"].flatMap { StageReader.read($0, mapping, &reader.diagnostics) }
        let extent = stages.map { .duration(.known($0.reduce(.zero) { $0 + $1.length })) } ?? written
        guard let extent else { return nil }
        if case .times(.known(let times)) = extent, case .count(let count)? = pass, count > times,
            let node = mapping["pass"]
        {
            reader.diagnostics.append(
                Diagnostic(
                    .configurationValue, at: node.span, .passes(count, of: times), hint: "write at most \(times)"))
        }
        var repetition = Repetition(span: node.span, extent: extent)
        repetition.parallel = parallel ?? .known(1)
        repetition.rate = rate
        repetition.warmup = warmup
        repetition.pass = pass ?? .all
        repetition.assertions = assertions ?? []
        repetition.stages = stages ?? []
        repetition.think = mapping["think"].flatMap { reader.late($0) { $0.duration(&$1) } }
        repetition.abortsEarly = mapping["abort"]?.boolean(&reader.diagnostics) ?? false
        repetition.spacing = mapping["spacing"].flatMap { spacing($0, &reader.diagnostics) } ?? .even
        if let node = mapping["allow_dropped"] {
            repetition.allowedDropped =
                self.pass(
                    node, "write 'allow_dropped: 1%', or a number of arrivals", &reader) ?? .count(0)
        }
        return repetition
    }

    private static func extent(_ mapping: MappingReader, _ reader: inout SyntaxReader) -> Repetition.Extent? {
        let written = ["times", "for", "while", "stages"].filter(mapping.has)
        guard written.count == 1 else {
            let second = written.dropFirst().first
            reader.diagnostics.append(
                Diagnostic(
                    .loadExtent, at: second.flatMap(mapping.keySpan) ?? mapping.node.span,
                    written.isEmpty ? .noExtent : .twoExtents(written), hint: "write 'times: 100' or 'for: 1m'"))
            return nil
        }
        if let node = mapping["times"] { return reader.late(node, positive).map { .times($0) } }
        if let node = mapping["for"] { return reader.late(node) { $0.positiveDuration(&$1) }.map { .duration($0) } }
        if let node = mapping["while"] {
            return node.identifier(&reader.diagnostics).map { .whileStep($0, node.span) }
        }
        return nil
    }

    /// Reads how many runs there are at a time: each has its own place in memory from the beginning.
    static func parallel(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Int? {
        node.integer(in: 1...Repetition.mostParallel, &diagnostics)
    }

    private static func positive(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Int? {
        guard let count = node.integer(&diagnostics) else { return nil }
        guard count > 0 else {
            diagnostics.append(
                Diagnostic(.configurationValue, at: node.span, .positive(count), hint: "write 1 or more"))
            return nil
        }
        return count
    }

    private static func spacing(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Repetition.Spacing? {
        if let text = node.scalar?.text, let spacing = Repetition.Spacing(rawValue: text) { return spacing }
        diagnostics.append(
            Diagnostic(
                .configurationValue, at: node.span, .spacing(node.found), hint: "write 'even' or 'poisson'"))
        return nil
    }

    private static func pass(
        _ node: YAMLNode, _ hint: Diagnostic.Message, _ reader: inout SyntaxReader
    ) -> Repetition.Pass? {
        if node.isWholeTemplate { return .template(reader.value(node)) }
        if let scalar = node.scalar {
            if case .integer(let text) = scalar.resolved, let count = Int(text), count >= 0 { return .count(count) }
            if scalar.text.hasSuffix("%"), let share = Double(scalar.text.dropLast()), (0...100).contains(share) {
                return .share(share / 100)
            }
        }
        reader.diagnostics.append(
            Diagnostic(
                .configurationValue, at: node.span, .pass(node.found),
                hint: hint))
        return nil
    }

    /// Reads a list of jq, or a mapping of names to jq.
    static func assertions(_ node: YAMLNode, _ reader: inout SyntaxReader) -> [Assertion] {
        switch node.content {
        case .scalar:
            reader.diagnostics.append(
                Diagnostic(
                    .configurationValue, at: node.span, .assertions(node.found),
                    hint: "write each assertion behind a '- ' on a line of its own"))
            return []
        case .sequence(let elements):
            return elements.flatMap { element in
                if element.members != nil { return assertions(element, &reader) }
                let expression = reader.expression(element, .aggregate)
                return expression.map { [Assertion(name: nil, expression: $0)] } ?? []
            }
        case .mapping(let members):
            return members.compactMap { member in
                reader.expression(member.value, .aggregate).map { Assertion(name: member.name, expression: $0) }
            }
        }
    }
}

extension Diagnostic.Message {
    fileprivate static var noExtent: Self { "nothing says how long this goes on" }
    fileprivate static func twoExtents(_ names: [String]) -> Self {
        "\(names.map { "'\($0)'" }.joined(separator: " and ")) both say how long this goes on"
    }
    fileprivate static func positive(_ found: Int) -> Self { "expected a number above 0, found \(found)" }
    fileprivate static func passes(_ count: Int, of times: Int) -> Self {
        "\(count) of \(times) run\(times == 1 ? "" : "s") can never pass"
    }
    fileprivate static func spacing(_ found: String) -> Self { "expected how arrivals are spread, found \(found)" }
    fileprivate static func pass(_ found: String) -> Self {
        "expected a count or a share such as 99%, found \(found)"
    }
    fileprivate static func assertions(_ found: String) -> Self { "expected a list of jq expressions, found \(found)" }
}
