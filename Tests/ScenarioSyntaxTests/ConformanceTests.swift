import Diagnostics
import Testing

@testable import ScenarioSyntax

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The public YAML test suite, where its data lies beside the project: what libyaml accepts is accepted.
@Suite(.enabled(if: YAMLTestSuite.data != nil))
struct ConformanceTests {
    struct Case: Decodable {
        var id: String
        var yaml: String
        var libyaml: String
        var events: [String]?
        // The key is spelt so in the data.
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var libyaml_events_match: Bool?
    }

    static func cases() throws -> [Case] {
        guard let data = YAMLTestSuite.data else { return [] }
        let decoder = JSONDecoder()
        return try Data(contentsOf: data).split(separator: 0x0A).map { try decoder.decode(Case.self, from: Data($0)) }
    }

    @Test func `what libyaml accepts and refuses is accepted and refused`() throws {
        let cases = try Self.cases()
        #expect(cases.count > 300)
        for example in cases {
            let events = EventNotation.events(of: SourceFile(path: example.id, text: example.yaml))
            #expect((events != nil) == (example.libyaml == "accept"), "\(example.id)")
            if example.libyaml_events_match == true, let expected = example.events {
                #expect(events == expected, "\(example.id)")
            }
        }
    }

    @Test func `every case gives a tree or says why not, inside the file`() throws {
        for example in try Self.cases() {
            let file = SourceFile(path: example.id, text: example.yaml)
            var diagnostics: [Diagnostic] = []
            let node = YAMLReader.read(file, into: &diagnostics)
            #expect((node == nil) == diagnostics.contains { $0.severity == .error }, "\(example.id)")
            for diagnostic in diagnostics {
                let range = diagnostic.primary?.span.range
                #expect(range.map { $0.upperBound <= file.bytes.count } == true, "\(example.id)")
            }
            #expect(DiagnosticText().render(diagnostics).isEmpty == diagnostics.isEmpty)
        }
    }

    @Test func `every scalar of the suite is mapped to its source`() throws {
        for example in try Self.cases() where example.libyaml == "accept" {
            let file = SourceFile(path: example.id, text: example.yaml)
            for (text, style, range) in EventNotation.scalars(of: file) {
                let located = ScalarMap.locate(text, style, in: file, at: range)
                let isGivenUp = located.segments.count == 1 && !located.segments[0].verbatim && text.utf8.count > 1
                #expect(!isGivenUp, "\(example.id): \(text)")
            }
        }
    }
}

/// Where the public test data lies: named by PLUMB_SHARED, else beside the package.
enum YAMLTestSuite {
    static let data: URL? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let shared =
            ProcessInfo.processInfo.environment["PLUMB_SHARED"].map { URL(filePath: $0) }
            ?? root.deletingLastPathComponent().appending(path: "shared")
        let file = shared.appending(path: "data/yaml-test-suite/cases.jsonl")
        return FileManager.default.isReadableFile(atPath: file.path()) ? file : nil
    }()
}

/// libyaml's events in the notation of the YAML test suite.
enum EventNotation {
    static func events(of file: SourceFile) -> [String]? {
        guard TextCheck.problem(of: file) == nil else { return nil }
        var lines: [String] = []
        do {
            try each(of: file) { lines.append(line($0)) }
        } catch {
            return nil
        }
        return lines
    }

    /// The scalars without anchors and tags, whose ranges are those of the text itself.
    static func scalars(of file: SourceFile) -> [(String, YAMLScalar.Style, Range<Int>)] {
        var scalars: [(String, YAMLScalar.Style, Range<Int>)] = []
        try? each(of: file) { event in
            if case .scalar(let text, let style) = event.kind, event.anchor == nil, event.tag == nil {
                scalars.append((text, style, event.range))
            }
        }
        return scalars
    }

    private static func each(of file: SourceFile, _ body: (YAMLEvent) -> Void) throws {
        guard var parser = LibYAMLParser(file.bytes, from: file.lines.starts[0]) else { return }
        while true {
            let event = try parser.next()
            body(event)
            if case .streamEnd = event.kind { return }
        }
    }

    private static func line(_ event: YAMLEvent) -> String {
        let properties =
            (event.anchor.map { " &\($0)" } ?? "") + (event.tag.map { " <\($0)>" } ?? "")
        switch event.kind {
        case .streamStart: return "+STR"
        case .streamEnd: return "-STR"
        case .documentStart(let isImplicit): return isImplicit ? "+DOC" : "+DOC ---"
        case .documentEnd(let isImplicit): return isImplicit ? "-DOC" : "-DOC ..."
        case .alias(let name): return "=ALI *\(name)"
        case .sequenceStart(let isFlow): return "+SEQ" + (isFlow ? " []" : "") + properties
        case .sequenceEnd: return "-SEQ"
        case .mappingStart(let isFlow): return "+MAP" + (isFlow ? " {}" : "") + properties
        case .mappingEnd: return "-MAP"
        case .scalar(let text, let style):
            let sign =
                switch style {
                case .plain: ":"
                case .singleQuoted: "'"
                case .doubleQuoted: "\""
                case .literal: "|"
                case .folded: ">"
                }
            return "=VAL\(properties) \(sign)" + escaped(text)
        }
    }

    private static func escaped(_ text: String) -> String {
        var written = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": written += "\\\\"
            case "\n": written += "\\n"
            case "\r": written += "\\r"
            case "\t": written += "\\t"
            case "\u{08}": written += "\\b"
            default: written.unicodeScalars.append(scalar)
            }
        }
        return written
    }
}
