internal import Diagnostics
internal import Expressions
public import ScenarioModel
public import ScenarioSyntax

extension VectorStep {
    public func parse(_ node: YAMLNode, _ reader: inout SyntaxReader) -> (any StepRequest)? {
        if node.scalar != nil {
            reader.diagnostics.append(
                Diagnostic(
                    .vectorOperation, at: node.span, "expected a mapping with an operation, found \(node.found)",
                    hint: "write 'vector: { search: COLLECTION, vector: … }'"))
            return nil
        }
        guard let mapping = MappingReader(node, Self.table, &reader.diagnostics) else { return nil }
        guard let verb = verb(mapping, &reader.diagnostics) else { return nil }
        checkKeys(mapping, verb, &reader.diagnostics)

        var call = VectorCall(verb: verb, span: node.span)
        switch verb {
        case .list: break
        case .alias: call.aliases = aliases(mapping, &reader)
        default:
            guard let name = mapping[verb.rawValue], let text = name.text(&reader.diagnostics) else { return nil }
            let template = reader.value(name)
            if template.constant != nil, let fault = CollectionName.fault(text) {
                reader.diagnostics.append(
                    Diagnostic(.vectorName, at: name.span, .badName(text, fault), hint: "choose a plain name"))
            }
            call.collection = template
        }
        readValues(mapping, into: &call, &reader)
        readOptions(mapping, into: &call, &reader)
        checkWhole(call, mapping, &reader.diagnostics)
        return call
    }

    private func verb(_ mapping: MappingReader, _ diagnostics: inout [Diagnostic]) -> VectorVerb? {
        let present = VectorVerb.allCases.filter { mapping.has($0.rawValue) }
        guard let first = present.first else {
            let unknown = (mapping.node.members ?? []).map(\.name).filter { mapping.table[$0] == nil }
            if unknown.isEmpty {
                diagnostics.append(
                    Diagnostic(
                        .vectorOperation, at: mapping.node.openingSpan, "the step has no operation",
                        hint: "write one such as 'search: COLLECTION' or 'upsert: COLLECTION'"))
            }
            return nil
        }
        if present.count > 1, let span = mapping.keySpan(present[1].rawValue),
            let other = mapping.keySpan(first.rawValue)
        {
            diagnostics.append(
                Diagnostic(
                    .vectorOperation, at: span,
                    "a step has one operation; this one has '\(first.rawValue)' and '\(present[1].rawValue)'",
                    secondary: [.init(span: other, text: "the first is here")], hint: "make two steps of it"))
            return nil
        }
        return first
    }

    /// Keys that are known but mean nothing with this operation.
    private func checkKeys(_ mapping: MappingReader, _ verb: VectorVerb, _ diagnostics: inout [Diagnostic]) {
        for member in mapping.node.members ?? []
        where mapping.table[member.name] != nil && member.name != verb.rawValue && !verb.keys.contains(member.name) {
            let known = verb.keys.sorted().map { "'\($0)'" }.joined(separator: ", ")
            diagnostics.append(
                Diagnostic(
                    .vectorKey, at: member.key.span, "'\(member.name)' has no meaning with '\(verb.rawValue)'",
                    hint: known.isEmpty ? "remove it" : .keysOf(verb, known)))
        }
    }

    private func aliases(_ mapping: MappingReader, _ reader: inout SyntaxReader) -> [VectorCall.Alias] {
        guard let node = mapping["alias"] else { return [] }
        guard let members = node.members, !members.isEmpty else {
            reader.diagnostics.append(
                Diagnostic(
                    .vectorValue, at: node.span, "expected a mapping of aliases and collections, found \(node.found)",
                    hint: "write 'alias: { NAME: COLLECTION }'; null takes a name away"))
            return []
        }
        return members.map { member in
            if let fault = CollectionName.fault(member.name) {
                reader.diagnostics.append(
                    Diagnostic(.vectorName, at: member.key.span, .badName(member.name, fault)))
            }
            return VectorCall.Alias(name: member.name, collection: reader.value(member.value))
        }
    }

