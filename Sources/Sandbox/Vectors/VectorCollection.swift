/// The points of a collection: vectors in rows, payloads beside them.
actor VectorCollection {
    private(set) var settings: CollectionSettings
    let breaks: Set<SandboxBreak>
    private(set) var ids: [PointKey?] = []
    private(set) var rows: [PointKey: Int] = [:]
    private(set) var payloads: [JSON] = []
    private(set) var free: [Int] = []
    private(set) var spaces: [String: DenseSpace] = [:]
    private(set) var sparse: [String: [Int: SparseVector]] = [:]
    private(set) var indexes: [String: String] = [:]
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
        // Not by the dictionaries' own keys: they would be copied, with all their vectors, when they are changed meanwhile.
        for entry in settings.dense { spaces[entry.name]?.set(nil, row: row) }
        for name in settings.sparse { sparse[name]?[row] = nil }
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
}
