public import Diagnostics
public import Expressions

/// A scenario file, checked and ready to be planned.
public struct Scenario: Sendable {
    public var file: SourceFile
    /// The file's stem.
    public var name: String
    public var description: String?
    public var tags: [String] = []
    public var variables: [Variable] = []
    /// What `vars: {file: …}` loads.
    public var fileVariables: Value.Object = .init()
    public var cases: Cases?
    public var needs: [Need] = []
    public var locks: [(name: String, span: SourceSpan)] = []
    public var requirements: [Requirement] = []
    public var targets: [DerivedTarget] = []
    public var condition: Expression?
    public var timeout: Setting<Duration>?
    public var retry = RetryPart()
    public var keepGoing = false
    public var steps: Block
    public var cleanup: Block?
    public var outputs: [Output] = []
    /// Every expression of the file, those of used scenarios included.
    public var expressions: [Expression] = []

    /// Creates a scenario of steps.
    public init(file: SourceFile, name: String, steps: Block) {
        self.file = file
        self.name = name
        self.steps = steps
    }

    /// A variable, evaluated once per test in the order they are written.
    public struct Variable: Sendable {
        public var name: String
        public var span: SourceSpan
        /// Nil or a null literal is a variable that `with` must set.
        public var value: ValueTemplate
        /// Creates a variable.
        public init(name: String, span: SourceSpan, value: ValueTemplate) {
            self.name = name
            self.span = span
            self.value = value
        }
        /// Whether it is written as null: `use` or `needs` must set it.
        public var isRequired: Bool { value.constant?.isNull ?? false }
    }

    /// Rows that each become a test.
    public enum Cases: Sendable {
        case rows([ValueTemplate], SourceSpan)
        case template(ValueTemplate, SourceSpan)
        /// Rows read from a CSV or JSON Lines file, with the places of its lines.
        case table([Value], SourceSpan)
        /// A query whose rows are the cases; they are known once the run asks for them.
        case query(CaseQuery)

        /// Where they are written.
        public var span: SourceSpan {
            switch self {
            case .rows(_, let span), .template(_, let span), .table(_, let span): span
            case .query(let query): query.span
            }
        }
    }

    /// A request whose result has the rows of a scenario as its `rows`.
    public struct CaseQuery: Sendable {
        public var request: any StepRequest
        /// The target that is named, with its place.
        public var target: (name: String, span: SourceSpan)?
        public var span: SourceSpan
        /// The expressions in it, which see what those of `cases` see.
        public var expressions: [Expression]

        /// Creates a query.
        public init(
            request: any StepRequest, target: (name: String, span: SourceSpan)?, span: SourceSpan,
            expressions: [Expression]
        ) {
            self.request = request
            self.target = target
            self.span = span
            self.expressions = expressions
        }
    }

    /// A scenario that runs once before this one, and whose outputs it reads.
    public struct Need: Sendable {
        public var name: String
        public var scenario: Scenario
        public var with: [ValueTemplate.Member]
        public var span: SourceSpan
        /// Creates a need.
        public init(name: String, scenario: Scenario, with: [ValueTemplate.Member], span: SourceSpan) {
            self.name = name
            self.scenario = scenario
            self.with = with
            self.span = span
        }
    }

    /// What the profile must have: a target of one of some kinds, or a link.
    public struct Requirement: Sendable {
        public var target: String?
        public var kinds: [String]
        public var link: String?
        public var span: SourceSpan
        /// Creates a requirement of a target.
        public init(target: String, kinds: [String], span: SourceSpan) {
            self.target = target
            self.kinds = kinds
            self.span = span
        }
        /// Creates a requirement of a link.
        public init(link: String, span: SourceSpan) {
            self.link = link
            self.kinds = []
            self.span = span
        }
    }

    /// A target of the scenario's own, made from one of the profile's.
    public struct DerivedTarget: Sendable {
        public var name: String
        /// The target it begins with; nil where it stands alone.
        public var from: String?
        public var changes: ValueTemplate
        public var span: SourceSpan
        /// Creates a derived target.
        public init(name: String, from: String?, changes: ValueTemplate, span: SourceSpan) {
            self.name = name
            self.from = from
            self.changes = changes
            self.span = span
        }
    }

    /// A value that users of the scenario see.
    public struct Output: Sendable {
        public var name: String
        public var span: SourceSpan
        public var expression: Expression
        /// Creates an output.
        public init(name: String, span: SourceSpan, expression: Expression) {
            self.name = name
            self.span = span
            self.expression = expression
        }
    }
}
