import Diagnostics
import ScenarioSyntax
import Testing

@Suite struct YAMLReaderTests {
    private func read(_ text: String, limits: YAMLLimits = .standard) -> (node: YAMLNode?, diagnostics: [Diagnostic]) {
        var diagnostics: [Diagnostic] = []
        let node = YAMLReader.read(SourceFile(path: "t.yaml", text: text), limits: limits, into: &diagnostics)
        return (node, diagnostics)
    }

    private func tree(_ text: String) throws -> YAMLNode {
        let result = read(text)
        #expect(result.diagnostics.isEmpty)
        return try #require(result.node)
    }

    private func source(_ span: SourceSpan?) -> String? {
        span.map { String(decoding: $0.file.bytes[$0.range], as: UTF8.self) }
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `a scenario becomes a tree with spans, whatever ends its lines`(lineEnd: String) throws {
        let text = "steps:\n  - id: chat\n    n: 5\nname: \"é😀\" # c\nlast: x".split(separator: "\n")
            .joined(separator: lineEnd)
        let root = try tree(text)
        #expect(root.found == "a mapping")
        #expect(root["steps"]?.elements?.first?["id"]?.scalar?.text == "chat")
        #expect(root["steps"]?.elements?.first?["n"]?.found == "the number 5")
        #expect(root["name"]?.span.start == SourcePosition(line: 4, column: 7))
        #expect(root["name"]?.span.end == SourcePosition(line: 4, column: 11))
        #expect(source(root["last"]?.span) == "x")
        #expect(source(root.key("last")?.span) == "last")
    }

    @Test func `a byte order mark changes no column`() throws {
        let bytes = [0xEF, 0xBB, 0xBF] + Array("a: é\nb: x\n".utf8)
        var diagnostics: [Diagnostic] = []
        let root = try #require(YAMLReader.read(SourceFile(path: "t", bytes: bytes), into: &diagnostics))
        #expect(root.key("a")?.span.start == SourcePosition(line: 1, column: 1))
        #expect(root["a"]?.scalar?.text == "é")
        #expect(source(root["b"]?.span) == "x")
    }

    @Test func `a span covers the node from its first byte to its last`() throws {
        let root = try tree(
            "a:\n  - x: 1 # c\n\n  - y: [1, 2]\n# d\nb: { c: d }\ne: |\n  text\n  more\n\nf: &n !!str v\ng: *n\n")
        #expect(source(root["a"]?.span) == "- x: 1 # c\n\n  - y: [1, 2]")
        #expect(source(root["a"]?.elements?[0].span) == "x: 1")
        #expect(source(root["b"]?.span) == "{ c: d }")
        #expect(source(root["e"]?.span) == "|\n  text\n  more")
        #expect(source(root["f"]?.span) == "v")
        #expect(root["g"] === root["f"])
        #expect(root["f"]?.tag == "tag:yaml.org,2002:str")
        #expect(root.span.range.upperBound == root.span.file.bytes.count - 1)
    }

    @Test func `properties may stand on lines of their own`() throws {
        let root = try tree("a: &x # c\n  b: 1\nc: !!str &y # d\n  text\ne: &z\nf: !!seq\n- 1\n")
        #expect(source(root["a"]?.span) == "b: 1")
        #expect(source(root["c"]?.span) == "text")
        #expect(root["e"]?.found == "nothing")
        #expect(source(root["f"]?.span) == "- 1")
    }

    @Test func `merge keys are spread in their place, and own keys win`() throws {
        let root = try tree(
            "x: &x { a: 1, b: 2 }\ny: &y { b: 3, c: 4 }\none:\n  z: 0\n  <<: [*x, *y]\n  b: own\ntwo: { <<: { q: 1 }, \"<<\": kept }\n"
        )
        let one = try #require(root["one"]?.members)
        #expect(one.map(\.name) == ["z", "a", "c", "b"])
        #expect(root["one"]?["b"]?.scalar?.text == "own")
        #expect(root["two"]?.members?.map(\.name) == ["q", "<<"])
    }

    @Test func `aliases share their node`() throws {
        let root = try tree("a: &a [1, 2]\nb: [*a, *a]\n")
        #expect(root["b"]?.elements?[0] === root["b"]?.elements?[1])
    }

    @Test func `a large mapping finds its keys`() throws {
        let root = try tree((0..<100).map { "k\($0): v\($0)\n" }.joined())
        #expect(root["k77"]?.scalar?.text == "v77")
        #expect(root["k100"] == nil)
        #expect(source(root.key("k5")?.span) == "k5")
    }

    @Test func `a comment or a bracket that ends a plain text is known`() throws {
        let root = try tree("a: .x #1\nb: \".x\" # c\nc: [.a, b]\nd: x#y\n")
        #expect(source(root["a"]?.cutByComment) == "#1")
        #expect(root["b"]?.cutByComment == nil)
        #expect(root["d"]?.cutByComment == nil)
        #expect(source(root["c"]?.elements?[0].cutByIndicator) == ",")
        #expect(root["a"]?.cutByIndicator == nil)
    }

    @Test func `limits are kept where they are reached`() {
        var limits = YAMLLimits()
        limits.depth = 3
        #expect(read("[[[1]]]", limits: limits).node != nil)
        #expect(read("[[[[1]]]]", limits: limits).diagnostics.first?.code == .yamlTooDeep)
        // Aliases nest too.
        #expect(read("a: &a [1]\nb: &b [*a]\nc: [*b]\n", limits: limits).diagnostics.first?.code == .yamlTooDeep)
        limits = .standard
        limits.nodes = 5
        #expect(read("[1, 2, 3, 4]", limits: limits).node != nil)
        #expect(read("[1, 2, 3, 4, 5]", limits: limits).diagnostics.first?.code == .yamlTooLarge)
        limits = .standard
        limits.scalarBytes = 4
        #expect(read("abcd", limits: limits).node != nil)
        #expect(read("abcde", limits: limits).diagnostics.first?.code == .yamlTooLarge)
        limits.fileBytes = 3
        #expect(read("abcd", limits: limits).diagnostics.first?.code == .yamlTooLarge)
        limits = .standard
        limits.aliasNodes = 6
        #expect(read("a: &a [1, 2]\nb: [*a, *a]\n", limits: limits).node != nil)
        #expect(read("a: &a [1, 2]\nb: [*a, *a, *a]\n", limits: limits).diagnostics.first?.code == .yamlAliasLimit)
        limits = .standard
        limits.keyBytes = 3
        #expect(read("abcd: 1", limits: limits).diagnostics.first?.code == .yamlTooLarge)
    }

    @Test func `problems beyond the limit are counted`() {
        let (node, diagnostics) = read(String(repeating: "a: 1\n", count: 100_081))
        #expect(node == nil)
        #expect(diagnostics.count == 101)
        #expect(diagnostics.last?.message.text == "and 99,980 more problems in this file")
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["[", "{a: ", "[\n", "- ", "? ", "{? "])
    func `a hundred thousand levels are refused at once`(level: String) {
        let clock = ContinuousClock()
        var code: Diagnostic.Code?
        let time = clock.measure {
            code = read(String(repeating: level, count: 100_000)).diagnostics.first?.code
        }
        #expect(code == .yamlTooDeep)
        #expect(time < .seconds(2))
    }

    @Test func `a large text named five thousand times is held once`() throws {
        let text = String(repeating: "x", count: 100_000)
        let list = Array(repeating: "*a", count: 5000).joined(separator: ", ")
        let root = try tree("a: &a \(text)\nb: [\(list)]\n")
        #expect(root["b"]?.elements?.count == 5000)
        #expect(root["b"]?.elements?.allSatisfy { $0 === root["a"] } == true)
    }

    @Test func `any bytes give a tree or an error inside the file`() {
        let seed = """
            a: &x [1, "b\\n", 'c''d', {k: v, "q": *x}]  # c
            b: |-
              text é
               more

            ? >+
             folded
             text
            : !!str 5
            <<: {z: ${{ $a }}, y: .b[0] | {c: "d"}}
            ...

            """
        var random = SystemlessRandom(state: 42)
        let pool = Array("[]{}:,-?&*!|>'\"%@`#\\ \n\t\r<=~x0é\u{2028}".utf8) + [0x00, 0x1B, 0xFF, 0xC2, 0xE2]
        for _ in 0..<3000 {
            var bytes = Array(seed.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = pool[Int.random(in: 0..<pool.count, using: &random)]
                case 1: bytes.insert(pool[Int.random(in: 0..<pool.count, using: &random)], at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &random)))
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            let file = SourceFile(path: "t", bytes: bytes)
            var diagnostics: [Diagnostic] = []
            let node = YAMLReader.read(file, into: &diagnostics)
            #expect((node == nil) == !diagnostics.isEmpty)
            if let node { check(node, file) }
            for diagnostic in diagnostics {
                let span = diagnostic.primary?.span
                #expect(span.map { $0.range.upperBound <= bytes.count } == true)
                _ = DiagnosticText(width: 40).render(diagnostic).plain
            }
        }
    }

    private func check(_ node: YAMLNode, _ file: SourceFile) {
        #expect(node.span.range.upperBound <= file.bytes.count)
        if let text = node.scalar?.located {
            for offset in 0...text.text.utf8.count {
                #expect(text.span(of: 0..<offset).range.upperBound <= file.bytes.count)
            }
        }
        for element in node.elements ?? [] { check(element, file) }
        for member in node.members ?? [] { check(member.value, file) }
    }
}

/// A small generator of fixed numbers, so that a failure comes back.
struct SystemlessRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
