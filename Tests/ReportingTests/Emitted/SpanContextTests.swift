import ScenarioModel
import Testing

@Suite struct SpanContextTests {
    @Test func `a traceparent is as W3C Trace Context has it`() throws {
        let context = SpanContext(
            trace: TraceID(run: "k3", test: 0),
            span: SpanContext.span(run: "k3", test: 0, trail: "", step: "a", offset: 9))
        #expect(context.traceparent.contains("-\(context.trace.text)-\(context.spanID)-"))
        #expect(try #/00-[0-9a-f]{32}-[0-9a-f]{16}-01/#.wholeMatch(in: context.traceparent) != nil)
    }

    @Test func `ids are the same for the same place, and others for any other run, test, path or attempt`() {
        #expect(TraceID(run: "a", test: 1) == TraceID(run: "a", test: 1))
        var traces: Set<String> = []
        var spans: Set<String> = []
        for run in ["a", "b", "", "a/1"] {
            #expect(traces.insert(TraceID(run: run).text).inserted)
            for test in 0..<200 {
                #expect(traces.insert(TraceID(run: run, test: test).text).inserted)
                #expect(traces.insert(TraceID(run: run).numbered(test).text).inserted)
                #expect(spans.insert(SpanContext.spanID(run: run, path: "test/\(test)")).inserted)
                for (trail, step) in [("", "a"), ("a", ""), ("/a[0]", "b"), ("/a[1]", "b")] {
                    for offset in [0, 1] {
                        let span = SpanContext.span(run: run, test: test, trail: trail, step: step, offset: offset)
                        #expect(spans.insert(SpanContext.text(of: span)).inserted)
                        for number in 1...5 {
                            let attempt = SpanContext.span(within: span, number: number)
                            #expect(spans.insert(SpanContext.text(of: attempt)).inserted)
                        }
                    }
                }
            }
        }
        #expect(!traces.contains(String(repeating: "0", count: 32)))
        #expect(!spans.contains(String(repeating: "0", count: 16)))
    }
}

@Suite struct StepOriginTests {
    @Test func `a header names test, step and run, and escapes what could end it`() {
        let origin = StepOrigin(run: "k3", test: "smoke/login[bob]", scenario: "smoke/login", step: "chat")
        #expect(origin.header == "smoke/login[bob]/chat; run=k3")
        let hostile = StepOrigin(run: "k3", test: "a\r\nX: y; run=z é%\"", scenario: "a", step: "s")
        #expect(hostile.header == "a%0D%0AX:%20y%3B%20run=z%20%C3%A9%25%22/s; run=k3")
    }

    @Test func `no name ends the comment of a statement or makes it long`() {
        let origin = StepOrigin(run: "k3", test: "t", scenario: "a */ DROP TABLE x; /*\n\0'$1", step: "s")
        #expect(origin.comment.hasPrefix("/* plumb: run=k3 scenario=a%20%2A/%20DROP"))
        #expect(origin.comment.hasSuffix(" step=s */ "))
        let inside = origin.comment.dropFirst(2).dropLast(4)
        #expect(!inside.contains("*/") && !inside.contains("/*"))
        #expect(inside.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
        let long = StepOrigin(
            run: "k3", test: String(repeating: "é", count: 9000), scenario: String(repeating: "x", count: 9000),
            step: "s")
        #expect(long.header.utf8.count < 2000)
        #expect(long.comment.utf8.count < 2000)
    }
}
