/// Why a step did not pass, complete enough to be shown anywhere without the scenario's file.
public struct FailureReport: Sendable, Hashable {
    /// A stable diagnostic code, such as `assert.false`, `expect.mismatch`, `http.timeout`.
    public var code: String
    /// `failed` or `error`.
    public var verdict: Verdict
    /// One sentence that stands alone; lower case, no full stop.
    public var message: String
    /// What was written that did not hold.
    public var place: Place?
    /// The name of a named assertion.
    public var name: String?
    /// Each side of the deciding comparison.
    public var operands: [Operand]
    /// Where an `expect` tree and the result differ.
    public var differences: [Difference]
    /// What the author could do about it.
    public var hint: String?
    /// The settings that had a part in it and where each was set: `timeout 2s (users.yaml:7)`.
    public var settings: [String]
    /// Further facts, a line each: bytes received, attempts, what jq said.
    public var notes: [String]

    /// Creates a report of a failure.
    public init(
        code: String, verdict: Verdict, message: String, place: Place? = nil, name: String? = nil,
        operands: [Operand] = [], differences: [Difference] = [], hint: String? = nil, settings: [String] = [],
        notes: [String] = []
    ) {
        self.code = code
        self.verdict = verdict
        self.message = message
        self.place = place
        self.name = name
        self.operands = operands
        self.differences = differences
        self.hint = hint
        self.settings = settings
        self.notes = notes
    }

    /// A side of a comparison: its jq text, JSON type, and its value as JSON, cut where it is long.
    public struct Operand: Sendable, Hashable {
        public var text: String
        public var type: String
        public var value: String
        /// Creates an operand.
        public init(text: String, type: String, value: String) {
            self.text = text
            self.type = type
            self.value = value
        }
    }

    /// A place in the result that is not as the `expect` tree has it.
    public struct Difference: Sendable, Hashable {
        /// The place in the result as a jq path, such as `.body.items[2].id`.
        public var path: String
        public var kind: Kind
        /// What was written, as JSON or as the predicate's jq text; nil for `unexpected`.
        public var expected: String?
        /// What was there, as JSON with its type told where types differ; nil for `missing`.
        public var actual: String?
        /// The line of the scenario that expects it.
        public var place: Place?

        public enum Kind: String, Sendable, Hashable {
            case value, type, missing, unexpected, length, predicate
        }

        /// Creates a difference.
        public init(path: String, kind: Kind, expected: String?, actual: String?, place: Place? = nil) {
            self.path = path
            self.kind = kind
            self.expected = expected
            self.actual = actual
            self.place = place
        }
    }
}
