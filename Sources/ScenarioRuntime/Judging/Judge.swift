import Diagnostics
import Expressions
import ScenarioModel

/// Holds a step's result against everything its author wrote about it, and reports every failure.
struct Judge {
    let rendering: Rendering

    /// What the kind of a step implies, where the step itself says nothing of it.
    static func implied(for step: Step) -> ImpliedExpectation? {
        guard case .request(let request) = step.action, let implied = request.impliedExpectation,
            !step.judges(implied.field), !step.acceptsError
        else { return nil }
        return implied
    }

    /// The failures of `expect`, `assert` and what the kind implies; empty where all hold.
    func judge(_ result: SharedValue, of step: Step, implied: ImpliedExpectation?) -> [FailureReport] {
        var failures: [FailureReport] = []
        if let implied, let value = result.field(implied.field)?.value, !implied.holds(value) {
            failures.append(
                FailureReport(
                    code: "expect.implied", verdict: .failed,
                    message: "\(implied.field) is \(value.preview()), and the step expects that \(implied.text)",
                    place: Place(step.span),
                    hint: "that holds for a step that says nothing of it; write "
                        + "'expect: { \(implied.field): \(value.preview()) }' if it is right"))
        }
        if let expectation = step.expectation { failures += match(expectation, result, step) }
        failures += assertions(step.assertions, result, code: "assert.false") { expression in
            let names = expression.analysis.rootPaths.compactMap { path in
                if case .key(let name)? = path.elements.first { name } else { nil }
            }
            return Self.explanation(of: names, in: result, step)
        }
        return failures
    }

    /// Why one of the members is null, or text, where the kind of the step knows.
    private static func explanation(of members: [String], in result: SharedValue, _ step: Step) -> String? {
        guard case .request(let request) = step.action else { return nil }
        return members.lazy.compactMap { request.explanation(ofMember: $0, in: result) }.first
    }

    private func match(_ expectation: Expectation, _ result: SharedValue, _ step: Step) -> [FailureReport] {
        var fields: [ResultField] = []
        if case .request(let request) = step.action { fields = request.resultFields }
        var match = ExpectationMatch(rendering: rendering, fields: fields)
        match.match(expectation, result)
        guard let first = match.differences.first else { return match.failures }
        let count = match.differences.count
        return match.failures + [
            FailureReport(
                code: "expect.mismatch", verdict: .failed,
                message: count == 1
                    ? "the result differs from 'expect' at '\(first.path)'"
                    : "the result differs from 'expect' in \(count) places",
                place: first.place ?? Place(expectation.span), differences: match.differences,
                hint: Self.explanation(of: Self.missed(expectation, result), in: result, step))
        ]
    }

    /// The members that are expected to be something, and are null.
    private static func missed(_ expectation: Expectation, _ result: SharedValue) -> [String] {
        guard case .object(let members, _) = expectation else { return [] }
        return members.map(\.key).filter { result.field($0)?.value.isNull == true }
    }

    /// The failures of assertions on a result or an aggregate; `explain` may say why a path leads nowhere.
    func assertions(
        _ assertions: [Assertion], _ dot: SharedValue, code: String, explain: (Expression) -> String? = { _ in nil }
    ) -> [FailureReport] {
        guard !assertions.isEmpty else { return [] }
        let context = rendering.frame.context(
            for: assertions.lazy.map(\.expression), dot: dot, seed: rendering.seed)
        if assertions.allSatisfy({ rendering.engine.plainlyHolds($0.expression, in: context) }) { return [] }
        let judgements = rendering.engine.judge(assertions.map(\.expression), in: context)
        return zip(assertions, judgements).compactMap { assertion, judgement in
            guard case .fails(let failure) = judgement else { return nil }
            var report = Self.report(assertion, failure, code: code, rendering: rendering)
            if report.code == "assert.missing-path" || report.operands.contains(where: { $0.type == "null" }) {
                report.hint = explain(assertion.expression) ?? report.hint
            }
            return report
        }
    }

    /// A judgement's failure as a report.
    static func report(
        _ assertion: Assertion, _ failure: Judgement.Failure, code: String, rendering: Rendering
    ) -> FailureReport {
        let expression = assertion.expression
        let span = expression.source.span(of: failure.range)
        if let error = failure.error {
            var report = rendering.failure(error, expression, code: errorCode(error)).report
            // What an assertion cannot find or compare is a failed assertion; a runaway could not be judged.
            report.verdict = error.kind == .budget || error.kind == .compile ? .error : .failed
            report.name = assertion.name
            report.hint = report.hint ?? failure.hint
            report.operands = failure.operands.map(operand)
            return report
        }
        return FailureReport(
            code: code, verdict: .failed, message: failure.message, place: Place(span), name: assertion.name,
            operands: failure.operands.map(operand), hint: failure.hint)
    }

    static func operand(_ operand: Judgement.Operand) -> FailureReport.Operand {
        .init(text: operand.text, type: operand.value.type, value: operand.value.preview())
    }

    private static func errorCode(_ error: EvaluationError) -> String {
        switch error.kind {
        case .missingPath: "assert.missing-path"
        case .missingName: "reference.not-available"
        case .unordered: "assert.unordered"
        case .budget: "assert.budget"
        case .compile: "jq.compile"
        case .jq, .outputs: "assert.error"
        }
    }
}
