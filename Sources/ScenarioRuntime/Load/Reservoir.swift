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

// MARK: - From loop to loop

extension Reservoir {
    /// The sample, for another loop's.
    func record(name: String) -> SampleRecord { SampleRecord(name: name, seen: seen, values: values) }

    /// Makes of this sample and another one that is fair for the values of both.
    mutating func merge(_ other: SampleRecord) {
        var (own, others) = (values, other.values)
        var (ownLeft, othersLeft) = (seen, other.seen)
        seen += other.seen
        if seen <= Self.size {
            values += others
            return
        }
        // Each place is drawn from all that were seen, without putting back: how many fall to either sample, and which
        // of its values, is then as if all had been offered to one.
        values = []
        while values.count < Self.size, !own.isEmpty || !others.isEmpty {
            let place = Int(chance.next() % UInt64(max(1, ownLeft + othersLeft)))
            let isOwn = others.isEmpty || !own.isEmpty && place < ownLeft
            if isOwn {
                values.append(Self.draw(from: &own, &chance))
                ownLeft -= 1
            } else {
                values.append(Self.draw(from: &others, &chance))
                othersLeft -= 1
            }
        }
    }

    private static func draw(from values: inout [Value], _ chance: inout SeededChance) -> Value {
        values.swapAt(Int(chance.next() % UInt64(values.count)), values.count - 1)
        return values.removeLast()
    }
}
