internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// An `http` step as written and checked: its templates are not evaluated yet.
struct HTTPCall: StepRequest {
    var method: Method
    var url: URLTemplate
    var query: PairList?
    var headers: PairList?
    var body: HTTPBody?
    var isStream = false
    var maxEvents: StepOption<Int>?
    var followRedirects: StepOption<Int>?
    var maxBytes: StepOption<Int>?
    var cookies: StepOption<Bool>?
    var auth: AuthTemplate?
    var span: SourceSpan

    /// A method known from the text, or a template.
    enum Method: Sendable {
        case known(String)
        case template(ValueTemplate)
    }

    /// How many redirects `follow_redirects: true` means.
    static let manyRedirects = 10
    /// How many bytes of a body are taken where nothing else is written.
    static let defaultMaxBytes = 64 << 20
    /// How many events of a stream are taken where nothing else is written.
    static let defaultMaxEvents = 10_000
    /// The methods that may be sent again when the answer was lost.
    static let idempotentMethods = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"]

    var kind: String { "http" }
    var timeoutKind: String { "http" }
    var needsTarget: Bool { !url.isAbsolute }
    var isIdempotent: Bool { knownMethod.map { Self.idempotentMethods.contains($0) } ?? false }
    var resultFields: [ResultField] { HTTPStep.answerFields + (isStream ? HTTPStep.streamFields : []) }
    var codesOfNothingToUndo: [String] { knownMethod == "DELETE" ? ["404", "410"] : [] }

    var impliedExpectation: ImpliedExpectation? {
        ImpliedExpectation(field: "status", text: "status is 2xx") { value in
            value.number.map { (200..<300).contains($0) } ?? false
        }
    }

    private var knownMethod: String? { if case .known(let method) = method { method } else { nil } }
}
