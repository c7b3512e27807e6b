internal import Diagnostics
internal import Expressions

/// Gives problems as a log of SARIF 2.1.0: a rule for each code that occurs, a result for each problem.
enum SARIFLog {
    private static let schema = "https://json.schemastore.org/sarif-2.1.0.json"

    /// The log.
    static func value(of diagnostics: [Diagnostic], version: String) -> Value {
        var codes: [Diagnostic.Code] = []
        var indices: [String: Int] = [:]
        for code in diagnostics.map(\.code) where indices[code.id] == nil {
            indices[code.id] = codes.count
            codes.append(code)
        }
        let driver: Value = [
            "name": "plumb", "semanticVersion": .string(version), "rules": .array(codes.map(rule)),
        ]
        let run: Value = [
            "tool": ["driver": driver],
            // Columns count characters, not UTF-16 units, which is SARIF's default.
            "columnKind": "unicodeCodePoints",
            "results": .array(diagnostics.map { result(of: $0, rule: indices[$0.code.id] ?? 0) }),
        ]
        return ["$schema": .string(schema), "version": "2.1.0", "runs": [run]]
    }

    private static func rule(_ code: Diagnostic.Code) -> Value {
        [
            "id": .string(code.id), "shortDescription": ["text": .string(firstSentence(of: code.explanation))],
            "fullDescription": ["text": .string(code.explanation)], "help": ["text": .string(code.explanation)],
        ]
    }

    private static func firstSentence(of text: String) -> String {
        var previous: Character = " "
        for index in text.indices {
            if previous == ".", text[index] == " " { return String(text[..<index]) }
            previous = text[index]
        }
        return text
    }

    private static func result(of diagnostic: Diagnostic, rule: Int) -> Value {
        let hint = diagnostic.hint.map { " (hint: \($0.text))" } ?? ""
        var object = Value.Object()
        object["ruleId"] = .string(diagnostic.code.id)
        object["ruleIndex"] = Value(rule)
        object["level"] = .string(diagnostic.severity.rawValue)
        object["message"] = ["text": .string(diagnostic.message.text + hint)]
        if let primary = diagnostic.primary { object["locations"] = [location(primary)] }
        if !diagnostic.secondary.isEmpty {
            object["relatedLocations"] = .array(diagnostic.secondary.map(location))
        }
        return .object(object)
    }

    private static func location(_ label: Diagnostic.Label) -> Value {
        let start = label.span.start
        let end = label.span.end
        let file: Value = ["uri": .string(uri(label.span.file.path))]
        let region: Value = [
            "startLine": Value(start.line), "startColumn": Value(start.column),
            "endLine": Value(end.line), "endColumn": Value(end.column),
        ]
        var object = Value.Object()
        object["physicalLocation"] = ["artifactLocation": file, "region": region]
        if let text = label.text { object["message"] = ["text": .string(text.text)] }
        return .object(object)
    }

    /// A path as a URI reference: relative stays relative, what is no URI character is percent-encoded.
    private static func uri(_ path: String) -> String {
        var uri = path.hasPrefix("/") ? "file://" : ""
        for byte in path.utf8 {
            let isKept =
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "~"), UInt8(ascii: "/"):
                    true
                default: false
                }
            if isKept { uri.unicodeScalars.append(Unicode.Scalar(byte)) } else { uri += PercentText.escape(byte) }
        }
        return uri
    }
}
