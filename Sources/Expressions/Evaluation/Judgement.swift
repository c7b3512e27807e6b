/// What came of an assertion.
public enum Judgement: Sendable, Hashable {
    case holds
    case fails(Failure)

    /// Why an assertion does not hold, with what a reader needs to see.
    public struct Failure: Sendable, Hashable {
        /// One sentence, such as "the comparison is false" or "yields null, not true".
        public var message: String
        /// The part of the assertion that decided, in UTF-8 bytes of its text.
        public var range: Range<Int>
        /// Each side of the deciding comparison with its value, outermost first.
        public var operands: [Operand]
        public var hint: String?
        /// Set where the assertion could not be evaluated at all.
        public var error: EvaluationError?

        /// Creates a failure.
        public init(
            message: String, range: Range<Int>, operands: [Operand] = [], hint: String? = nil,
            error: EvaluationError? = nil
        ) {
            self.message = message
            self.range = range
            self.operands = operands
            self.hint = hint
            self.error = error
        }
    }

    /// One side of a comparison: its text, where it stands, and its value.
    public struct Operand: Sendable, Hashable {
        public var text: String
        public var range: Range<Int>
        public var value: Value
        /// The number of outputs; where it is not 1, the value is the list of them.
        public var outputs: Int

        /// Creates an operand.
        public init(text: String, range: Range<Int>, value: Value, outputs: Int = 1) {
            self.text = text
            self.range = range
            self.value = value
            self.outputs = outputs
        }
    }
}
