import Diagnostics
import Expressions
import FoundationEssentials
import Testing

/// Prints what evaluation costs, when asked to by `PLUMB_MEASURE`; meaningful in release mode alone.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["PLUMB_MEASURE"] != nil)) struct CostTests {
    private func measure(_ name: String, per count: Int = 1, _ body: () throws -> Void) rethrows {
        let time = try ContinuousClock().measure(body) / .microseconds(1)
        let each = count > 1 ? ", \((time / Double(count) * 100).rounded() / 100) µs each of \(count)" : ""
        print("\(name): \((time / 10).rounded() / 100) ms\(each)")
    }

    private func foreign(_ number: Int) -> String {
        switch number % 4 {
        case 0: "[limit(1; .body.items[].n)] == [\(number)]"
        case 1: ".body.items | group_by(.n) | length == \(number)"
        case 2: ".body.name | test(\"^b.*\(number)$\")"
        default: "[.body.items[] | .id?] - [\(number)] | length < $vars.limit"
        }
    }

    private static let dot = """
        {"status":200,"ms":12,"body":{"name":"bob","items":[{"n":1,"id":"a"},{"n":2,"id":"b"}]}}
        """

    @Test func `lint of ten thousand expressions`() throws {
        let texts = (0..<10_000).map { $0 % 2000 }.map { $0 % 2 == 0 ? foreign($0) : ".body.count == \($0)" }
        var expressions: [Expressions.Expression] = []
        try measure("parse", per: texts.count) { expressions = try texts.map { try expression($0) } }
        measure("check, 1000 distinct for libjq", per: expressions.count) {
            #expect(ExpressionEngine.check(expressions).isEmpty)
        }
    }

    @Test func `a run's evaluations`() throws {
        let expressions = try (0..<300).map { try expression(foreign($0)) }
        let native = try [".status == 200", ".body.name == \"bob\"", ".ms < 2000"].map { try expression($0) }
        let context = try context(Self.dot, ["vars": "{\"limit\":5}"])
        var engine = ExpressionEngine([])
        measure("engine of 303 expressions") { engine = ExpressionEngine(expressions + native) }
        measure("first native judgement") { _ = engine.judge(native, in: context) }
        measure("first judgement of libjq") { _ = engine.judge([expressions[0]], in: context) }
        measure("all compiled") { _ = engine.judge(expressions, in: context) }
        measure("native", per: 3 * 20_000) { for _ in 0..<20_000 { _ = engine.judge(native, in: context) } }
        let holding = try [
            expression("[limit(1; .body.items[].n)] == [1]"), expression(".body.items | group_by(.n) | length == 2"),
            expression("[.body.items[] | .id?] - [1] | length < $vars.limit"),
        ]
        _ = engine.judge(holding, in: context)
        measure("libjq, three at once", per: 3 * 5000) { for _ in 0..<5000 { _ = engine.judge(holding, in: context) } }
        measure("libjq, one", per: 5000) { for _ in 0..<5000 { _ = engine.judge([holding[0]], in: context) } }
        measure("one failure explained") { _ = engine.judge([expressions[7]], in: context) }
        measure("300 failures explained", per: 300) { _ = engine.judge(expressions, in: context) }
    }

    @Test func `a large body`() throws {
        let element = #"{"id":12345,"name":"some name of middling length","tags":["a","b"],"score":0.25}"#
        let body = "[" + Array(repeating: element, count: 370_000).joined(separator: ",") + "]"
        var value = Value.null
        try measure("parse of \(body.utf8.count >> 20) MiB") { value = try json(body) }
        let context = EvaluationContext(dot: SharedValue(fields: [.init("body", value)]))
        let expressions = try (0..<20).map { try expression("[limit(1; .body[\($0)].id)] == [12345]") }
        let engine = ExpressionEngine(expressions)
        measure("first of 20 assertions") { #expect(engine.judge([expressions[0]], in: context) == [.holds]) }
        measure("the rest") { _ = engine.judge(expressions, in: context) }
        measure("an aggregate") {
            _ = try? engine.outputs(of: try expression("[.body[].score] | add", role: .capture), in: context)
        }
    }
}
