internal import Expressions
internal import ScenarioModel

/// The spans of a run: a trace for the run with one span, and a trace for each test with its steps and attempts.
///
/// ```
/// plumb run                      <- a trace of its own
/// gateway/routing[hermes]        <- the root of the test's trace, linked to the run's span
///   chat                         <- a step
///     POST                       <- an attempt, the parent that 'traceparent' tells the service
///   setup                        <- a group
///     users
///       users[0]
/// ```
struct RunSpans {
    private let start: RunStart
    private let end: RunEnd
    private let epoch: Double
    private let runTrace: String
    private let runSpan: String

    init(_ result: RunResult) {
        start = result.start
        end = result.end
        epoch = RunTime.unixMs(of: result.start)
        runTrace = TraceID(run: result.start.id).text
        runSpan = SpanContext.spanID(run: result.start.id, path: "run")
    }

    /// The span of the run.
    func run(_ result: RunResult) -> OTLPSpan {
        var span = OTLPSpan(
            traceID: runTrace, spanID: runSpan, name: "plumb run", start: epoch, ms: result.end.ms,
            attributes: [
                ("plumb.run.id", .string(start.id)), ("plumb.run.seed", .string(start.seed)),
                ("plumb.run.profile", start.profile.map { .string($0) } ?? .null),
                ("plumb.run.status", Value(end.status)),
                (
                    "test.suite.run.status",
                    end.isInterrupted ? "aborted" : end.status == 0 ? "success" : "failure"
                ),
            ])
        for verdict in Verdict.allCases {
            span.attributes.append(("plumb.run.tests.\(verdict.rawValue)", Value(result.count(verdict))))
        }
        if end.status != 0 { span.problem = "exit status \(end.status)" }
        return span
    }

    /// The spans of a test, those above first.
    func test(_ test: TestResult, _ receive: (OTLPSpan) throws(ReportError) -> Void) throws(ReportError) {
        let name = test.test
        let trace = TraceID(run: start.id, test: name.index).text
        let id = SpanContext.spanID(run: start.id, path: "test/\(name.index)")
        var span = OTLPSpan(
            traceID: trace, spanID: id, name: name.name, start: epoch + test.startedMs, ms: test.ms,
            attributes: [
                ("test.case.name", .string(name.name)),
                ("test.case.result.status", Self.status(test.verdict)), ("test.suite.name", .string(name.suite)),
                ("plumb.scenario", .string(name.scenario)), ("plumb.verdict", .string(test.verdict.rawValue)),
                ("plumb.flaky", test.isFlaky ? true : .null), ("code.file.path", .string(name.file)),
                ("plumb.run.id", .string(start.id)),
                ("plumb.tags", test.tags.isEmpty ? .null : .array(test.tags.prefix(50).map { .string($0) })),
                ("plumb.reason", test.reason.map { .string($0) } ?? .null),
            ], events: test.failures.map(Self.event), links: [(runTrace, runSpan)])
        if test.verdict == .failed || test.verdict == .error {
            let reason = test.failures.first?.message ?? test.reason
            span.problem = reason ?? Self.firstFailure(test.steps + test.cleanup)?.message ?? test.verdict.rawValue
        }
        try receive(span)
        let place = Place(trace: trace, parent: id, path: "test/\(name.index)", startedMs: test.startedMs)
        for (number, need) in test.needs.enumerated() { try self.step(need, place.child("needs.\(number)"), receive) }
        for (number, step) in test.steps.enumerated() { try self.step(step, place.child("\(number)"), receive) }
        for (number, step) in test.cleanup.enumerated() {
            try self.step(step, place.child("cleanup.\(number)"), receive)
        }
        // They run once the last user of a need has ended, and so may lie behind the end of this test's own span.
        for (number, cleanup) in test.needsCleanup.enumerated() {
            try self.step(cleanup, place.child("needs_cleanup.\(number)"), receive)
        }
    }

    /// Where a step stands.
    private struct Place {
        var trace: String
        var parent: String
        var path: String
        /// When what is around it began, in milliseconds from the run's start.
        var startedMs: Double

        func child(_ name: String) -> Place {
            Place(trace: trace, parent: parent, path: "\(path)/\(name)", startedMs: startedMs)
        }
    }

