public import Diagnostics
public import Expressions
public import ScenarioSyntax

/// The language face of a driver: the syntax, the checks and the plan text of one kind of step.
///
/// To add a kind is to add a folder with one of these and a ``StepDriver``, and one line in the lists of both.
public protocol StepKind: Sendable {
    /// The key in a step: `http`.
    var name: String { get }
    /// The keys of its mapping, for the parser, the schema, `plumb explain` and the reference.
    var keys: KeyTable { get }
    /// What may stand under its key: its mapping, unless it has a short form besides.
    var shape: Shape { get }
    /// The kinds of target that its steps can go through, each with its keys; empty where it needs none.
    var targetKinds: [TargetKind] { get }
    /// The members of its result.
    var resultFields: [ResultField] { get }
    /// Reads a step's mapping; nil after an error.
    func parse(_ node: YAMLNode, _ reader: inout SyntaxReader) -> (any StepRequest)?
}

extension StepKind {
    public var shape: Shape { .table { self.keys } }
}

/// A kind of connection that a configuration can declare.
public struct TargetKind: Sendable {
    public var name: String
    public var keys: KeyTable
    /// Whether any step of HTTP may name a target of this kind, because it has a `url`.
    public var hasURL: Bool
    /// Whether its connections come from a pool.
    public var hasPool: Bool
    /// Whether its service is reached by a socket, on which faults can be put.
    public var hasAddress: Bool

    /// Creates a kind of target.
    public init(name: String, keys: KeyTable, hasURL: Bool, hasPool: Bool = false, hasAddress: Bool = true) {
        self.hasAddress = hasAddress
        self.name = name
        self.keys = keys
        self.hasURL = hasURL
        self.hasPool = hasPool
    }
}

/// A member of a kind's result.
public struct ResultField: Sendable, Hashable {
    public var name: String
    public var doc: String
    /// Whether the value can only be text (or an object of texts), so that a plain scalar in `expect` is its written text.
    public var isText: Bool
    /// Whether its member names compare without case, as header names do.
    public var foldsCase: Bool

    /// Creates a member's description.
    public init(_ name: String, _ doc: String, isText: Bool = false, foldsCase: Bool = false) {
        self.name = name
        self.doc = doc
        self.isText = isText
        self.foldsCase = foldsCase
    }
}

/// What a step asks of its driver, as written: templates are not evaluated yet.
public protocol StepRequest: Sendable {
    /// The key of its kind.
    var kind: String { get }
    /// The time-out table's row: `http`, `sql`, …
    var timeoutKind: String { get }
    /// Whether a target is needed; false for an absolute URL, a command.
    var needsTarget: Bool { get }
    /// Whether a lost answer may be asked for again without harm.
    var isIdempotent: Bool { get }
    /// The members of this request's result.
    var resultFields: [ResultField] { get }
    /// Codes that mean, in a cleanup, that there is nothing left to undo: 404 on a delete.
    var codesOfNothingToUndo: [String] { get }
    /// What must hold where the step says nothing of it.
    var impliedExpectation: ImpliedExpectation? { get }
    /// The files that the request reads and whose names the text tells, relative to the scenario.
    var namedFiles: [(name: String, span: SourceSpan)] { get }
    /// Why a member of a result is not what an assertion looks into, where the kind knows: a body that is not JSON.
    func explanation(ofMember name: String, in result: SharedValue) -> String?
    /// What is wrong with the request on a target of the profile, beside what ``StepKind/parse(_:_:)`` told.
    func problems(with target: Target) -> [Diagnostic]
    /// The request as far as it is known before the run, a line each; unknown parts stay `${{ … }}`.
    func plan(target: Target?) -> [String]
    /// Evaluates the templates once; what it returns is sent by every attempt alike.
    func prepare(_ scope: any TemplateScope, target: ResolvedTarget?) throws(StepFailure) -> any PreparedStep
}

extension StepRequest {
    public func problems(with target: Target) -> [Diagnostic] { [] }
    public var namedFiles: [(name: String, span: SourceSpan)] { [] }
    public func explanation(ofMember name: String, in result: SharedValue) -> String? { nil }
}

/// An expectation that a kind adds by itself.
public struct ImpliedExpectation: Sendable {
    /// The member of the result that the step must not speak of for this to count.
    public var field: String
    /// How `plan` prints it: `status is 2xx`.
    public var text: String
    /// Whether it holds for that member's value.
    public var holds: @Sendable (Value) -> Bool

    /// Creates an implied expectation.
    public init(field: String, text: String, holds: @escaping @Sendable (Value) -> Bool) {
        self.field = field
        self.text = text
        self.holds = holds
    }
}

/// A request with every byte decided; a driver knows what is in its own.
public protocol PreparedStep {
    /// One line for people: `POST http://127.0.0.1:8000/v1/chat/completions`.
    var summary: String { get }
    /// Whether a lost answer may be asked for again without harm.
    var isIdempotent: Bool { get }
    /// Whether it may be sent again for another run of its step, where no template had a part in it.
    var servesAgain: Bool { get }
}

extension PreparedStep {
    public var servesAgain: Bool { false }
}

/// Evaluates templates where a step runs.
public protocol TemplateScope {
    /// The value of a template.
    func value(of template: ValueTemplate) throws(StepFailure) -> Value
    /// The bytes of a file that a step names, relative to its scenario and inside the root.
    func file(_ path: String, at span: SourceSpan) throws(StepFailure) -> String
    /// Whether a permission was given on the command line, such as `exec`.
    func allows(_ permission: String) -> Bool
    /// Whether a text holds a secret that was read so far, in any encoding.
    func holdsSecret(_ text: String) -> Bool
}

extension TemplateScope {
    /// The text of a scalar: as written where it is literal, jq's `tostring` otherwise; nil for null.
    public func text(of template: ValueTemplate) throws(StepFailure) -> String? {
        if case .literal(let value, let text?, _) = template { return value.isNull ? nil : text }
        let value = try value(of: template)
        switch value {
        case .null: return nil
        case .array, .object:
            throw StepFailure(
                .init(
                    code: Diagnostic.Code.templateType.id, verdict: .error,
                    message: "expected text, found \(value.type)", place: Place(template.span),
                    hint: "take a member of it, or write it with '| tojson'"))
        default: return value.tostring
        }
    }
}

/// Why a step did not succeed, thrown from wherever it is found.
public struct StepFailure: Error {
    public var report: FailureReport

    /// Creates a failure.
    public init(_ report: FailureReport) { self.report = report }
}

extension Diagnostic.Code {
    public static let templateType = Diagnostic.Code(
        "template.type",
        "A template inside text must yield a string, number or boolean; null, arrays and objects have no text.")
}
