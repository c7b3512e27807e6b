import Expressions
import ScenarioModel

/// A fair sample of a stream of values in bounded memory (Vitter's algorithm R).
struct Reservoir {
    private(set) var values: [Value] = []
    private var seen = 0
    private var chance: SeededChance
    /// Enough for a 99th percentile to within a fifth of a percent of rank.
    static let size = 10_000

    /// Creates an empty sample; equal seeds choose alike.
    init(seed: String) { chance = SeededChance(seed) }

    /// Offers a value; only numbers, booleans and short texts are kept.
    mutating func offer(_ value: Value) {
        switch value {
        case .number, .bool: break
        case .string(let text): guard text.utf8.count <= 64 else { return }
        default: return
        }
        seen += 1
        if values.count < Self.size {
            values.append(value)
        } else {
            let place = Int(chance.next() % UInt64(seen))
            if place < Self.size { values[place] = value }
        }
    }
}
