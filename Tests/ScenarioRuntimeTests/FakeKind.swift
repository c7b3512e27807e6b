import Diagnostics
import EventLoop
import Expressions
import ScenarioModel
import ScenarioSyntax

/// A kind of step for tests: `fake: { value: …, error: refused, code: 503, times: 2, takes: 50ms }`.
///
/// `error` and `code` are met `times` times (always, where it is left out); then `value` is the result's `value`.
struct FakeKind: StepKind {
    let name = "fake"
    let targetKinds: [TargetKind] = []
    let resultFields = FakeRequest.fields
    let keys = KeyTable(
        name: "fake", summary: "A request that is made up.",
        keys: [
            Key("value", .any, "What it yields."), Key("error", .text, "The kind of error it meets."),
            Key("code", .text, "The code it meets."), Key("times", .integer, "How often."),
            Key("takes", .duration, "How long it takes."), Key("delete", .boolean, "Whether 404 means done."),
            Key("over", .identifier, "The step that it watches."),
            Key("tells", .integer, "In how many parts of that time it tells how far it is."),
        ], foreign: [:])

    func parse(_ node: YAMLNode, _ reader: inout SyntaxReader) -> (any StepRequest)? {
        guard let mapping = MappingReader(node, keys, &reader.diagnostics) else { return nil }
        var request = FakeRequest()
        request.value = mapping["value"].map { reader.value($0) }
        request.error = mapping["error"]?.text(&reader.diagnostics).flatMap(StepError.Kind.init(rawValue:))
        request.code = mapping["code"].map { reader.value($0) }
        request.times = mapping["times"]?.integer(&reader.diagnostics) ?? .max
        request.takes = mapping["takes"]?.duration(&reader.diagnostics) ?? .zero
        request.parts = mapping["tells"]?.integer(&reader.diagnostics) ?? 0
        request.deletes = mapping["delete"]?.boolean(&reader.diagnostics) ?? false
        guard let over = mapping["over"], let id = over.identifier(&reader.diagnostics) else { return request }
        return FakeWatch(request: request, watched: (id, over.span))
    }
}

/// A fake step that watches another: its `value` is a list of what both of its looks saw.
struct FakeWatch: WatchingRequest {
    var request: FakeRequest
    var watched: (id: String, span: SourceSpan)
    /// What the first look saw; nil for that look itself.
    var first: Value?

    let kind = "fake"
    let timeoutKind = "http"
    let needsTarget = false
    let isIdempotent = true
    var resultFields: [ResultField] { FakeRequest.fields }
    var codesOfNothingToUndo: [String] { [] }
    var impliedExpectation: ImpliedExpectation? { nil }
    var firstExpressions: [Expression] { request.value?.expressions ?? [] }
    var firstLook: any StepRequest { request }

    func plan(target: Target?) -> [String] { ["FAKE over \(watched.id)"] }

    func lastLook(after first: Value) -> any StepRequest {
        var look = request
        let span = watched.span
        look.value = .array(
            [.literal(first["value"] ?? .null, text: nil, span), request.value ?? .literal(.null, text: nil, span)],
            span)
        return look
    }

    func prepare(_ scope: any TemplateScope, target: ResolvedTarget?) throws(StepFailure) -> any PreparedStep {
        try request.prepare(scope, target: target)
    }
}

/// The request of a fake step.
struct FakeRequest: StepRequest {
    static let fields = [ResultField("value", "What it yields."), ResultField("code", "The code.", isText: true)]
    var value: ValueTemplate?
    var error: StepError.Kind?
    var code: ValueTemplate?
    var times = Int.max
    var takes = Duration.zero
    var deletes = false
    var parts = 0
    let kind = "fake"
    let timeoutKind = "http"
    let needsTarget = false
    let isIdempotent = true
    var resultFields: [ResultField] { Self.fields }
    var codesOfNothingToUndo: [String] { deletes ? ["404"] : [] }
    var impliedExpectation: ImpliedExpectation? {
        ImpliedExpectation(field: "code", text: "code is 200") { $0 == "200" }
    }

    func plan(target: Target?) -> [String] { ["FAKE"] }

    func prepare(_ scope: any TemplateScope, target: ResolvedTarget?) throws(StepFailure) -> any PreparedStep {
        let value: Value = if let template = self.value { try scope.value(of: template) } else { .null }
        let code: String? = if let template = self.code { try scope.text(of: template) } else { nil }
        return FakePrepared(value: value, code: code, request: self)
    }
}

/// A fake request with its templates evaluated.
struct FakePrepared: PreparedStep {
    var value: Value
    var code: String?
    var request: FakeRequest
    let summary = "FAKE"
    let isIdempotent = true
}

/// Carries out fake requests, and keeps what was sent in which order.
final class FakeDriver: StepDriver {
    let kind = "fake"
    private let clock: SteppedClock
    private let record: RunRecord
    private var met: [String: Int] = [:]
    private var inFlight = 0

    init(clock: SteppedClock, record: RunRecord) {
        self.clock = clock
        self.record = record
    }

    func attempt(_ step: any PreparedStep, _ limits: AttemptLimits, in session: TestSession) async -> Attempt {
        guard let step = step as? FakePrepared else {
            return Attempt(result: SharedValue(.null), error: nil, exchange: { .init(summary: "") })
        }
        let label = limits.label.split(separator: "/").last.map(String.init) ?? ""
        inFlight += 1
        record.add(sent: label + (step.value.isNull ? "" : "=" + step.value.json()), inFlight: inFlight)
        defer { inFlight -= 1 }
        var error: StepError?
        let length = min(step.request.takes, limits.timeout)
        if step.request.parts > 0 {
            for part in 1...step.request.parts {
                _ = try? await clock.sleep(until: clock.now + length / step.request.parts)
                limits.onProgress?(StepProgress(done: part, of: step.request.parts, unit: "parts"))
            }
        } else if length > .zero {
            _ = try? await clock.sleep(until: clock.now + length)
        }
        if step.request.takes > limits.timeout { error = StepError(.timeout, "no answer in time", phase: "first_byte") }
        let count = met[label, default: 0]
        met[label] = count + 1
        let meets = count < step.request.times
        if meets, let kind = step.request.error {
            error = StepError(kind, "the fake met \(kind.rawValue)", phase: "connect")
        }
        let code = meets ? step.code ?? "200" : "200"
        let result = SharedValue(fields: [
            .init("value", step.value), .init("code", .string(code)), .init("error", error?.value ?? .null),
            .init("ms", .number(0)), .init("attempt", .number(Double(count + 1))),
        ])
        return Attempt(
            result: result, error: error, exchange: { .init(summary: "FAKE") }, code: error == nil ? code : nil)
    }

    func endSession(_ session: TestSession) async {}
    func examine(_ target: ResolvedTarget, _ limits: AttemptLimits) async -> Examination {
        Examination(isReachable: true, facts: [])
    }
    func shutDown() async {}
}
