extension Value {
    /// Orders two values as jq 1.6 does: negative, zero or positive.
    ///
    /// null < false < true < numbers < strings < arrays < objects. Strings order by their UTF-8 bytes, objects by their
    /// sorted keys and then by their values, and NaN stands below every number and every other NaN.
    public static func compare(_ a: Value, _ b: Value) -> Int {
        switch (a, b) {
        case (.number(let a), .number(let b)):
            if a.isNaN || a < b { return -1 }
            return a == b ? 0 : 1
        case (.string(let a), .string(let b)): return a.compareBytes(b)
        case (.array(let a), .array(let b)):
            for (x, y) in zip(a, b) {
                let order = compare(x, y)
                if order != 0 { return order }
            }
            return a.count - b.count
        case (.object(let a), .object(let b)):
            let keys = a.sortedKeys
            let others = b.sortedKeys
            for (x, y) in zip(keys, others) {
                let order = x.compareBytes(y)
                if order != 0 { return order }
            }
            if keys.count != others.count { return keys.count - others.count }
            for key in keys {
                let order = compare(a[key] ?? .null, b[key] ?? .null)
                if order != 0 { return order }
            }
            return 0
        default: return a.rank - b.rank
        }
    }

    private var rank: Int {
        switch self {
        case .null: 0
        case .bool(false): 1
        case .bool(true): 2
        case .number: 3
        case .string: 4
        case .array: 5
        case .object: 6
        }
    }
}

extension Value.Object {
    /// The keys in jq's order, by their UTF-8 bytes.
    public var sortedKeys: [String] { keys.sorted { $0.compareBytes($1) < 0 } }
}
