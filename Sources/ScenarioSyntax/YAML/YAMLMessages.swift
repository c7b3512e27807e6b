internal import Diagnostics

extension Diagnostic {
    /// A file without a document, or with an empty one.
    static func empty(_ file: SourceFile, _ noun: String) -> Diagnostic {
        let start = file.lines.starts[0]
        let text = String(decoding: file.bytes[start...], as: UTF8.self)
        let content = text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " || $0 == "\t" } }
            .filter { !$0.isEmpty }
        let reason =
            content.isEmpty
            ? "the file is empty" : content.allSatisfy { $0.hasPrefix("#") } ? "only comments" : "only '---'"
        return Diagnostic(.yamlEmpty, at: SourceSpan(file, start..<start), "no \(noun) in this file: \(reason)")
    }

    /// A second document.
    static func severalDocuments(at span: SourceSpan, _ noun: String) -> Diagnostic {
        Diagnostic(
            .yamlSeveralDocuments, at: span, "a second document begins here; a file holds one \(noun)",
            hint: "put it into a file of its own")
    }
}

extension Diagnostic.Message {
    static func andMore(_ count: Int) -> Self {
        "and \(grouped(count)) more problems in this file"
    }

    static func tooManyNodes(_ limit: Int) -> Self {
        "the file has more than \(grouped(limit)) values"
    }

    static func tooDeep(_ limit: Int) -> Self {
        "lists and mappings are nested deeper than \(limit) levels"
    }

    static func scalarTooLarge(_ bytes: Int, limit: Int) -> Self {
        "the text has \(QuantityText.bytes(bytes)); at most \(QuantityText.bytes(limit)) are read"
    }

    static func keyTooLarge(_ bytes: Int, limit: Int) -> Self {
        "the key has \(grouped(bytes)) bytes; at most \(grouped(limit)) are read"
    }

    static func aliasLimit(_ limit: Int) -> Self {
        "aliases expand to more than \(grouped(limit)) values, the alias limit"
    }

    static func recursiveAlias(_ name: String) -> Self {
        "the value marked '&\(name)' holds itself"
    }

    static func undefinedAlias(_ name: String) -> Self {
        "no value above is marked '&\(name)'"
    }

    static func anchor(_ near: String?, _ name: String) -> Self {
        if let near { return "did you mean '*\(near)'?" }
        return "mark a value with '&\(name)', or quote it if it is text: '*\(name)'"
    }

    static func tagMismatch(_ kind: CoreSchema.Kind, _ text: String) -> Self {
        "'\(preview(text))' does not fit its tag '!!\(kind.rawValue)'"
    }

    static func unknownTag(_ tag: String) -> Self { "unknown tag '\(preview(tag))'" }

    static var knownTags: Self { "types are !!str, !!int, !!float, !!bool, !!null, !!seq and !!map" }

    static func unfitTag(_ tag: String) -> Self { "the tag '\(preview(tag))' does not fit its value" }

    static func duplicateKey(_ name: String) -> Self {
        "the key '\(preview(name))' stands twice in one mapping"
    }

    static func keyNotScalar(_ found: String) -> Self { "a key must be text, found \(found)" }

    static func badMerge(_ found: String) -> Self {
        "the merge key '<<' takes a mapping or a list of mappings, found \(found)"
    }

    static func commaEnds(_ key: String) -> Self { "the comma ends '\(preview(key))' here" }

    /// The written form that the author wants.
    static func write(_ form: String) -> Self { "write \(form)" }

    /// How to write a text so that YAML takes it as it is.
    static func quote(_ text: String) -> Self {
        let isShort = text.count <= 72 && !text.contains { $0.isNewline }
        return isShort
            ? "quote it or write it in block style: \(YAMLQuoting.quoted(text))"
            : "put it in single quotes, or in block style behind '|'"
    }

    /// A text cut for a message.
    static func preview(_ text: String) -> String {
        let limit = 60
        return text.count <= limit ? text : text.prefix(limit) + "…"
    }
}
