internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

extension VectorCall {
    /// Evaluates every template once, and checks vectors and ids before anything is sent.
    func prepare(_ scope: any TemplateScope, target: ResolvedTarget?) throws(StepFailure) -> any PreparedStep {
        guard let target else {
            throw StepFailure.refused(
                .vectorOperation, "the step needs a target", at: span, hint: "name one with 'target'")
        }
        let name = try collection.flatMap { (template) throws(StepFailure) in
            try evaluatedName(template, scope)
        }
        let preparation = VectorPreparation(call: self, scope: scope)
        let operation = try preparation.operation()
        return PreparedVectorStep(
            verb: verb, collection: name ?? "", operation: operation, target: target,
            service: target.kind == "pgvector" ? .pgvector : .qdrant(try QdrantConnection(target)))
    }

    private func evaluatedName(_ template: ValueTemplate, _ scope: any TemplateScope) throws(StepFailure) -> String {
        let name = try scope.text(of: template) ?? ""
        if let fault = CollectionName.fault(name) {
            throw StepFailure.refused(
                .vectorName, "'\(name.prefix(60))' is no name of a collection: \(fault)", at: template.span,
                hint: "look at what the template yields")
        }
        return name
    }
}

/// A `vector` step with every value decided.
final class PreparedVectorStep: PreparedStep {
    let verb: VectorVerb
    let collection: String
    let operation: VectorOperation
    let target: ResolvedTarget
    let service: Service
    /// Attempts so far.
    var attempts = 0

    init(
        verb: VectorVerb, collection: String, operation: VectorOperation, target: ResolvedTarget,
        service: Service
    ) {
        self.verb = verb
        self.collection = collection
        self.operation = operation
        self.target = target
        self.service = service
    }

    /// What serves the collection.
    enum Service {
        case qdrant(QdrantConnection)
        case pgvector
    }

    var summary: String {
        collection.isEmpty ? "\(verb.rawValue) at \(target.name)" : "\(verb.rawValue) \(collection) at \(target.name)"
    }
    var isIdempotent: Bool { verb.isIdempotent }
}

/// Evaluates the parts of one step.
struct VectorPreparation {
    let call: VectorCall
    let scope: any TemplateScope

    func operation() throws(StepFailure) -> VectorOperation {
        switch call.verb {
        case .list: return .list
        case .describe: return .describe
        case .drop: return .drop
        case .alias:
            var aliases: [(name: String, collection: String?)] = []
            for alias in call.aliases { aliases.append((alias.name, try scope.text(of: alias.collection))) }
            return .alias(aliases)
        case .create: return .create(try creation())
        case .index:
            return .index(
                VectorOperation.IndexChange(
                    field: try text(call.field), type: call.type, params: try json(call.params),
                    removes: try flag(call.removes) ?? false))
        case .count: return .count(filter: try filter(), exact: try flag(call.exact))
        case .delete:
            if let ids = call.ids { return .delete(.ids(try self.ids(ids))) }
            return .delete(.filter(try filter() ?? Array("{}".utf8)))
        case .fetch:
            return .fetch(
                ids: try call.ids.map { (template) throws(StepFailure) in try ids(template) } ?? [], try selection())
        case .scroll:
            var offset: PointID?
            if let template = call.offset {
                let value = try scope.value(of: template)
                offset = value.isNull ? nil : try id(value, template.span)
            }
            return .scroll(
                VectorOperation.Scroll(
                    filter: try filter(), limit: try number(call.limit, from: 1) ?? VectorCall.defaultLimit,
                    offset: offset, orderBy: try text(call.orderBy), selection: try selection()))
        case .search: return .search(try search())
        case .upsert: return .upsert(try upsert())
        }
    }

    // MARK: Operations

    private func creation() throws(StepFailure) -> VectorOperation.Creation {
        var vectors: [(name: String?, size: Int, distance: Distance)] = []
        if let size = try number(call.size, from: 1) { vectors = [(nil, size, call.distance)] }
        for vector in call.named {
            vectors.append((vector.name, try number(vector.size, from: 1) ?? 0, vector.distance))
        }
        return VectorOperation.Creation(vectors: vectors, sparse: call.sparse, params: try json(call.params))
    }

    private func search() throws(StepFailure) -> VectorOperation.Search {
        let size = try number(call.size, from: 1)
        let queries: VectorOperation.Queries
        if let template = call.vector {
            queries = .vectors([try query(try scope.value(of: template), template.span, size)])
        } else {
            queries = try self.queries(size)
        }
        let recallAt = try number(call.recallAt, from: 1)
        let limit = try number(call.limit, from: 1)
        var offset: Int?
        if let template = call.offset {
            guard let number = try scope.value(of: template).number.flatMap({ Int(exactly: $0) }), number >= 0 else {
                throw StepFailure.refused(
                    .vectorSetting, "expected a number of hits for 'offset'", at: template.span,
                    hint: "write such as 10")
            }
            offset = number
        }
        if recallAt != nil, offset ?? 0 > 0 {
            throw StepFailure.refused(
                .vectorSetting, "recall compares the nearest, and 'offset' passes over them", at: call.offset?.span,
                hint: "remove 'offset'")
        }
        var threshold: Double?
        if let option = call.scoreThreshold {
            threshold = try evaluated(option, "a number") { Double($0).flatMap { $0.isFinite ? $0 : nil } }
        }
        return VectorOperation.Search(
            queries: queries, isBatch: call.vectors != nil, using: try text(call.using),
            limit: max(limit ?? (recallAt ?? VectorCall.defaultLimit), recallAt ?? 1), offset: offset,
            filter: try filter(), scoreThreshold: threshold, exact: try flag(call.exact),
            selection: try selection(), params: try json(call.params), recallAt: recallAt)
    }

