internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// A `vector` step as written and checked: its templates are not evaluated yet.
struct VectorCall: StepRequest {
    typealias Option = StepOption

    var verb: VectorVerb
    /// nil for `list` and `alias`.
    var collection: ValueTemplate?
    var span: SourceSpan

    var vector: ValueTemplate?
    var vectors: Rows?
    var using: ValueTemplate?
    var limit: Option<Int>?
    var offset: ValueTemplate?
    var filter: JSONTemplate?
    /// Words of the filter that only Qdrant knows.
    var qdrantWords: [(name: String, span: SourceSpan)] = []
    var scoreThreshold: Option<Double>?
    var exact: Option<Bool>?
    var withPayload: JSONTemplate?
    var withVectors: JSONTemplate?
    var points: Points?
    var ids: ValueTemplate?
    var payloads: ValueTemplate?
    var firstID: Option<Int>?
    var size: Option<Int>?
    var distance = Distance.cosine
    var named: [Named] = []
    var sparse: [String] = []
    var params: JSONTemplate?
    var recallAt: Option<Int>?
    var field: ValueTemplate?
    var type = "keyword"
    var removes: Option<Bool>?
    var orderBy: ValueTemplate?
    var batch: Option<Int>?
    var aliases: [Alias] = []

    /// Several vectors: a value, or a file.
    enum Rows: Sendable {
        case value(ValueTemplate)
        case file(ValueTemplate)
    }

    /// Points to write.
    enum Points: Sendable {
        case list([Point])
        case value(ValueTemplate)
        case file(ValueTemplate)
    }

    /// A point that is written out.
    struct Point: Sendable {
        var id: ValueTemplate
        var vector: ValueTemplate
        var payload: JSONTemplate?
    }

    /// A named vector of a collection to create.
    struct Named: Sendable {
        var name: String
        var size: Option<Int>
        var distance: Distance
    }

    /// Another name of a collection; null takes it away.
    struct Alias: Sendable {
        var name: String
        var collection: ValueTemplate
    }

    /// How many points go into one request where nothing else is written.
    static let defaultBatch = 256
    /// How many hits or points come back where nothing else is written.
    static let defaultLimit = 10

    var kind: String { "vector" }
    var timeoutKind: String { "vector" }
    var needsTarget: Bool { true }
    var isIdempotent: Bool { verb.isIdempotent }
    var resultFields: [ResultField] {
        let fields = VectorStep.fields(of: verb, isBatch: vectors != nil, hasRecall: recallAt != nil)
        // Answers of a batch that is only measured are not kept.
        return recallAt == nil ? fields : fields.filter { $0.name != "results" }
    }
    var codesOfNothingToUndo: [String] {
        switch verb {
        case .drop, .delete, .index, .alias: ["404"]
        default: []
        }
    }
    var impliedExpectation: ImpliedExpectation? { nil }

    /// What the driver of the target cannot do.
    func problems(with target: Target) -> [Diagnostic] {
        guard target.kind == "pgvector" else { return [] }
        var problems = qdrantWords.map { word in
            Diagnostic(
                .vectorFilter, at: word.span, "pgvector cannot filter by '\(word.name)', and '\(target.name)' is one",
                hint: "use 'match' or 'range', or 'requires: { \(target.name): qdrant }'")
        }
        if !sparse.isEmpty {
            problems.append(
                Diagnostic(
                    .vectorKey, at: span, "tables of pgvector have no sparse vectors, and '\(target.name)' is one",
                    hint: "write 'requires: { \(target.name): qdrant }'"))
        }
        if verb == .create, (named.map(\.distance) + [distance]).contains(.manhattan) {
            problems.append(
                Diagnostic(
                    .vectorSetting, at: span, "pgvector has no distance 'manhattan' in every version",
                    hint: "use cosine, dot or euclid"))
        }
        return problems
    }
}
