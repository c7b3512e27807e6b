internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

extension VectorStep {
    /// Reads vectors, points, ids and what selects them.
    func readValues(_ mapping: MappingReader, into call: inout VectorCall, _ reader: inout SyntaxReader) {
        call.vector = mapping["vector"].map { reader.value($0) }
        if let node = mapping["vectors"] {
            if call.verb == .create {
                call.named = named(node, &reader)
            } else if let file = Self.file(node, &reader) {
                call.vectors = .file(file)
            } else {
                call.vectors = .value(reader.value(node))
            }
        }
        call.using = mapping["using"].flatMap { Self.text($0, &reader) }
        call.field = mapping["field"].flatMap { Self.text($0, &reader) }
        call.orderBy = mapping["order_by"].flatMap { Self.text($0, &reader) }
        call.offset = mapping["offset"].map { reader.value($0) }
        call.ids = mapping["ids"].map { reader.value($0) }
        call.payloads = mapping["payloads"].map { reader.value($0) }
        if let node = mapping["filter"] {
            FilterCheck.check(node, &reader.diagnostics)
            call.filter = JSONTemplate(node, &reader)
            call.qdrantWords = FilterCheck.words(PGFilter.untranslated, in: node)
        }
        call.withPayload = mapping["with_payload"].map { JSONTemplate($0, &reader) }
        call.withVectors = mapping["with_vectors"].map { JSONTemplate($0, &reader) }
        if let node = mapping["params"] {
            if node.members == nil, !node.isWholeTemplate {
                reader.diagnostics.append(
                    Diagnostic(
                        .vectorSetting, at: node.span, "expected a mapping of parameters, found \(node.found)",
                        hint: "write such as 'params: { hnsw_ef: 128 }'"))
            }
            call.params = JSONTemplate(node, &reader)
        }
        if let node = mapping["sparse"] { call.sparse = node.strings(&reader.diagnostics) ?? [] }
        if let node = mapping["points"] { call.points = points(node, &reader) }
    }

    /// The path in `{file: PATH}`; nil for anything else.
    private static func file(_ node: YAMLNode, _ reader: inout SyntaxReader) -> ValueTemplate? {
        guard let members = node.members, members.count == 1, members[0].name == "file" else { return nil }
        return text(members[0].value, &reader)
    }

    private static func text(_ node: YAMLNode, _ reader: inout SyntaxReader) -> ValueTemplate? {
        guard node.text(&reader.diagnostics) != nil else { return nil }
        return reader.value(node)
    }

    private func named(_ node: YAMLNode, _ reader: inout SyntaxReader) -> [VectorCall.Named] {
        guard let members = node.members, !members.isEmpty else {
            reader.diagnostics.append(
                Diagnostic(
                    .vectorValue, at: node.span, "expected a mapping of names and vectors, found \(node.found)",
                    hint: "write 'vectors: { title: { size: 384, distance: cosine } }'"))
            return []
        }
        return members.compactMap { member in
            guard let mapping = MappingReader(member.value, Self.namedVector, &reader.diagnostics),
                let size = StepOption(mapping["size"], &reader, { $0.integer(&$1) })
            else { return nil }
            let distance = mapping["distance"].flatMap { Self.distance($0, &reader.diagnostics) }
            return VectorCall.Named(name: member.name, size: size, distance: distance ?? .cosine)
        }
    }

    private func points(_ node: YAMLNode, _ reader: inout SyntaxReader) -> VectorCall.Points? {
        if let file = Self.file(node, &reader) { return .file(file) }
        guard let elements = node.elements else {
            if node.isWholeTemplate { return .value(reader.value(node)) }
            reader.diagnostics.append(
                Diagnostic(
                    .vectorValue, at: node.span, "expected a list of points, found \(node.found)",
                    hint: "write 'points: [{ id: 1, vector: […], payload: {…} }]' or 'points: { file: PATH }'"))
            return nil
        }
        return .list(elements.compactMap { point($0, &reader) })
    }

    private func point(_ node: YAMLNode, _ reader: inout SyntaxReader) -> VectorCall.Point? {
        guard let mapping = MappingReader(node, Self.pointTable, &reader.diagnostics), let id = mapping["id"],
            let vector = mapping["vector"]
        else { return nil }
        return VectorCall.Point(
            id: reader.value(id), vector: reader.value(vector),
            payload: mapping["payload"].map { JSONTemplate($0, &reader) })
    }

