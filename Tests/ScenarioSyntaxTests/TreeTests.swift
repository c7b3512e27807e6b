import Diagnostics
import ScenarioSyntax
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite struct TreeTests {
    private func value(_ text: String) throws -> YAMLNode {
        var diagnostics: [Diagnostic] = []
        return try #require(YAMLReader.read(SourceFile(path: "t", text: "k: " + text), into: &diagnostics)?["k"])
    }

    private func code(_ text: String, _ read: (YAMLNode, inout [Diagnostic]) -> Any?) throws -> String? {
        var diagnostics: [Diagnostic] = []
        let result = read(try value(text), &diagnostics)
        #expect((result == nil) == !diagnostics.isEmpty)
        return diagnostics.first?.code.id
    }

    @Test func `values are read as what their keys take`() throws {
        var none: [Diagnostic] = []
        #expect(try value("1.10").text(&none) == "1.10")
        #expect(try value("no").text(&none) == "no")
        #expect(try value("\"5\"").integer(&none) == 5)
        #expect(try value("-7").integer(&none) == -7)
        #expect(try value("1e3").number(&none) == 1000)
        #expect(try value("12").number(&none) == 12)
        #expect(try value("'true'").boolean(&none) == true)
        #expect(try value("5s").duration(&none) == .seconds(5))
        #expect(try value("10KiB").size(&none) == 10240)
        #expect(try value("20").size(&none) == 20)
        #expect(try value("20/s").rate(&none) == 20)
        #expect(try value("a").strings(&none) == ["a"])
        #expect(try value("[a, 5]").strings(&none) == ["a", "5"])
        #expect(try value("a-b_1").identifier(&none) == "a-b_1")
        #expect(try value("true").expression(&none)?.text == "true")
        #expect(try value(".ms < 5  # soon").expression(&none)?.text == ".ms < 5")
        #expect(none.isEmpty)
    }

    @Test func `what does not fit is refused`() throws {
        #expect(try code("null") { $0.text(&$1) } == "syntax.wrong-type")
        #expect(try code("[a]") { $0.text(&$1) } == "syntax.wrong-type")
        #expect(try code("5.5") { $0.integer(&$1) } == "syntax.wrong-type")
        #expect(try code("99999999999999999999") { $0.integer(&$1) } == "syntax.wrong-type")
        #expect(try code("five") { $0.integer(&$1) } == "syntax.bad-value")
        #expect(try code("1e999") { $0.number(&$1) } == "syntax.wrong-type")
        #expect(try code(".nan") { $0.number(&$1) } == "syntax.wrong-type")
        #expect(try code("yes") { $0.boolean(&$1) } == "syntax.bad-value")
        #expect(try code("5") { $0.duration(&$1) } == "syntax.wrong-type")
        #expect(try code("-1") { $0.size(&$1) } == "syntax.wrong-type")
        #expect(try code("20") { $0.rate(&$1) } == "syntax.wrong-type")
        #expect(try code("a") { $0.list(&$1) } == "syntax.wrong-type")
        #expect(try code("[a, [b]]") { $0.strings(&$1) } == "syntax.wrong-type")
        #expect(try code("1a") { $0.identifier(&$1) } == "syntax.bad-value")
        #expect(try code(".a == \"b #c\"") { $0.expression(&$1) } == "yaml.cut-by-comment")
    }

    @Test(arguments: [
        ("${{ $vars.x }}", true), ("${{ \"}}\" }}", true), ("${{ {a: {b: 1}} }}", true),
        ("${{ \"\\(\"}}\")\" }}", true), ("${{ .a }} ", false), ("x${{ .a }}", false), ("${{ .a }}${{ .b }}", false),
        ("$${{ .a }}", false), ("${{ .a }", false), ("${{", false), ("", false), ("${{ \"a }}", false),
    ])
    func `a whole template is told from text with templates`(text: String, isWhole: Bool) throws {
        #expect(try value(YAMLQuoting.singleQuoted(text)).isWholeTemplate == isWhole)
    }

    @Test func `a mapping is checked against its table`() throws {
        var diagnostics: [Diagnostic] = []
        let node = try value("{ id: a, x-note: 1, retry: { max: 1 } }")
        let reader = try #require(MappingReader(node, SampleScenario.step, &diagnostics))
        #expect(diagnostics.isEmpty)
        #expect(reader["id"]?.scalar?.text == "a")
        #expect(reader.has("retry") && !reader.has("assert"))
        #expect(reader.keySpan("id")?.start == SourcePosition(line: 1, column: 6))
        #expect(MappingReader(try value("[a]"), SampleScenario.step, &diagnostics) == nil)
        #expect(diagnostics.first?.message.text == "expected a mapping (step), found a list")
        #expect(diagnostics.first?.primary?.span.start == SourcePosition(line: 1, column: 4))
    }

    @Test func `shapes are told in words`() {
        #expect(Shape.duration.phrase == "a duration such as 5s")
        #expect(Shape.oneOf([.text, .list(.text), .null]).phrase == "text, a list of texts or null")
        #expect(Shape.choice(["a", "b"]).phrase == "'a' or 'b'")
        #expect(Shape.template(.map(.integer)).phrase == "a mapping of whole numbers")
    }

    @Test func `tables become a schema with one definition each`() throws {
        let text = JSONSchemaWriter.write(SampleScenario.scenario, title: "Scenario")
        #expect(text == JSONSchemaWriter.write(SampleScenario.scenario, title: "Scenario"))
        let schema = try JSONDecoder().decode(Schema.self, from: Data(text.utf8))
        #expect(schema.ref == "#/$defs/scenario")
        #expect(schema.defs.keys.sorted() == ["retry", "scenario", "step"])
        #expect(schema.defs["step"]?.properties["group"]?.items?.ref == "#/$defs/step")
        #expect(schema.defs["scenario"]?.required == ["steps"])
        #expect(schema.defs["scenario"]?.additionalProperties == false)
        #expect(schema.defs["scenario"]?.patternProperties == ["^x-": true])
        #expect(schema.defs["retry"]?.properties["backoff"]?.description == "The first wait. Default: 200ms.")
    }

    private struct Schema: Decodable {
        var ref: String
        var defs: [String: Definition]
        enum CodingKeys: String, CodingKey {
            case ref = "$ref"
            case defs = "$defs"
        }
    }

    private struct Definition: Decodable {
        var properties: [String: Property]
        var required: [String]?
        var additionalProperties: Bool
        var patternProperties: [String: Bool]
    }

    private final class Property: Decodable {
        let description: String?
        let ref: String?
        let items: Property?
        enum CodingKeys: String, CodingKey {
            case ref = "$ref"
            case description
            case items
        }
    }
}
