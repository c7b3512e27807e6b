public import Diagnostics

/// Why an expression gave no value.
public struct EvaluationError: Error, Sendable, Hashable {
    public var kind: Kind
    /// One sentence, lower case, no full stop.
    public var message: String
    /// The part of the expression that is to blame, in UTF-8 bytes of its text; nil for the whole.
    public var range: Range<Int>?
    public var hint: String?
    /// Where the blame lies in the scenario; set by the engine where the error leaves it.
    public var span: SourceSpan?

    /// What went wrong.
    public enum Kind: String, Sendable, Hashable {
        /// jq's own error, such as an index of a string.
        case jq
        /// A rooted path that the result does not have.
        case missingPath
        /// A variable's member that is not there, such as `$steps.x` of a skipped step.
        case missingName
        /// An ordering between values of different types, or with NaN.
        case unordered
        /// Time, memory or output beyond the limit.
        case budget
        /// libjq refuses to compile the expression.
        case compile
        /// No output, or several, where one is due; null inside text.
        case outputs
    }

    /// Creates an error.
    public init(
        _ kind: Kind, _ message: String, range: Range<Int>? = nil, hint: String? = nil,
        span: SourceSpan? = nil
    ) {
        self.kind = kind
        self.message = message
        self.range = range
        self.hint = hint
        self.span = span
    }
}
