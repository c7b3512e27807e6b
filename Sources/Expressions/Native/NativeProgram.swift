/// An expression so simple that Plumb evaluates it by itself, to the same result as jq.
///
/// libjq takes tens of milliseconds to compile anything, and most assertions are a path and a comparison. What this
/// does not model exactly, it leaves to jq: as a whole when it is created, or by giving up during an evaluation.
public struct NativeProgram: Sendable {
    private let root: NativeNode
    private let isSingle: Bool

    /// Creates a program; nil if the expression needs jq.
    public init?(_ expression: Expression) {
        var compiler = NativeCompiler(expression)
        guard let root = compiler.compile(expression.syntax) else { return nil }
        self.root = root
        isSingle = root.isSingle
    }

    /// The only output, where that is all there is to say: no error, and nothing that only jq decides.
    func onlyOutput(_ context: EvaluationContext) -> Value? {
        guard isSingle else { return nil }
        var evaluation = NativeEvaluation(variables: context.variables)
        do throws(NativeStop) {
            return try evaluation.single(root, context.dot.map { .shared($0) } ?? .value(.null))
        } catch {
            return nil
        }
    }

    /// Evaluates the expression; nil if it met a value that only jq decides.
    ///
    /// - Returns: Every output, in order.
    /// - Throws: The error that ended the evaluation, wherever the outputs had got to.
    public func evaluate(_ context: EvaluationContext) throws(EvaluationError) -> [Value]? {
        do throws(NativeStop) {
            var evaluation = NativeEvaluation(variables: context.variables)
            let input = context.dot.map { NativePlace.shared($0) } ?? .value(.null)
            if isSingle {
                return try evaluation.single(root, input).map { [$0] } ?? []
            }
            var outputs: [Value] = []
            try evaluation.each(
                root, input,
                NativeEvaluation.Sink { (_, value) throws(NativeStop) in
                    outputs.append(value)
                    return true
                })
            return outputs
        } catch {
            switch error {
            case .asksJQ: return nil
            case .fails(let error): throw error
            }
        }
    }
}

/// Why a native evaluation ended before its end.
enum NativeStop: Error {
    /// It met something that is not modelled.
    case asksJQ
    case fails(EvaluationError)
}

/// What `.` is: a value, or one whose members may not be computed yet.
enum NativePlace {
    case shared(SharedValue)
    case value(Value)

    var value: Value {
        switch self {
        case .shared(let shared): shared.value
        case .value(let value): value
        }
    }
}
