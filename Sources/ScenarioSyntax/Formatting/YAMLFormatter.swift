public import Diagnostics

/// Rewrites a YAML file in the one style, comments kept.
///
/// The file is read as libyaml's events, so that anchors, aliases and the ways of writing are still there; comments are
/// found between them. What was written is read back, and nothing is returned that holds another value, or another
/// comment, than before.
public enum YAMLFormatter {
    /// Returns the file's text in the one style; nil, with the reason, where it is no YAML that Plumb reads.
    public static func format(_ file: SourceFile, into diagnostics: inout [Diagnostic]) -> String? {
        guard YAMLReader.read(file, noun: "document", into: &diagnostics) != nil else { return nil }
        let start = file.lines.starts[0]
        do throws(YAMLProblem) {
            guard let before = try SourceComposer.document(file.bytes, from: start) else {
                diagnostics.append(changed(file))
                return nil
            }
            let text = FormatWriter.text(of: before)
            // Laying the tree out moves its comments, so what is compared is read anew.
            guard let original = try SourceComposer.document(file.bytes, from: start),
                let result = try SourceComposer.document(Array(text.utf8), from: 0),
                FormatCheck.isSame(original, result), FormatCheck.hasSameSigns(file.bytes, text)
            else {
                diagnostics.append(changed(file))
                return nil
            }
            return text
        } catch {
            diagnostics.append(changed(file))
            return nil
        }
    }

    private static func changed(_ file: SourceFile) -> Diagnostic {
        Diagnostic(
            .formatChanges, at: SourceSpan(file, 0..<0),
            "the one style cannot be given to this file without changing what it says",
            hint: "it is left as it is; write its unusual parts (keys over several lines, directives) in a simpler way")
    }
}

/// Compares two files by what they say.
enum FormatCheck {
    /// Whether two documents hold the same values, anchors, tags and comments in the same order.
    static func isSame(_ a: SourceComposer.Document, _ b: SourceComposer.Document) -> Bool {
        a.comments.map(\.text) == b.comments.map(\.text) && isSame(a.root, b.root, isKey: false)
    }

    /// Whether `#` stands as often in both: a second look at comments, by no rule of YAML.
    static func hasSameSigns(_ bytes: [UInt8], _ text: String) -> Bool {
        func isSign(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "#") }
        return bytes.count(where: isSign) == text.utf8.count(where: isSign)
    }

    private static func isSame(_ a: SourceNode, _ b: SourceNode, isKey: Bool) -> Bool {
        guard a.properties == b.properties else { return false }
        switch (a.content, b.content) {
        case (.scalar(let a), .scalar(let b)): return isSame(a, b, isKey: isKey)
        case (.alias(let a), .alias(let b)): return a == b
        case (.sequence(let a), .sequence(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { isSame($0, $1, isKey: false) }
        case (.mapping(let a), .mapping(let b)):
            return a.count == b.count
                && zip(a, b).allSatisfy {
                    isSame($0.key, $1.key, isKey: true) && isSame($0.value, $1.value, isKey: false)
                }
        default: return false
        }
    }

    /// Keys are texts, but for the merge key; values keep their type.
    private static func isSame(_ a: SourceScalar, _ b: SourceScalar, isKey: Bool) -> Bool {
        guard a.text.utf8.elementsEqual(b.text.utf8), a.headerComment == b.headerComment else { return false }
        if isKey { return a.text != "<<" || (a.style == .plain) == (b.style == .plain) }
        return (a.style == .plain) == (b.style == .plain) || meaning(a) == meaning(b)
    }

    private static func meaning(_ scalar: SourceScalar) -> YAMLScalar.Resolved {
        scalar.style == .plain ? CoreSchema.resolve(scalar.text) : .string
    }
}

extension Diagnostic.Code {
    public static let formatChanges = Diagnostic.Code(
        "format.changes-meaning",
        "`plumb fmt` reads back what it would write, and leaves a file alone where a value, an anchor or a comment would "
            + "not be the same.")

    /// The codes of writing trees anew.
    public static let allFormatCodes: [Diagnostic.Code] = [.formatChanges]
}
