internal import Expressions

extension RowLimits {
    /// Leaves to the next statement what an answer has not used.
    mutating func take(_ answer: StatementAnswer) {
        bytes = max(1, bytes - answer.rows.reduce(0) { $0 + Self.size(of: $1) })
        if !leavesOutRows { rows = max(1, rows - answer.rows.count) }
    }

    /// About how many bytes of cells a value holds.
    private static func size(of value: Value) -> Int {
        switch value {
        case .null, .bool, .number: 8
        case .string(let text): text.utf8.count
        case .array(let elements): elements.reduce(8) { $0 + size(of: $1) }
        case .object(let object): object.values.reduce(8) { $0 + size(of: $1) }
        }
    }
}
