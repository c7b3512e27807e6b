/// How the hits of several searches become one list.
enum ScoreFusion: Sendable {
    /// By ranks: each list gives `1 / (k + rank)`, the first rank being 0.
    case ranks(k: Int)
    /// By scores, each list spread over three deviations to both sides of its mean.
    case distributions

    /// Reads `fusion` or `rrf` of a query; nil where it has neither.
    init?(_ query: JSON) throws(VectorError) {
        if let rrf = query["rrf"] {
            if rrf["weights"]?.isNull == false { throw .unsupported("`weights` of `rrf`") }
            self = .ranks(k: try rrf.count("k", atLeast: 1) ?? 2)
            return
        }
        guard let word = query["fusion"] else { return nil }
        switch word {
        case "rrf": self = .ranks(k: 2)
        case "dbsf": self = .distributions
        default:
            let text = String(decoding: word.encoded.prefix(40), as: UTF8.self)
            throw .format("unknown variant `\(text)`, expected `rrf` or `dbsf`")
        }
    }

    /// One list of all hits, best first; hits that are alike stand in the order of their first list.
    func fuse(_ lists: [[(row: Int, score: Float)]]) -> [(row: Int, score: Float)] {
        var scores: [Int: Float] = [:]
        var order: [Int] = []
        for list in lists {
            for (row, score) in points(list) {
                if scores[row] == nil { order.append(row) }
                scores[row, default: 0] += score
            }
        }
        // Sorting is not stable by promise; the place in the order decides between equals.
        let ranked = order.enumerated().sorted { left, right in
            let (mine, theirs) = (scores[left.element, default: 0], scores[right.element, default: 0])
            return mine == theirs ? left.offset < right.offset : mine > theirs
        }
        return ranked.map { ($0.element, scores[$0.element, default: 0]) }
    }

    /// What one list gives to each of its hits.
    private func points(_ list: [(row: Int, score: Float)]) -> [(row: Int, score: Float)] {
        switch self {
        case .ranks(let k): return list.enumerated().map { ($0.element.row, 1 / Float(k + $0.offset)) }
        case .distributions:
            let mean = list.reduce(Float.zero) { $0 + $1.score } / Float(max(1, list.count))
            let squares = list.reduce(Float.zero) { $0 + ($1.score - mean) * ($1.score - mean) }
            let deviation = list.count > 1 ? (squares / Float(list.count - 1)).squareRoot() : 0
            guard deviation > 0 else { return list.map { ($0.row, 0.5) } }
            return list.map { ($0.row, ($0.score - mean + 3 * deviation) / (6 * deviation)) }
        }
    }
}
