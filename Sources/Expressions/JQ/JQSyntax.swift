/// A node of a jq program as it was written, with its range in the expression's UTF-8 bytes.
///
/// The grammar is that of jq 1.6 (the manual, and `src/parser.y`); libjq remains the evaluator.
public indirect enum JQSyntax: Sendable {
    /// `.`
    case identity(Range<Int>)
    /// `..`
    case recurse(Range<Int>)
    /// A number, `null`, `true`, `false`, or a string without interpolation.
    case literal(Value, Range<Int>)
    /// `"a \(.b)"`, and with a format `@base64 "a \(.b)"`.
    case interpolation(format: String?, [StringPart], Range<Int>)
    /// `@base64` by itself; the name includes the `@`.
    case format(String, Range<Int>)
    /// `$name`, without the dollar; `$__loc__` too.
    case variable(String, Range<Int>)
    /// `name`, `name(f; g)`; the second range is the name's own.
    case call(String, [JQSyntax], Range<Int>, name: Range<Int>)
    /// `.name`, `."name"`, `["name"]`, `[0]`, `[f]`, `[1:2]`, `[]` behind a term; `.name` alone has an identity base.
    case access(JQSyntax, Accessor, Range<Int>)
    /// `[f]`, `[]`
    case array(JQSyntax?, Range<Int>)
    /// `{a: f, $b, "c", (f): g}`
    case object([Member], Range<Int>)
    /// `-f`
    case negation(JQSyntax, Range<Int>)
    /// Two operands and what stands between, update operators included.
    case binary(Operator, JQSyntax, JQSyntax, Range<Int>)
    /// `f | g`
    case pipe(JQSyntax, JQSyntax, Range<Int>)
    /// `f, g`
    case comma(JQSyntax, JQSyntax, Range<Int>)
    /// `f?`
    case optional(JQSyntax, Range<Int>)
    /// `if f then g elif … else h end`; without `else` (jq 1.7) the last is nil.
    case conditional([Branch], otherwise: JQSyntax?, Range<Int>)
    /// `try f catch g`
    case attempt(JQSyntax, handler: JQSyntax?, Range<Int>)
    /// `reduce f as $x (init; update)`
    case reduce(JQSyntax, [Pattern], initial: JQSyntax, update: JQSyntax, Range<Int>)
    /// `foreach f as $x (init; update; extract)`
    case foreach(JQSyntax, [Pattern], initial: JQSyntax, update: JQSyntax, extract: JQSyntax?, Range<Int>)
    /// `f as $x ?// $y | body`
    case binding(JQSyntax, [Pattern], body: JQSyntax, Range<Int>)
    /// `def name(f; $g): body; rest`
    case definition(name: String, parameters: [String], body: JQSyntax, rest: JQSyntax, Range<Int>)
    /// `label $name | body`
    case label(String, JQSyntax, Range<Int>)
    /// `break $name`
    case breaking(String, Range<Int>)
    /// `(f)`
    case group(JQSyntax, Range<Int>)

    /// A piece of an interpolated string.
    public enum StringPart: Sendable {
        case text(String)
        case value(JQSyntax)
    }

    /// What is taken of a term's value.
    public enum Accessor: Sendable {
        /// `.name`, `."name"` or `["name"]`: a key known from the text; the range is the name's own.
        case key(String, Range<Int>)
        /// `[f]`; a literal number is an index known from the text.
        case index(JQSyntax)
        /// `[f:g]`
        case slice(JQSyntax?, JQSyntax?)
        /// `[]`
        case iterate
    }

    /// A member of an object construction.
    public struct Member: Sendable {
        public enum Key: Sendable {
            /// A name, keyword or plain string.
            case name(String, Range<Int>)
            /// `$name` or `$__loc__`, which is also the value.
            case variable(String, Range<Int>)
            /// `(f)` or an interpolated string.
            case computed(JQSyntax)
        }
        public var key: Key
        /// Nil where the key stands alone: `{a}` is `{a: .a}`.
        public var value: JQSyntax?
        /// Creates a member.
        public init(key: Key, value: JQSyntax?) {
            self.key = key
            self.value = value
        }
    }

    /// A condition and what follows it.
    public struct Branch: Sendable {
        public var condition: JQSyntax
        public var then: JQSyntax
        /// Creates a branch.
        public init(condition: JQSyntax, then: JQSyntax) {
            self.condition = condition
            self.then = then
        }
    }

    /// The left of `as`: a variable or a destructuring.
    public indirect enum Pattern: Sendable {
        case variable(String, Range<Int>)
        case array([Pattern], Range<Int>)
        case object([(key: Member.Key, pattern: Pattern?)], Range<Int>)
    }

    /// An infix operator.
    public enum Operator: String, Sendable {
        case or, and
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divide = "/"
        case modulo = "%"
        case alternative = "//"
        case assign = "="
        case update = "|="
        case plusAssign = "+="
        case minusAssign = "-="
        case timesAssign = "*="
        case divideAssign = "/="
        case moduloAssign = "%="
        case alternativeAssign = "//="
    }

    /// Where the node stands in the expression's text, in UTF-8 bytes.
    public var range: Range<Int> {
        switch self {
        case .identity(let range), .recurse(let range), .literal(_, let range), .interpolation(_, _, let range),
            .format(_, let range), .variable(_, let range), .call(_, _, let range, _), .access(_, _, let range),
            .array(_, let range), .object(_, let range), .negation(_, let range), .binary(_, _, _, let range),
            .pipe(_, _, let range), .comma(_, _, let range), .optional(_, let range), .conditional(_, _, let range),
            .attempt(_, _, let range), .reduce(_, _, _, _, let range), .foreach(_, _, _, _, _, let range),
            .binding(_, _, _, let range), .definition(_, _, _, _, let range), .label(_, _, let range),
            .breaking(_, let range), .group(_, let range):
            range
        }
    }
}