    private func step(
        _ step: StepReport, _ place: Place, _ receive: (OTLPSpan) throws(ReportError) -> Void
    ) throws(ReportError) {
        // A step that was skipped did not happen, and the report of the test says so.
        guard step.verdict != .skipped else { return }
        let id = step.trace?.spanID ?? SpanContext.spanID(run: start.id, path: place.path)
        // The runs of a 'repeat' have no time of their own: their attempt has one, else what is around them.
        let startedMs = step.startedMs > 0 ? step.startedMs : step.trace?.startedMs ?? place.startedMs
        let ms = step.startedMs > 0 ? step.ms : step.trace?.ms ?? step.ms
        var span = OTLPSpan(
            traceID: place.trace, spanID: id, parentID: place.parent,
            name: step.name.map { "\(step.id) \($0)" } ?? step.id,
            start: epoch + startedMs, ms: ms,
            attributes: [
                ("plumb.step.id", .string(step.id)), ("plumb.step.kind", .string(step.kind)),
                ("plumb.verdict", .string(step.verdict.rawValue)),
                ("plumb.target", step.target.map { .string($0) } ?? .null),
                ("plumb.polls", step.polls.map { Value($0.count) } ?? .null),
                ("plumb.reason", step.reason.map { .string($0) } ?? .null),
                ("code.file.path", .string(step.place.file)), ("code.line.number", Value(step.place.line)),
            ], events: step.failures.map(Self.event))
        if step.verdict != .passed {
            span.problem = Self.firstFailure([step])?.message ?? step.reason ?? step.verdict.rawValue
            span.attributes.append(("error.type", .string(step.failures.first?.code ?? step.verdict.rawValue)))
        }
        try receive(span)
        for (number, _) in step.retries.enumerated() {
            if let span = retry(number, of: step, id, place) { try receive(span) }
        }
        if let span = attempt(of: step, id, place) { try receive(span) }
        var inside = place
        inside.parent = id
        inside.startedMs = startedMs
        for (number, child) in step.children.enumerated() { try self.step(child, inside.child("\(number)"), receive) }
    }

    /// An attempt that was sent again.
    private func retry(_ number: Int, of step: StepReport, _ parent: String, _ place: Place) -> OTLPSpan? {
        let retry = step.retries[number]
        guard !retry.spanID.isEmpty else { return nil }
        // Of these only the cause is kept: 'status 503', 'connect: refused'.
        let known = ["http.request.method", "url.full", "server.address", "server.port", "db.system.name", "db.system"]
        var attributes = (step.exchange?.attributes ?? .init()).filter { known.contains($0.0) }.map { ($0.0, $0.1) }
        let type = retry.cause.split(separator: " ").last.map(String.init) ?? retry.cause
        attributes.append(("error.type", .string(type)))
        if retry.cause.hasPrefix("status "), let status = Int(type) {
            attributes.append(("http.response.status_code", Value(status)))
        }
        if number > 0 { attributes.append(("http.request.resend_count", Value(number))) }
        return OTLPSpan(
            traceID: place.trace, spanID: retry.spanID, parentID: parent, name: Self.name(of: step), kind: .client,
            start: epoch + retry.startedMs, ms: retry.ms, attributes: attributes, problem: retry.cause)
    }

    /// The last attempt.
    private func attempt(of step: StepReport, _ parent: String, _ place: Place) -> OTLPSpan? {
        guard let trace = step.trace else { return nil }
        var attributes = (step.exchange?.attributes ?? .init()).map { ($0.0, $0.1) }
        let status = step.exchange?.attributes["http.response.status_code"]?.number ?? 0
        var problem = step.exchange?.attributes["error.type"]?.string
        if problem == nil, status >= 400 {
            problem = "status \(Int(status))"
            attributes.append(("error.type", .string(String(Int(status)))))
        }
        if !step.retries.isEmpty { attributes.append(("http.request.resend_count", Value(step.retries.count))) }
        return OTLPSpan(
            traceID: place.trace, spanID: trace.attemptSpanID, parentID: parent, name: Self.name(of: step),
            kind: .client, start: epoch + trace.startedMs, ms: trace.ms, attributes: attributes, problem: problem)
    }

    /// A name of few values, as the conventions want it: the method, the operation, else the kind of step.
    private static func name(of step: StepReport) -> String {
        let attributes = step.exchange?.attributes
        return attributes?["http.request.method"]?.string ?? attributes?["db.operation.name"]?.string ?? step.kind
    }

    private static func event(_ failure: FailureReport) -> OTLPSpan.Event {
        OTLPSpan.Event(
            name: "failure",
            attributes: [
                ("plumb.failure.code", .string(failure.code)), ("plumb.failure.message", .string(failure.message)),
                (
                    "plumb.failure.place",
                    failure.place.map { .string("\($0.file):\($0.line):\($0.column)") } ?? .null
                ),
                ("plumb.failure.hint", failure.hint.map { .string($0) } ?? .null),
            ])
    }

    private static func firstFailure(_ steps: [StepReport]) -> FailureReport? {
        for step in steps where step.verdict == .failed || step.verdict == .error {
            if let failure = step.failures.first ?? firstFailure(step.children) { return failure }
        }
        return nil
    }

    private static func status(_ verdict: Verdict) -> Value {
        switch verdict {
        case .passed: "pass"
        case .failed, .error: "fail"
        case .skipped: .null
        }
    }
}
