/// Turns text into a vector: hashed features of words and of their letters, so that similar texts are near.
enum Embedding {
    static let dimensions = 384

    /// Words that say little about what a text is about.
    private static let fillers: Set = [
        "a", "an", "and", "are", "as", "at", "by", "for", "in", "is", "it", "of", "on", "or", "the", "to", "was",
        "with",
    ]

    /// The vector of a text, of length 1.
    static func vector(of text: String, model: String) -> [Float] {
        let basis = UInt64(hashing: model)
        var sums = [Float](repeating: 0, count: dimensions)
        func add(_ feature: String, _ weight: Float) {
            let hash = UInt64(hashing: feature, from: basis)
            sums[Int(hash >> 1) % dimensions] += hash & 1 == 0 ? weight : -weight
        }
        let words = text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map(String.init)
        for word in words {
            guard !fillers.contains(word) else {
                add("w:\(word)", 0.15)
                continue
            }
            add("w:\(word)", 1)
            let letters = Array("^\(word)$")
            for start in letters.indices.dropLast(2) {
                add("t:\(String(letters[start..<start + 3]))", 0.3)
            }
        }
        for (first, second) in zip(words, words.dropFirst()) { add("b:\(first) \(second)", 0.4) }
        if words.isEmpty { add("e:\(text)", 1) }
        let length = sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length == 0 ? [1] + sums.dropFirst() : sums.map { $0 / length }
    }
}
