import Testing

struct CodeLineTests {
    @Test func `code, texts and comments are told apart`() {
        let lines = CodeLine.scan(
            #"""
            let a = "x! // no" + b // yes
            let c = #"a"b!"# + d
            let e = """
                value!
                """ + f
            let g = "\"!" + h
            """#)
        #expect(
            lines.map(\.code) == [
                #"let a = "" + b "#, #"let c = "" + d"#, #"let e = """#, "", " + f", #"let g = "" + h"#,
            ])
        #expect(lines.map(\.hasComment) == [true, false, false, false, false, false])
    }

    @Test func `a comment counts on the line and directly above it`() {
        let lines = CodeLine.scan(
            """
            // Why.
            @safe
            a!
            b!  // Why.

            c!
            // Why.

            d!
            """)
        #expect(CodeLine.uncommented(lines) { $0.code.contains("!") }.map(\.number) == [6, 9])
    }
}