    private func readOptions(_ mapping: MappingReader, into call: inout VectorCall, _ reader: inout SyntaxReader) {
        func count(_ key: String, from least: Int, _ reader: inout SyntaxReader) -> VectorCall.Option<Int>? {
            StepOption(mapping[key], &reader) { node, diagnostics in
                guard let count = node.integer(&diagnostics) else { return nil }
                if count >= least { return count }
                diagnostics.append(
                    Diagnostic(
                        .vectorSetting, at: node.span, "expected a number from \(least) on, found \(count)",
                        hint: "write \(least) or more"))
                return nil
            }
        }
        call.limit = count("limit", from: 1, &reader)
        call.firstID = count("first_id", from: 0, &reader)
        call.size = count("size", from: 1, &reader)
        call.batch = count("batch", from: 1, &reader)
        call.scoreThreshold = StepOption(mapping["score_threshold"], &reader) { $0.number(&$1) }
        call.exact = StepOption(mapping["exact"], &reader) { $0.boolean(&$1) }
        call.removes = StepOption(mapping["remove"], &reader) { $0.boolean(&$1) }
        if let node = mapping["recall"], let recall = MappingReader(node, Self.recall, &reader.diagnostics) {
            call.recallAt = StepOption(recall["k"], &reader) { $0.integer(&$1) }
        }
        if let node = mapping["distance"] {
            call.distance = Self.distance(node, &reader.diagnostics) ?? .cosine
        }
        if let node = mapping["type"], let text = node.text(&reader.diagnostics) {
            if case .choice(let types)? = Self.table["type"]?.shape, !types.contains(text) {
                reader.diagnostics.append(
                    Diagnostic(
                        .vectorSetting, at: node.span, .unknownType(text), hint: .oneOf(types)))
            }
            call.type = text
        }
    }

    static func distance(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Distance? {
        guard let text = node.text(&diagnostics) else { return nil }
        if let distance = Distance(rawValue: text) { return distance }
        let words = ["l2": "euclid", "euclidean": "euclid", "ip": "dot", "inner": "dot", "l1": "manhattan"]
        let names = Distance.allCases.map(\.rawValue)
        let near = words[text.lowercased()] ?? NearestName.of(text.lowercased(), in: names)
        diagnostics.append(
            Diagnostic(
                .vectorSetting, at: node.span, .unknownDistance(text), hint: near.map { .meant($0) } ?? .oneOf(names)))
        return nil
    }
}

/// What a collection may be called.
enum CollectionName {
    /// Why a text is no name of a collection; nil where it is one.
    static func fault(_ name: String) -> String? {
        if name.isEmpty { return "it is empty" }
        if name.utf8.count > 255 { return "it is longer than 255 bytes" }
        if name == "." || name == ".." { return "it names a folder" }
        let bad = name.unicodeScalars.first { $0.value < 0x20 || "/\\<>:\"|?*".unicodeScalars.contains($0) }
        return bad.map { "it holds \($0.value < 0x20 ? "a control character" : "'\($0)'")" }
    }
}

extension Diagnostic.Message {
    fileprivate static func badName(_ name: String, _ fault: String) -> Self {
        "'\(name.prefix(60))' is no name of a collection: \(fault)"
    }
    fileprivate static func keysOf(_ verb: VectorVerb, _ keys: String) -> Self {
        "with '\(verb.rawValue)' stand \(keys)"
    }
    fileprivate static func unknownType(_ text: String) -> Self { "no payload field has the type '\(text.prefix(40))'" }
    fileprivate static func unknownDistance(_ text: String) -> Self { "no distance is called '\(text.prefix(40))'" }
    fileprivate static func oneOf(_ words: [String]) -> Self { "one of \(words.joined(separator: ", "))" }
    fileprivate static func meant(_ word: String) -> Self { "here it is called '\(word)'" }
}
