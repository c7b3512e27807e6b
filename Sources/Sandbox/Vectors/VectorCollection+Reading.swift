extension VectorCollection {
    /// The rows of live points that pass; nil for all of them.
    func passing(_ filter: PayloadFilter?) throws(VectorError) -> [Int]? {
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

    /// The vectors of all points, under whatever name.
    var vectorCount: Int {
        let live = rows.values
        let dense = settings.dense.reduce(0) { sum, entry in
            sum + (spaces[entry.name].map { space in live.count { space.has($0) } } ?? 0)
        }
        return settings.sparse.reduce(dense) { $0 + (sparse[$1]?.count ?? 0) }
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

    /// Points in the order of a payload field; one with several values comes as often.
    func scroll(
        _ filter: PayloadFilter?, by order: PointOrder, limit: Int, _ selection: PointFields
    ) throws(VectorError) -> [JSON] {
        guard let type = indexes[order.key], PointOrder.indexTypes.contains(type) else {
            throw .bad(
                "No range index for `order_by` key: `\(order.key)`. Please create one to use `order_by`. Check "
                    + "https://qdrant.tech/documentation/concepts/indexing/#payload-index to see which payload schemas "
                    + "support Range conditions")
        }
        var found: [(id: PointKey, row: Int, value: OrderValue)] = []
        for row in try passing(filter) ?? Array(ids.indices) {
            guard let id = ids[row] else { continue }
            for value in order.values(payloads[row], type: type) { found.append((id, row, value)) }
        }
        found.sort { left, right in
            if order.isOrdered(left.value, before: right.value) { return true }
            return order.isOrdered(right.value, before: left.value) ? false : left.id < right.id
        }
        return found.prefix(limit).map { entry in
            guard case .object(let members) = record(entry.row, selection) else { return .null }
            return .object(members + [JSON.Member(key: "order_value", value: entry.value.json)])
        }
    }

    func record(_ row: Int, _ fields: PointFields) -> JSON {
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
