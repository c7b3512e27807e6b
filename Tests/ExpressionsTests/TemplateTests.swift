import Diagnostics
import Expressions
import Testing

/// `${{ … }}` in values.
struct TemplateTests {
    @Test(arguments: [
        ("plain", "'plain'"), ("${{ $vars.x }}", "whole($vars.x)"), ("a ${{ $vars.x }} b", "'a ' ($vars.x) ' b'"),
        ("${{ $vars.x }}${{ $vars.y }}", "($vars.x) ($vars.y)"), (" ${{ 1 }}", "' ' (1)"),
        ("${{ {a: {b: 1}} }}", "whole({a: {b: 1}})"), ("${{ \"}}\" }}", "whole(\"}}\")"),
        ("${{ \"a\\(\"}}\")b\" }}", "whole(\"a\\(\"}}\")b\")"), ("$${{ $vars.x }}", "'${{ $vars.x }}'"),
        ("$${{ ${{ 1 }}", "'${{ ' (1)"), ("a { b } $c ${d}", "'a { b } $c ${d}'"), ("${{1}}", "whole(1)"),
        ("${{ {a: 1}}}", "whole({a: 1})"), ("${{ \"\\\"}}\" }}", "whole(\"\\\"}}\")"), ("${{ 1 # }} }}", "(1 #) ' }}'"),
        ("${{\n  1 # one }\n  + 2\n}}", "whole(1 # one }\n  + 2)"), ("", "''"), ("é${{ \"é\" }}é", "'é' (\"é\") 'é'"),
        ("$$${{ 1 }}", "'$${{ 1 }}'"), ("}} ${{ 1 }} {{", "'}} ' (1) ' {{'"), ("$${{", "'${{'"),
    ])
    func `templates end at the first braces outside strings and brackets`(_ text: String, _ parts: String) throws {
        #expect(try #require(Read(text).template, "\(Read(text).diagnostics)").described == parts)
    }

    @Test(
        arguments: [
            ("a ${{ $vars.x ", "template.unclosed", "${{", nil), ("${{ \"abc }}", "template.unclosed", "${{", "\""),
            ("${{ {a: 1 ", "template.unclosed", "${{", "{"), ("${{ }}", "jq.empty", "${{ }}", nil),
            ("x ${{ ($vars.x }}", "jq.syntax", "(", nil), ("x ${{ $vars.x) }} y", "jq.syntax", ")", nil),
            ("x ${{ .body }}", "jq.no-dot", ".body", nil), ("${{ $var.x }}", "jq.unknown-variable", "$var", nil),
            ("${{ $vars.x }", "template.unclosed", "${{", nil), ("é ${{ é }}", "jq.syntax", "é", nil),
        ] as [(String, String, String, String?)])
    func `an error stands in its place`(_ text: String, _ code: String, _ mark: String, _ secondary: String?) {
        let read = Read(text)
        #expect(read.template == nil && read.diagnostics.map(\.code.id) == [code], "\(read.diagnostics)")
        #expect(read.text(at: read.diagnostics.first?.primary?.span) == mark)
        #expect(read.text(at: read.diagnostics.first?.secondary.first?.span) == secondary)
    }

    @Test func `all errors of a text are reported`() {
        #expect(Read("${{ $a }} ${{ $b }} ${{ 1 + }}").diagnostics.count == 3)
    }

    @Test func `in expect the dot is the result`() {
        #expect(Read("${{ .body }}").template == nil)
        #expect(Read("${{ .body }}", role: .expectTemplate).template != nil)
        #expect(Read("${{ $user.id }}").template == nil)
        #expect(Read("${{ $user.id }}", extraVariables: ["user"]).template != nil)
    }

    @Test func `places go through the escapes of the text`() throws {
        // The YAML text is "a\u0020${{ $nope }}" in double quotes: the escape stands for one byte.
        let file = SourceFile(path: "t.yaml", text: "v: \"a\\u0020${{ $nope }}\"")
        let text = LocatedText(
            text: "a ${{ $nope }}", span: SourceSpan(file, 4..<23),
            segments: [
                .init(value: 0, source: 4), .init(value: 1, source: 5, verbatim: false), .init(value: 2, source: 11),
            ])
        var found: [Diagnostic] = []
        #expect(Template.parse(text, into: &found) == nil)
        let span = try #require(found.first?.primary?.span)
        #expect(String(decoding: file.bytes[span.range], as: UTF8.self) == "$nope")
    }

    @Test func `the marker is found escaped or not`() {
        #expect(Template.containsMarker("a ${{ b") && Template.containsMarker("$${{"))
        #expect(!Template.containsMarker("a $ {{ b }} ${ c }") && !Template.containsMarker(""))
    }

    @Test(arguments: [
        "${{ ", "${{", "${{ \"", "${{ \"\\", "${{ \"\\(", "${{ (", "${{ #", "${{ }", "$$", "$${", "${{ 1 }}}",
    ])
    func `what is cut off is refused or text, never a trap`(_ text: String) {
        let read = Read(text)
        #expect(read.template != nil || !read.diagnostics.isEmpty)
    }
}

/// What came of reading a template.
private struct Read {
    var template: Template?
    var diagnostics: [Diagnostic] = []

    init(_ text: String, role: Expression.Role = .template, extraVariables: Set<String> = []) {
        let file = SourceFile(path: "test.yaml", text: text)
        let located = LocatedText(verbatim: text, at: SourceSpan(file, 0..<text.utf8.count))
        template = Template.parse(located, role: role, extraVariables: extraVariables, into: &diagnostics)
    }

    func text(at span: SourceSpan?) -> String? {
        span.map { String(decoding: $0.file.bytes[$0.range], as: UTF8.self) }
    }
}

extension Template {
    fileprivate var described: String {
        switch self {
        case .literal(let text): "'\(text)'"
        case .whole(let expression): "whole(\(expression.text))"
        case .text(let parts):
            parts.map { part in
                switch part {
                case .literal(let text): "'\(text)'"
                case .value(let expression): "(\(expression.text))"
                }
            }.joined(separator: " ")
        }
    }
}
