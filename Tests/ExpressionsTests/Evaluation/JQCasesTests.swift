import Diagnostics
import Testing

@testable import Expressions

/// jq's own test cases, each as an assertion.
@Suite(.enabled(if: SharedData.hasJQ && LinkedJQ.isVersion16)) struct JQCasesTests {
    /// Lines of `jq.test` that Plumb means to decide otherwise: their input has integers that are carried as text.
    private static let exceptions: Set<Double> = [1260, 1264]

    @Test func `each case of jq holds`() throws {
        var assertions: [(expression: Expression, input: Value, name: String)] = []
        var notJSON = 0
        for line in try SharedData.lines("data/jq-1.6/cases.jsonl") {
            guard let text = line["as_assert"]?.string, line["needs_modules"] == nil else { continue }
            guard line["file"]?.string != "jq.test" || !Self.exceptions.contains(line["line"]?.number ?? 0) else {
                continue
            }
            let name = "\(line["file"]?.string ?? ""):\(line["line"]?.number ?? 0): \(text)"
            // One case has NaN in its input, and one a byte order mark: neither is JSON.
            guard let input = try? json(line["input"]?.string ?? "null") else {
                notJSON += 1
                continue
            }
            // Behind a pipe nothing is rooted, so that paths need not exist, as in jq.
            assertions.append((try expression(". | (\(text)\n)"), input, name))
        }
        #expect(notJSON == 2)
        #expect(assertions.count > 300)
        let engine = ExpressionEngine(assertions.map(\.expression))
        var wrong: [String] = []
        for (expression, input, name) in assertions {
            let judgement = engine.judge([expression], in: EvaluationContext(dot: SharedValue(input)))[0]
            if judgement != .holds { wrong.append("\(name) \(judgement)") }
        }
        #expect(wrong.isEmpty)
    }
}

/// The libjq that the tests run with.
enum LinkedJQ {
    /// Whether it is 1.6, whose cases these are; later ones know whether they keep literals.
    static let isVersion16: Bool = {
        let slot = ProgramText.Slot(text: "have_literal_numbers", variables: [], calls: [], hasOrderings: false)
        return !BatchCompiler.compile([slot]).failures.isEmpty
    }()
}