    private func queries(_ size: Int?) throws(StepFailure) -> VectorOperation.Queries {
        switch call.vectors {
        case nil: return .vectors([])
        case .file(let path)?:
            let file = try self.file(path)
            try checkSize(file.size, size, path.span)
            return .file(file)
        case .value(let template)?:
            let rows = try rows(template)
            var found: [VectorOperation.Query] = []
            var known = size
            for row in rows {
                let query = try query(row, template.span, known)
                if case .vector(let vector) = query { known = known ?? vector.size }
                found.append(query)
            }
            guard !found.isEmpty else {
                throw StepFailure.refused(
                    .vectorValue, "there is no vector to search for", at: template.span,
                    hint: "look at what the template yields")
            }
            return .vectors(found)
        }
    }

    private func query(
        _ value: Value, _ span: SourceSpan, _ size: Int?
    ) throws(StepFailure) -> VectorOperation.Query {
        if value.number != nil || value.string != nil { return .point(try id(value, span)) }
        return .vector(try vector(value, span, size))
    }

    private func upsert() throws(StepFailure) -> VectorOperation.Upsert {
        let size = try number(call.size, from: 1)
        let batch = try number(call.batch, from: 1) ?? VectorCall.defaultBatch
        guard case .file(let path)? = call.points else {
            let points = try knownPoints(size)
            return VectorOperation.Upsert(points: .known(points), batch: batch, size: size)
        }
        let file = try self.file(path)
        try checkSize(file.size, size, path.span)
        let first = UInt64(try number(call.firstID, from: 0) ?? 0)
        return VectorOperation.Upsert(points: .file(file, firstID: first), batch: batch, size: size)
    }

    private func knownPoints(_ size: Int?) throws(StepFailure) -> [VectorOperation.Point] {
        var points: [VectorOperation.Point] = []
        switch call.points {
        case .list(let written)?:
            for point in written {
                let vector = try vector(try scope.value(of: point.vector), point.vector.span, size)
                points.append(
                    VectorOperation.Point(
                        id: try id(try scope.value(of: point.id), point.id.span), vector: vector,
                        payload: try json(point.payload)))
            }
        case .value(let template)?:
            let value = try scope.value(of: template)
            guard let rows = value.array else { throw Self.wrong("a list of points", value, template.span) }
            for row in rows {
                guard let written = row["id"], let found = row["vector"] else {
                    throw StepFailure.refused(
                        .vectorValue, "a point lacks 'id' or 'vector'", at: template.span,
                        hint: "a point is '{ id, vector, payload }'")
                }
                points.append(
                    VectorOperation.Point(
                        id: try id(written, template.span), vector: try vector(found, template.span, size),
                        payload: row["payload"].map { $0.jsonBytes }))
            }
        case .file?, nil: points = try zippedPoints(size)
        }
        try checkAlike(points.map(\.vector))
        return points
    }

    /// Points whose ids, vectors and payloads stand in lists of their own.
    private func zippedPoints(_ size: Int?) throws(StepFailure) -> [VectorOperation.Point] {
        guard let template = call.ids, case .value(let vectors)? = call.vectors else {
            throw StepFailure.refused(
                .vectorValue, "a file of vectors is written with 'points'", at: call.span,
                hint: "write 'points: { file: PATH }'; 'first_id' numbers the rows")
        }
        let ids = try ids(template)
        let rows = try rows(vectors)
        let payloads = try call.payloads.map { (template) throws(StepFailure) in
            let value = try scope.value(of: template)
            guard let list = value.array else { throw Self.wrong("a list of payloads", value, template.span) }
            return list
        }
        guard rows.count == ids.count, payloads.map({ $0.count == ids.count }) ?? true else {
            let texts = payloads.map { ", \($0.count) payloads" } ?? ""
            throw StepFailure.refused(
                .vectorValue, "there are \(ids.count) ids, \(rows.count) vectors\(texts)", at: vectors.span,
                hint: "each point has one of each")
        }
        var points: [VectorOperation.Point] = []
        for (place, id) in ids.enumerated() {
            points.append(
                VectorOperation.Point(
                    id: id, vector: try vector(rows[place], vectors.span, size),
                    payload: payloads.map { $0[place].jsonBytes }))
        }
        return points
    }

    // MARK: Values

