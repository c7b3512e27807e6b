/// A problem in a scenario, a configuration or a run, tied to the text that caused it.
public struct Diagnostic: Error, Sendable, Hashable {
    public var code: Code
    public var severity: Severity
    /// One sentence that makes sense without the source excerpt; lower case, no full stop.
    public var message: Message
    /// What is wrong; the excerpt points here.
    public var primary: Label?
    /// Other places that explain the primary one, such as an earlier definition.
    public var secondary: [Label]
    /// What the author could do about it.
    public var hint: Message?

    /// Creates a diagnostic at a span, or of the whole run where there is no text to show.
    public init(
        _ code: Code, _ severity: Severity = .error, at span: SourceSpan?, _ message: Message,
        label: Message? = nil, secondary: [Label] = [], hint: Message? = nil
    ) {
        self.code = code
        self.severity = severity
        self.message = message
        self.primary = span.map { Label(span: $0, text: label) }
        self.secondary = secondary
        self.hint = hint
    }

    /// How much a problem weighs: an error stops the run before it starts.
    public enum Severity: String, Sendable, Hashable {
        case error, warning, note
    }

    /// A place, and what it has to do with the problem.
    public struct Label: Sendable, Hashable {
        public var span: SourceSpan
        public var text: Message?
        /// Creates a label.
        public init(span: SourceSpan, text: Message? = nil) {
            self.span = span
            self.text = text
        }
    }

    /// Wording; checks add theirs as static members beside the code that uses them.
    public struct Message: Sendable, Hashable, ExpressibleByStringInterpolation, CustomStringConvertible {
        public var text: String
        public init(stringLiteral value: String) { text = value }
        /// Creates a message of a computed text.
        public init(_ text: String) { self.text = text }
        public var description: String { text }
    }
}

extension Diagnostic {
    /// A stable name of a kind of problem, `area.kebab-case`, with what `plumb explain` says of it.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let id: String
        /// What it means and what to do, in one to three sentences.
        public let explanation: String

        /// Creates a code; each is listed once in its module's `all…Codes`.
        public init(_ id: String, _ explanation: String) {
            self.id = id
            self.explanation = explanation
        }

        public static func == (a: Code, b: Code) -> Bool { a.id == b.id }
        public func hash(into hasher: inout Hasher) { hasher.combine(id) }
        public var description: String { id }
    }
}
