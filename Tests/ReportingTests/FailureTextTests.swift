import Diagnostics
import Reporting
import ScenarioModel
import Testing

@Suite struct FailureTextTests {
    private static func failure(_ message: String, _ settings: [String]) -> FailureReport {
        FailureReport(code: "assert.false", verdict: .failed, message: message, settings: settings)
    }

    @Test func `settings that several failures of a step share stand once, below the last of them`() {
        let place = Place(file: "a.yaml", line: 1, column: 1, endColumn: 2, text: "")
        var step = StepReport(id: "chat", name: nil, kind: "http", place: place, verdict: .failed)
        step.failures = [
            Self.failure("one", ["timeout 5s (default)"]), Self.failure("two", ["timeout 5s (default)"]),
            Self.failure("three", ["timeout 1s (default)"]),
        ]
        let name = TestName(index: 0, name: "a", file: "a.yaml", suite: "", scenario: "a", row: nil)
        let test = TestResult(test: name, verdict: .failed, steps: [step])
        let lines = FailureText().render(test).written(in: .plain).split(separator: "\n").map(String.init)
        let told = lines.filter { $0.contains("failed[") || $0.contains("setting") }.map {
            $0.split(separator: ": ").last
        }
        #expect(told == ["one", "two", "timeout 5s (default)", "three", "timeout 1s (default)"])
    }
}
