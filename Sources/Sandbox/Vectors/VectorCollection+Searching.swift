extension VectorCollection {
    /// The nearest points, best first.
    func search(_ search: VectorSearch) throws(VectorError) -> [JSON] {
        let best = try best(search, within: nil)
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

    /// The best rows of a search, those that it passes over included; `outer` is the filter of the search around it.
    private func best(
        _ search: VectorSearch, within outer: PayloadFilter?
    ) throws(VectorError) -> [(row: Int, score: Float)] {
        let filters = [outer, search.filter].compactMap { $0 }
        let filter = filters.count > 1 ? PayloadFilter.all(filters) : filters.first
        guard !search.prefetch.isEmpty else { return try best(search, among: try candidates(search, filter)) }
        var lists: [[(row: Int, score: Float)]] = []
        for prefetch in search.prefetch {
            lists.append(Array(try best(prefetch, within: filter).prefix(prefetch.limit)))
        }
        guard case .fusion(let fusion) = search.query else {
            return try best(search, among: Set(lists.joined().map(\.row)).sorted())
        }
        let fused = fusion.fuse(lists)
        return search.threshold.map { least in fused.filter { $0.score >= least } } ?? fused
    }

    /// The rows that a search looks at; nil for all of them.
    private func candidates(_ search: VectorSearch, _ filter: PayloadFilter?) throws(VectorError) -> [Int]? {
        let rows = try passing(filter)
        // A search by leave may miss; the one that is asked to be exact never does.
        guard breaks.contains(.neighboursMissed), !search.isExact else { return rows }
        return (rows ?? Array(ids.indices)).filter { $0 % 3 != 0 }
    }

    private func best(
        _ search: VectorSearch, among rows: [Int]?
    ) throws(VectorError) -> [(row: Int, score: Float)] {
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
            // A dictionary's own order would decide between equals.
            for row in known.keys.sorted() where allowed?.contains(row) ?? true {
                guard let score = known[row]?.dot(vector), search.threshold.map({ score >= $0 }) ?? true else {
                    continue
                }
                best.add(row, score)
            }
            return best.found
        case .vector(.named): throw .format("a query is one vector")
        case .fusion: return []
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
}

extension PointKey {
    fileprivate var text: String {
        switch self {
        case .number(let value): String(value)
        case .uuid(let text): text
        }
    }
}
