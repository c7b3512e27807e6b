/// The points of a collection: vectors in rows, payloads beside them.
actor VectorCollection {
    private(set) var settings: CollectionSettings
    private let breaks: Set<SandboxBreak>
    private var ids: [PointKey?] = []
    private var rows: [PointKey: Int] = [:]
    private var payloads: [JSON] = []
    private var free: [Int] = []
    private var spaces: [String: DenseSpace] = [:]
    private var sparse: [String: [Int: SparseVector]] = [:]
    private var indexes: [String: String] = [:]
    private var operation = 0
    /// When the index of the vectors, which changed last, is built.
    private var readyAt = ContinuousClock.now

    /// How long the stand-in for an index takes to build.
    private static let buildingTime = Duration.milliseconds(100)

    init(_ settings: CollectionSettings, breaks: Set<SandboxBreak>) {
        self.settings = settings
        self.breaks = breaks
        for entry in settings.dense { spaces[entry.name] = DenseSpace(size: entry.size, distance: entry.distance) }
        for name in settings.sparse { sparse[name] = [:] }
    }

    // MARK: Writing

    /// A point to write, as it came.
    struct Point: Sendable {
        var id: PointKey
        var vector: StoredVector
        var payload: JSON
    }

    /// Writes points, all or none.
    func upsert(_ points: [Point]) throws(VectorError) -> JSON {
        for point in points { try check(point.vector) }
        for point in points {
            let row = rows[point.id] ?? newRow(point.id)
            payloads[row] = point.payload
            clear(row)
            store(point.vector, row)
        }
        return completed()
    }

    private func check(_ vector: StoredVector) throws(VectorError) {
        switch vector {
        case .dense(let numbers):
            guard let space = spaces[""] else { throw .unknownVector("") }
            guard numbers.count == space.size else { throw .size(space.size, numbers.count) }
        case .sparse: throw .wrong("Conversion between sparse and regular vectors failed")
        case .named(let named):
            for (name, vector) in named {
                switch vector {
                case .dense(let numbers):
                    guard let space = spaces[name] else { throw .unknownVector(name) }
                    guard numbers.count == space.size else { throw .size(space.size, numbers.count) }
                case .sparse: if sparse[name] == nil { throw .unknownVector(name) }
                case .named: throw .format("a vector within a vector")
                }
            }
        }
    }

    private func store(_ vector: StoredVector, _ row: Int) {
        switch vector {
        case .dense(let numbers):
            var numbers = numbers
            if breaks.contains(.vectorRounded) { numbers = numbers.map { ($0 * 8).rounded() / 8 } }
            spaces[""]?.set(numbers, row: row)
        case .sparse: break
        case .named(let named):
            for (name, vector) in named {
                switch vector {
                case .dense(let numbers): spaces[name]?.set(numbers, row: row)
                case .sparse(let vector): sparse[name]?[row] = vector
                case .named: break
                }
            }
        }
    }

    private func clear(_ row: Int) {
        for name in spaces.keys { spaces[name]?.set(nil, row: row) }
        for name in sparse.keys { sparse[name]?[row] = nil }
    }

    private func newRow(_ id: PointKey) -> Int {
        let row = free.popLast() ?? ids.count
        if row == ids.count {
            ids.append(id)
            payloads.append(.null)
        } else {
            ids[row] = id
        }
        rows[id] = row
        return row
    }

    /// Removes points by id or by filter.
    func delete(_ selection: PointSelection) throws(VectorError) -> JSON {
        if breaks.contains(.pointsKept) { return completed() }
        for row in try selected(selection) {
            guard let id = ids[row] else { continue }
            clear(row)
            ids[row] = nil
            payloads[row] = .null
            rows[id] = nil
            free.append(row)
        }
        return completed()
    }

    /// What a change of payloads does.
    enum PayloadChange: Sendable {
        case merge([JSON.Member])
        case replace([JSON.Member])
        case remove(Set<String>)
        case clear
    }

    func changePayload(_ change: PayloadChange, of selection: PointSelection) throws(VectorError) -> JSON {
        for row in try selected(selection) {
            var members: [JSON.Member] = []
            if case .object(let known) = payloads[row] { members = known }
            switch change {
            case .merge(let added):
                let names = Set(added.map(\.key))
                members = members.filter { !names.contains($0.key) } + added
            case .replace(let all): members = all
            case .remove(let names): members.removeAll { names.contains($0.key) }
            case .clear: members = []
            }
            payloads[row] = .object(members)
        }
        return completed()
    }

    private func selected(_ selection: PointSelection) throws(VectorError) -> [Int] {
        switch selection {
        case .ids(let ids): return ids.compactMap { rows[$0] }
        case .filter(let filter): return try passing(filter) ?? []
        }
    }

    private func completed() -> JSON {
        operation += 1
        return ["operation_id": .integer(operation), "status": "completed"]
    }

    // MARK: Settings and indexes

    func change(_ body: JSON) throws(VectorError) {
        let before = (settings.edges, settings.indexingThreshold)
        try settings.change(body)
        if before != (settings.edges, settings.indexingThreshold) { readyAt = .now + Self.buildingTime }
    }

    func addIndex(_ field: String, type: String) -> JSON {
        if !breaks.contains(.indexForgotten) { indexes[field] = type }
        return completed()
    }

    func removeIndex(_ field: String) -> JSON {
        if !breaks.contains(.indexKept) { indexes[field] = nil }
        return completed()
    }

    /// What `GET /collections/NAME` tells.
    func describe() -> JSON {
        let count = rows.count
        let vectors = settings.dense.reduce(0) { $0 + (spaces[$1.name]?.size ?? 0) * 4 * count } / 1024
        let isBuilt = ContinuousClock.now >= readyAt && !breaks.contains(.indexNeverReady)
        let isIndexed = settings.edges > 0 && settings.indexingThreshold > 0 && vectors >= settings.indexingThreshold
        let schema = indexes.sorted { $0.key < $1.key }.map { field, type -> JSON.Member in
            let indexed = payloads.indices.count {
                ids[$0] != nil && !payloads[$0].values(at: field, flat: true).isEmpty
            }
            return JSON.Member(key: field, value: ["data_type": .string(type), "points": .integer(indexed)])
        }
        return [
            "status": .string(isBuilt ? "green" : "yellow"), "optimizer_status": "ok",
            "indexed_vectors_count": .integer(isBuilt && isIndexed ? count * settings.dense.count : 0),
            "points_count": .integer(breaks.contains(.countStale) ? 0 : count), "segments_count": 1,
            "config": settings.json, "payload_schema": .object(schema),
        ]
    }

    // MARK: Reading

    /// The rows of live points that pass; nil for all of them.
    private func passing(_ filter: PayloadFilter?) throws(VectorError) -> [Int]? {
        guard let filter else { return free.isEmpty ? nil : ids.indices.filter { ids[$0] != nil } }
        if settings.isStrict, !settings.allowsUnindexedFilters,
            let missing = filter.keys.first(where: { indexes[$0] == nil })
        {
            throw .bad(
                "Index required but not found for \"\(missing)\" of one of the following types: [keyword]. "
                    + "Help: Create an index for this key or use a different filter.")
        }
        if breaks.contains(.filterIgnored) { return ids.indices.filter { ids[$0] != nil } }
        return ids.indices.filter { row in ids[row].map { filter.holds($0, payloads[row]) } ?? false }
    }

    func count(_ filter: PayloadFilter?) throws(VectorError) -> Int {
        if breaks.contains(.countStale) { return max(0, rows.count - 1) }
        return try passing(filter)?.count ?? rows.count
    }

    func fetch(_ wanted: [PointKey], _ selection: PointFields) throws(VectorError) -> [JSON] {
        var records: [JSON] = []
        for id in wanted { if let row = rows[id] { records.append(record(row, selection)) } }
        return records
    }

    /// A page of points in the order of their ids.
    func scroll(
        _ filter: PayloadFilter?, from offset: PointKey?, limit: Int, _ selection: PointFields
    ) throws(VectorError) -> (points: [JSON], next: PointKey?) {
        let passing = try passing(filter) ?? Array(ids.indices)
        var found = passing.compactMap { row in ids[row].map { ($0, row) } }
        if let offset { found.removeAll { $0.0 < offset } }
        found.sort { $0.0 < $1.0 }
        return (found.prefix(limit).map { record($0.1, selection) }, found.count > limit ? found[limit].0 : nil)
    }

    /// The nearest points, best first.
    func search(_ search: VectorSearch) throws(VectorError) -> [JSON] {
        let best = try best(search)
        var hits: [JSON] = []
        for hit in best.dropFirst(search.offset).prefix(search.limit) {
            guard case .object(var members) = record(hit.row, search.fields) else { continue }
            members.insert(JSON.Member(key: "score", value: .number(hit.score.decimal)), at: 1)
            members.insert(JSON.Member(key: "version", value: 1), at: 1)
            hits.append(.object(members))
        }
        if breaks.contains(.hitsUnordered), hits.count > 1 { hits.swapAt(0, hits.count - 1) }
        return hits
    }

    private func best(_ search: VectorSearch) throws(VectorError) -> [(row: Int, score: Float)] {
        var rows = try passing(search.filter)
        // A search by leave may miss; the one that is asked to be exact never does.
        if breaks.contains(.neighboursMissed), !search.isExact {
            rows = (rows ?? Array(ids.indices)).filter { $0 % 3 != 0 }
        }
        let limit = search.limit + search.offset
        switch search.query {
        case .order:
            let found = (rows ?? Array(ids.indices)).compactMap { row in ids[row].map { ($0, row) } }.sorted {
                $0.0 < $1.0
            }
            return found.prefix(limit).map { ($0.1, 0) }
        case .point(let id):
            guard let row = self.rows[id] else {
                throw VectorError(status: 404, message: "Not found: No point with id \(id.text) found")
            }
            guard let space = spaces[search.using], let vector = space.vector(row) else {
                throw .unknownVector(search.using)
            }
            let others = (rows ?? Array(ids.indices)).filter { $0 != row }
            return nearest(vector, space, others, limit, search.threshold)
        case .vector(.dense(let vector)):
            guard let space = spaces[search.using] else { throw .unknownVector(search.using) }
            guard vector.count == space.size else { throw .size(space.size, vector.count) }
            return nearest(vector, space, rows, limit, search.threshold)
        case .vector(.sparse(let vector)):
            guard let known = sparse[search.using] else { throw .unknownVector(search.using) }
            var best = BestRows(limit: limit, largerIsNearer: true)
            let allowed = rows.map { Set($0) }
            for (row, stored) in known where allowed?.contains(row) ?? true {
                guard let score = stored.dot(vector), search.threshold.map({ score >= $0 }) ?? true else { continue }
                best.add(row, score)
            }
            return best.found
        case .vector(.named): throw .format("a query is one vector")
        }
    }

    private func nearest(
        _ vector: [Float], _ space: DenseSpace, _ rows: [Int]?, _ limit: Int, _ threshold: Float?
    ) -> [(row: Int, score: Float)] {
        let larger = space.distance.largerIsNearer
        var best = BestRows(limit: limit, largerIsNearer: larger)
        space.scan(vector, rows: rows?.filter { space.has($0) }) { row, score in
            if let threshold, larger ? score < threshold : score > threshold { return }
            best.add(row, score)
        }
        return best.found
    }

    private func record(_ row: Int, _ fields: PointFields) -> JSON {
        guard let id = ids[row] else { return .null }
        var members: [JSON.Member] = [.init(key: "id", value: id.json)]
        if let payload = fields.payload.of(breaks.contains(.payloadLost) ? .object([]) : payloads[row]) {
            members.append(.init(key: "payload", value: payload))
        }
        if fields.vectors != .none { members.append(.init(key: "vector", value: vectors(row, fields.vectors))) }
        return .object(members)
    }

    private func vectors(_ row: Int, _ wanted: PointFields.Vectors) -> JSON {
        func numbers(_ vector: [Float]) -> JSON { .array(vector.map { .number($0.decimal) }) }
        if let only = spaces[""] { return only.vector(row).map { numbers($0) } ?? .null }
        var members: [JSON.Member] = []
        for entry in settings.dense where wanted.has(entry.name) {
            guard let vector = spaces[entry.name]?.vector(row) else { continue }
            members.append(.init(key: entry.name, value: numbers(vector)))
        }
        for name in settings.sparse where wanted.has(name) {
            if let vector = sparse[name]?[row] { members.append(.init(key: name, value: vector.json)) }
        }
        return .object(members)
    }
}

extension PointKey {
    fileprivate var text: String {
        switch self {
        case .number(let value): String(value)
        case .uuid(let text): text
        }
    }
}