    private static let pointTable = KeyTable(
        name: "point", summary: "A point of a collection.",
        keys: [
            Key("id", .any, required: true, "Its id: an integer from 0 to 2^64-1, or a UUID."),
            Key("vector", .any, required: true, "Its vector, or its vectors by name."),
            Key("payload", .any, "What is kept beside the vector."),
        ], foreign: ["embedding": "vector", "vectors": "vector", "metadata": "payload", "values": "vector"])

    /// What the operation lacks, and what its literal values get wrong.
    func checkWhole(_ call: VectorCall, _ mapping: MappingReader, _ diagnostics: inout [Diagnostic]) {
        let place = mapping.keySpan(call.verb.rawValue) ?? call.span
        func lacks(_ what: Diagnostic.Message, _ hint: Diagnostic.Message) {
            diagnostics.append(Diagnostic(.vectorKey, at: place, what, hint: hint))
        }
        switch call.verb {
        case .search:
            if mapping.has("vector") == mapping.has("vectors") {
                lacks(
                    mapping.has("vector") ? "the search has 'vector' and 'vectors'" : "the search has no vector",
                    "write 'vector' for one query, or 'vectors' for several")
            }
            if call.recallAt != nil, call.exact?.value.known == true {
                lacks("an exact search has a recall of 1", "remove 'exact': 'recall' runs the queries exactly too")
            }
        case .upsert where !mapping.has("points") && !(mapping.has("ids") && mapping.has("vectors")):
            lacks("there is nothing to write", "write 'points', or 'ids' and 'vectors'")
        case .upsert where mapping.has("points") && (mapping.has("ids") || mapping.has("vectors")):
            lacks("the points are written twice", "write either 'points', or 'ids' and 'vectors'")
        case .fetch where !mapping.has("ids"): lacks("there is nothing to fetch", "write 'ids', or use 'scroll'")
        case .delete where mapping.has("ids") == mapping.has("filter"):
            lacks("'delete' needs either 'ids' or 'filter'", "to remove the collection, write 'drop'")
        case .create where mapping.has("vectors") && mapping.has("size"):
            lacks("the collection has 'size' and 'vectors'", "named vectors have sizes of their own")
        case .create where !mapping.has("vectors") && !mapping.has("size") && !mapping.has("sparse"):
            lacks("the collection has no size", "write 'size', the dimension of its vectors")
        default: break
        }
        checkLiterals(call, &diagnostics)
    }

    private func checkLiterals(_ call: VectorCall, _ diagnostics: inout [Diagnostic]) {
        var size = call.verb == .create ? nil : call.size?.value.known
        func check(_ template: ValueTemplate) {
            guard let value = template.constant, value.array != nil || value.object != nil,
                value.embeddings == nil
            else { return }
            do throws(VectorData.Fault) {
                guard let found = try VectorData(value).size else { return }
                if let size, size != found {
                    diagnostics.append(
                        Diagnostic(
                            .vectorSize, at: template.span, "this vector has \(found) dimensions, not \(size)",
                            hint: "the vectors of a collection have one size"))
                }
                size = size ?? found
            } catch {
                diagnostics.append(
                    Diagnostic(
                        .vectorValue, at: template.span, .computed(error.message), hint: "a vector holds finite numbers"
                    ))
            }
        }
        if let vector = call.vector { check(vector) }
        if case .value(.array(let rows, _))? = call.vectors { for row in rows { check(row) } }
        guard case .list(let points)? = call.points else { return checkIDs(call.ids, &diagnostics) }
        for point in points {
            check(point.vector)
            checkID(point.id, &diagnostics)
        }
    }

    private func checkIDs(_ ids: ValueTemplate?, _ diagnostics: inout [Diagnostic]) {
        guard case .array(let elements, _)? = ids else { return }
        for element in elements { checkID(element, &diagnostics) }
    }

    private func checkID(_ id: ValueTemplate, _ diagnostics: inout [Diagnostic]) {
        guard let value = id.constant, PointID(value) == nil else { return }
        diagnostics.append(
            Diagnostic(
                .vectorID, at: id.span, .noID(value.json()),
                hint: "an id is an integer from 0 to 18446744073709551615, or a UUID"))
    }
}

extension Diagnostic.Message {
    fileprivate static func computed(_ text: String) -> Self { Self(text) }
    fileprivate static func noID(_ text: String) -> Self { "\(text.prefix(60)) is no id of a point" }
}
