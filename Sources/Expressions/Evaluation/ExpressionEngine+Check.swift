extension ExpressionEngine {
    /// Compiles expressions to find what libjq refuses, for `plumb lint`; nothing is evaluated.
    ///
    /// Each error comes with the position of its expression in the list. Equal texts are compiled once,
    /// on two threads.
    public static func check(_ expressions: [Expression]) -> [(Int, EvaluationError)] {
        var positions: [PreparedExpression.Key: [Int]] = [:]
        var prepared: [PreparedExpression] = []
        for (position, expression) in expressions.enumerated() {
            let key = PreparedExpression.Key(expression)
            if positions[key] == nil, NativeProgram(expression) == nil {
                prepared.append(PreparedExpression(expression))
            }
            positions[key, default: []].append(position)
        }
        var slots: [(slot: ProgramText.Slot, owner: Int)] = []
        for (owner, expression) in prepared.enumerated() where expression.misplacedHosts.isEmpty {
            if !expression.isHostCall { slots.append((expression.slot(expression.program), owner)) }
            for text in expression.hosts.compactMap(\.preparation) { slots.append((expression.slot(text), owner)) }
        }
        let ranges = BatchCompiler.divide(slots.map(\.slot.text.utf8.count), maximum: 200)
        let batches = ranges.map { Batch(slots[$0].map(\.slot)) }
        // The second thread begins at the other end; whoever comes first to a batch compiles it.
        if batches.count > 1 { _ = Batch.compile(batches.reversed()) }
        var errors: [(Int, EvaluationError)] = []
        for (range, batch) in zip(ranges, batches) {
            for (slot, failure) in batch.compiled.failures.sorted(by: { $0.key < $1.key }) {
                let expression = prepared[slots[range.lowerBound + slot].owner]
                for position in positions[expression.key] ?? [] {
                    errors.append((position, failure.error(in: expression)))
                }
            }
        }
        return errors.sorted { $0.0 < $1.0 }
    }
}
