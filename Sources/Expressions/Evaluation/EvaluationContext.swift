/// What an expression sees: the result under judgement and the variables of its scope.
public struct EvaluationContext {
    /// `.`; nil where the language gives none, which reads as null.
    public var dot: SharedValue?
    /// The jq variables by name, without the dollar.
    public var variables: [String: SharedValue]
    /// Names this evaluation for seeded functions (`uuid`, `rand_int`): seed, test, step and index.
    public var seed: EvaluationSeed

    /// Creates a context.
    public init(dot: SharedValue? = nil, variables: [String: SharedValue] = [:], seed: String = "") {
        self.init(dot: dot, variables: variables, evaluationSeed: EvaluationSeed(seed))
    }

    /// Creates a context whose seed may not be put together yet.
    public init(dot: SharedValue?, variables: [String: SharedValue] = [:], evaluationSeed seed: EvaluationSeed) {
        self.dot = dot
        self.variables = variables
        self.seed = seed
    }
}
