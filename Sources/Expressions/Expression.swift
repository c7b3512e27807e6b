public import Diagnostics

/// A jq expression of a scenario: its text, where it stands, and what it reads.
public struct Expression: Sendable {
    private let content: Content

    /// Expressions stand in many lists, and one reference is cheaper to copy than what they hold.
    private final class Content: Sendable {
        let source: LocatedText
        let role: Role
        let reading: Reading

        init(_ source: LocatedText, _ role: Role, _ reading: Reading) {
            self.source = source
            self.role = role
            self.reading = reading
        }
    }

    /// What a text says, wherever it stands; expressions of one text and role share it.
    final class Reading: Sendable {
        let syntax: JQSyntax
        let analysis: ExpressionAnalysis

        init(_ syntax: JQSyntax, _ analysis: ExpressionAnalysis) {
            self.syntax = syntax
            self.analysis = analysis
        }
    }

    init(source: LocatedText, role: Role, reading: Reading) {
        content = Content(source, role, reading)
    }

    /// The text and where it stands.
    public var source: LocatedText { content.source }
    /// What it is for.
    public var role: Role { content.role }
    /// The text, read.
    public var syntax: JQSyntax { content.reading.syntax }
    /// What it reads.
    public var analysis: ExpressionAnalysis { content.reading.analysis }

    /// The variables that it reads, with what it reads of them.
    public var references: [ExpressionAnalysis.Reference] { content.reading.analysis.references }

    /// The expression's text.
    public var text: String { source.text }

    /// What its text says.
    var reading: Reading { content.reading }

    /// What an expression is for, which decides what it may read and what it must yield.
    public enum Role: String, Sendable, Hashable {
        /// `${{ … }}` in a value; a rooted `.` is an error.
        case template
        /// `${{ … }}` in an `expect` tree, where `.` is the result.
        case expectTemplate
        /// An `assert` entry.
        case assertion
        /// `repeat.assert`, where `.` is the aggregate.
        case aggregate
        case until
        case giveUp
        case capture
        /// `if`; a rooted `.` is an error.
        case condition
        /// `each`; a rooted `.` is an error.
        case each
        /// `outputs`; a rooted `.` is an error.
        case output
        /// `{ $: JQ }`, where `.` is the value at that place.
        case leaf

        /// Whether `.` has a meaning.
        public var hasDot: Bool {
            switch self {
            case .template, .condition, .each, .output: false
            case .expectTemplate, .assertion, .aggregate, .until, .giveUp, .capture, .leaf: true
            }
        }
        /// Whether the rooted paths must exist in the result (language.md §1).
        public var requiresPaths: Bool {
            switch self {
            case .assertion, .aggregate, .until, .giveUp, .capture, .expectTemplate, .leaf: true
            case .template, .condition, .each, .output: false
            }
        }
    }
}

/// What an expression reads, found from its text alone.
public struct ExpressionAnalysis: Sendable {
    /// Every use of a variable that the scenario language defines, with the literal keys behind it.
    public var references: [Reference] = []
    /// Paths of literal keys from the root `.`, where they must exist.
    public var rootPaths: [RootPath] = []
    /// Places where the root `.` is used, path or not.
    public var rootUses: [Range<Int>] = []
    /// The result's members that the root paths begin with; nil if the whole of `.` is read.
    public var rootFields: Set<String>? = []

    /// Creates an analysis that found nothing.
    public init() {}

    /// `$steps.chat.body` is `steps` with the keys `chat`, `body`.
    public struct Reference: Sendable, Hashable {
        /// The variable without its dollar.
        public var variable: String
        /// The literal keys behind it, as far as they are literal.
        public var keys: [String]
        /// The variable and its keys.
        public var range: Range<Int>
        /// The range of each key's name.
        public var keyRanges: [Range<Int>]
        /// Whether absence is allowed: behind `?`, inside `has`, or on the left of `//`.
        public var isOptional: Bool

        /// Creates a reference.
        public init(
            variable: String, keys: [String], range: Range<Int>, keyRanges: [Range<Int>], isOptional: Bool
        ) {
            self.variable = variable
            self.keys = keys
            self.range = range
            self.keyRanges = keyRanges
            self.isOptional = isOptional
        }
    }

    /// `.body.items[0]` is the keys `body`, `items` and the index 0.
    public struct RootPath: Sendable, Hashable {
        public enum Element: Sendable, Hashable {
            case key(String)
            case index(Int)
        }
        public var elements: [Element]
        public var range: Range<Int>
        /// Whether absence is allowed.
        public var isOptional: Bool
        /// Whether the key stands alone in an object construction, as in `{status}`; the range is the key's.
        public var isShorthand: Bool

        /// Creates a path.
        public init(elements: [Element], range: Range<Int>, isOptional: Bool, isShorthand: Bool = false) {
            self.elements = elements
            self.range = range
            self.isOptional = isOptional
            self.isShorthand = isShorthand
        }
    }
}
