import Expressions
import ScenarioModel
import Testing

@Suite struct PlainStepTests {
    private func step(_ id: String, _ verdict: Verdict = .passed, _ change: (inout StepReport) -> Void = { _ in })
        -> StepReport
    {
        var step = StepReport(
            id: id, name: nil, kind: "http", place: Place(file: "a.yaml", line: 1, column: 1, endColumn: 2, text: "a"),
            verdict: verdict)
        change(&step)
        return step
    }

    private func result(_ verdict: Verdict) -> TestResult {
        let name = TestName(index: 0, name: "a", file: "a.yaml", suite: "", scenario: "a", row: nil)
        let steps = [
            step("plain"), step("skipped", .skipped), step("noted") { $0.notes = ["a fact"] },
            step("repeated") { $0.aggregate = ["passed": 3] }, step("group") { $0.children = [step("inner")] },
            step("outer") { $0.children = [step("inner") { $0.notes = ["a fact"] }] },
        ]
        return TestResult(test: name, verdict: verdict, steps: steps, cleanup: [step("clean"), step("dirty", .failed)])
    }

    @Test func `a test that passed keeps the steps that have something to tell`() {
        let kept = result(.passed).withoutPlainSteps
        #expect(kept.steps.map(\.id) == ["skipped", "noted", "repeated", "outer"])
        #expect(kept.cleanup.map(\.id) == ["dirty"])
    }

    @Test(arguments: [Verdict.failed, .error, .skipped])
    func `one that did not pass keeps all of them`(verdict: Verdict) {
        #expect(result(verdict).withoutPlainSteps == result(verdict))
    }
}