    /// The elements of a list, or the embeddings of an answer.
    private func rows(_ template: ValueTemplate) throws(StepFailure) -> [Value] {
        let value = try scope.value(of: template)
        if let rows = value.embeddings { return rows }
        guard let rows = value.array else {
            throw Self.wrong("a list of vectors, or an answer with embeddings", value, template.span)
        }
        return rows
    }

    private func vector(_ value: Value, _ span: SourceSpan, _ size: Int?) throws(StepFailure) -> VectorData {
        var value = value
        if let rows = value.embeddings {
            guard rows.count == 1 else {
                throw StepFailure.refused(
                    .vectorValue, "the answer has \(rows.count) embeddings, and one is due", at: span,
                    hint: "use 'vectors', or take one of them")
            }
            value = rows[0]
        }
        do throws(VectorData.Fault) {
            let vector = try VectorData(value)
            try checkSize(vector.size, size, span, vector)
            return vector
        } catch {
            throw StepFailure.refused(
                .vectorValue, error.message, at: span, hint: "a vector is a list of finite numbers")
        }
    }

    private func checkSize(
        _ found: Int?, _ size: Int?, _ span: SourceSpan, _ vector: VectorData
    ) throws(VectorData.Fault) {
        guard let size, let found, found != size else { return }
        throw VectorData.Fault(message: "a vector has \(found) dimensions, not \(size)")
    }

    private func checkSize(_ found: Int?, _ size: Int?, _ span: SourceSpan) throws(StepFailure) {
        guard let size, let found, found != size else { return }
        throw StepFailure.refused(
            .vectorSize, "the file's vectors have \(found) dimensions, not \(size)", at: span,
            hint: "look at the file, or at 'size'")
    }

    /// Dense vectors that are sent together have one dimension.
    private func checkAlike(_ vectors: [VectorData]) throws(StepFailure) {
        let sizes = vectors.compactMap(\.size)
        guard let first = sizes.first, let other = sizes.firstIndex(where: { $0 != first }) else { return }
        throw StepFailure.refused(
            .vectorSize, "the first vector has \(first) dimensions, the one at \(other) has \(sizes[other])",
            at: call.span, hint: "the vectors of a collection have one size")
    }

    private func ids(_ template: ValueTemplate) throws(StepFailure) -> [PointID] {
        let value = try scope.value(of: template)
        guard let elements = value.array else { return [try id(value, template.span)] }
        var ids: [PointID] = []
        for element in elements { ids.append(try id(element, template.span)) }
        return ids
    }

    private func id(_ value: Value, _ span: SourceSpan) throws(StepFailure) -> PointID {
        if let id = PointID(value) { return id }
        throw StepFailure.refused(
            .vectorID, "\(value.json().prefix(60)) is no id of a point", at: span,
            hint: "an id is an integer from 0 to 18446744073709551615, or a UUID")
    }

    private func file(_ template: ValueTemplate) throws(StepFailure) -> VectorFile {
        let name = try scope.text(of: template) ?? ""
        return try VectorFile(name, at: try scope.file(name, at: template.span), template.span)
    }

    private func selection() throws(StepFailure) -> VectorOperation.Selection {
        VectorOperation.Selection(payload: try json(call.withPayload), vectors: try json(call.withVectors))
    }

    private func text(_ template: ValueTemplate?) throws(StepFailure) -> String? {
        guard let template else { return nil }
        return try scope.text(of: template)
    }

    private func json(_ template: JSONTemplate?) throws(StepFailure) -> [UInt8]? {
        guard let template else { return nil }
        var bytes: [UInt8] = []
        try template.append(to: &bytes, scope)
        return bytes == Array("null".utf8) ? nil : bytes
    }

    private func filter() throws(StepFailure) -> [UInt8]? { try json(call.filter).map(FilterNumbers.restored) }

    private func number(_ option: VectorCall.Option<Int>?, from least: Int) throws(StepFailure) -> Int? {
        guard let option else { return nil }
        return try evaluated(option, "a number from \(least) on") { text in
            (Int(text) ?? Double(text).flatMap { Int(exactly: $0) }).flatMap { $0 >= least ? $0 : nil }
        }
    }

    private func flag(_ option: VectorCall.Option<Bool>?) throws(StepFailure) -> Bool? {
        guard let option else { return nil }
        return try evaluated(option, "true or false") { Bool($0) }
    }

    private func evaluated<Known: Sendable>(
        _ option: VectorCall.Option<Known>, _ what: String, _ read: (String) -> Known?
    ) throws(StepFailure) -> Known? {
        try option.evaluate(what, scope, code: .vectorSetting, read)
    }

    private static func wrong(_ what: String, _ value: Value, _ span: SourceSpan) -> StepFailure {
        .refused(
            .vectorValue, "expected \(what), found \(value.type)", at: span, hint: "look at what the template yields")
    }
}

extension Value {
    /// The value as JSON.
    fileprivate var jsonBytes: [UInt8] {
        var bytes: [UInt8] = []
        appendJSON(to: &bytes, largeIntegers: .digits)
        return bytes
    }
}
