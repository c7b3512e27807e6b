import Expressions
import Reporting
import ScenarioModel
import Testing

struct PlanFormatTests {
    @Test(arguments: PlanFormat.all.map(\.name)) func `each format draws the whole plan`(_ name: String) throws {
        let format = try #require(PlanFormat.named(name))
        try expectGolden(format.draw(SamplePlan.graph, TerminalStyle()), "plan.\(name)")
    }

    @Test func `a plan as JSON can be read back`() throws {
        let text = PlanFormat.json.draw(SamplePlan.graph, TerminalStyle())
        let value = try JSON.parse(Array(text.utf8)).value
        #expect(value["scenarios"]?.array?.count == 2)
        #expect(value["tests"] == 3)
        #expect(value["skipped"] == 2)
    }

    @Test func `keys of diagrams are letters and digits, whatever the names`() {
        for line in PlanFormat.mermaid.draw(SamplePlan.graph, TerminalStyle()).split(separator: "\n").dropFirst() {
            let key = line.drop { $0 == " " }.prefix { $0 != "[" && $0 != "{" && $0 != " " }
            #expect(key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }, "\(line)")
        }
    }

    @Test func `a terminal without UTF-8 gets ASCII, and one with colours gets them`() {
        var graph = SamplePlan.graph
        graph.scenarios[0].description = "Größe → 5"
        let ascii = PlanFormat.text.draw(graph, TerminalStyle(hasUnicode: false))
        #expect(ascii.utf8.allSatisfy { $0 < 0x80 })
        #expect(PlanFormat.text.draw(graph, TerminalStyle(hasColor: true)).contains("\u{1B}["))
    }
}
