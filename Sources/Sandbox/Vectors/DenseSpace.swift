/// How nearness is measured, and in which direction it grows.
enum VectorDistance: String, Sendable, CaseIterable {
    case cosine = "Cosine"
    case dot = "Dot"
    case euclid = "Euclid"
    case manhattan = "Manhattan"

    var largerIsNearer: Bool { self == .cosine || self == .dot }
}

/// The dense vectors of a collection under one name, row by row, ready to be compared quickly.
struct DenseSpace: Sendable {
    let size: Int
    let distance: VectorDistance
    /// Rows of `blocks` blocks each; zeros fill the last one.
    private var numbers: [SIMD16<Float>] = []
    private var present: [Bool] = []
    private let blocks: Int

    init(size: Int, distance: VectorDistance) {
        self.size = size
        self.distance = distance
        blocks = (size + 15) / 16
    }

    /// Sets a row; nil takes its vector away.
    mutating func set(_ vector: [Float]?, row: Int) {
        while present.count <= row {
            present.append(false)
            for _ in 0..<blocks { numbers.append(.zero) }
        }
        present[row] = vector != nil
        guard let vector else { return }
        let stored = packed(vector)
        for block in 0..<blocks { numbers[row * blocks + block] = stored[block] }
    }

    func has(_ row: Int) -> Bool { row < present.count && present[row] }

    /// The vector of a row as it is stored; a cosine's has length 1.
    func vector(_ row: Int) -> [Float]? {
        guard has(row) else { return nil }
        return (0..<size).map { numbers[row * blocks + $0 / 16][$0 % 16] }
    }

    /// Hands the scores of rows against a query to a closure, each with the row's number; `rows` nil means all.
    func scan(_ query: [Float], rows: [Int]?, _ take: (Int, Float) -> Void) {
        let query = packed(query)
        numbers.withUnsafeBufferPointer { stored in
            query.withUnsafeBufferPointer { wanted in
                func score(_ row: Int) -> Float {
                    var sum = SIMD16<Float>.zero
                    let start = row * blocks
                    switch distance {
                    case .cosine, .dot:
                        for block in 0..<blocks { sum += stored[start + block] * wanted[block] }
                    case .euclid:
                        for block in 0..<blocks {
                            let difference = stored[start + block] - wanted[block]
                            sum += difference * difference
                        }
                    case .manhattan:
                        for block in 0..<blocks {
                            let difference = stored[start + block] - wanted[block]
                            sum += difference.replacing(with: -difference, where: difference .< 0)
                        }
                    }
                    return distance == .euclid ? sum.sum().squareRoot() : sum.sum()
                }
                if let rows {
                    for row in rows where present[row] { take(row, score(row)) }
                } else {
                    for row in present.indices where present[row] { take(row, score(row)) }
                }
            }
        }
    }

    /// The vector in blocks; of a cosine's only the direction counts.
    private func packed(_ vector: [Float]) -> [SIMD16<Float>] {
        var packed = [SIMD16<Float>](repeating: .zero, count: blocks)
        for (place, number) in vector.enumerated() { packed[place / 16][place % 16] = number }
        guard distance == .cosine else { return packed }
        let length = packed.reduce(Float.zero) { $0 + ($1 * $1).sum() }.squareRoot()
        // What has length 1 already, up to the last digits, is kept to the bit.
        guard length > 0, abs(length - 1) > 1e-6 else { return packed }
        return packed.map { $0 / length }
    }
}

/// Keeps the best of many rows.
struct BestRows {
    let limit: Int
    let largerIsNearer: Bool
    /// The best so far, best first.
    private(set) var found: [(row: Int, score: Float)] = []

    init(limit: Int, largerIsNearer: Bool) {
        self.limit = limit
        self.largerIsNearer = largerIsNearer
        found.reserveCapacity(min(limit, 1024) + 1)
    }

    mutating func add(_ row: Int, _ score: Float) {
        if found.count >= limit {
            guard let last = found.last, isNearer(score, than: last.score) else { return }
            found.removeLast()
        }
        // Few come this far once the list is full, and they come near its end.
        var low = 0
        var high = found.count
        while low < high {
            let middle = (low + high) / 2
            if isNearer(score, than: found[middle].score) { high = middle } else { low = middle + 1 }
        }
        found.insert((row, score), at: low)
    }

    private func isNearer(_ score: Float, than other: Float) -> Bool {
        largerIsNearer ? score > other : score < other
    }
}
