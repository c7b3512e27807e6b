import Diagnostics
import Expressions
import Testing

/// jq's own test cases, each as an assertion.
@Suite(.enabled(if: SharedData.hasJQ)) struct JQCasesTests {
    /// What Plumb means to do otherwise, with the reason.
    private static let exceptions: [String: String] = [:]

    @Test func `each case of jq holds`() throws {
        var assertions: [(expression: Expression, input: Value, name: String)] = []
        var refused: [String] = []
        for line in try SharedData.lines("data/jq-1.6/cases.jsonl") {
            guard let text = line["as_assert"]?.string, line["needs_modules"] == nil else { continue }
            let name = "\(line["file"]?.string ?? "")\(line["line"]?.number ?? 0): \(text)"
            guard let input = try? json(line["input"]?.string ?? "null") else { refused.append("INPUT \(name)"); continue }
            do {
                // Behind a pipe nothing is rooted, so that paths need not exist, as in jq.
                assertions.append((try expression(". | (\(text)\n)", role: .capture), input, name))
            } catch let error as Unreadable {
                refused.append("\(name) \(error.messages)")
            }
        }
        let engine = ExpressionEngine(assertions.map(\.expression))
        var wrong: [String] = []
        for (expression, input, name) in assertions {
            let judgement = engine.judge([expression], in: EvaluationContext(dot: SharedValue(input)))[0]
            if judgement != .holds { wrong.append("\(name) \(judgement)") }
        }
        print(assertions.count, refused.count, wrong.count)
        for r in refused { print("REFUSED", r) }
        for r in wrong { print("WRONG", r.prefix(700)) }
        #expect(wrong.isEmpty)
    }
}
