internal import Diagnostics

/// A schema file as the scenarios of one file name it.
struct SchemaName: Hashable {
    let scenario: SourceFile
    let name: String
}

/// A schema that was read and found to be one.
final class LoadedSchema {
    var validator: SchemaValidator
    init(_ validator: SchemaValidator) { self.validator = validator }
}

extension ExpressionEngine {
    /// Validates a value by the schema in a file; what is wrong with it stands in `schemaFindings`.
    func matchesSchema(
        _ value: Value, file: Value, _ expression: Expression, at range: Range<Int>
    ) throws(EvaluationError) -> Bool {
        do throws(EvaluationError) {
            guard let name = file.string else {
                throw EvaluationError(.jq, "matches_schema: the file is \(file.described), expected its name")
            }
            let schema = try schema(name, expression)
            schemaFindings = try schema.validator.validate(value, by: SchemaReference(name))
            return schemaFindings.isEmpty
        } catch {
            var error = error
            error.range = range
            throw error
        }
    }

    /// Whether an expression is the judgement of a schema.
    func asksSchema(_ expression: Expression) -> Bool {
        let entry = entry(expression)
        return entry.native == nil && entry.prepared.isHostCall
            && entry.prepared.hosts.last?.function == .matchesSchema
    }

    private func schema(_ name: String, _ expression: Expression) throws(EvaluationError) -> LoadedSchema {
        let key = SchemaName(scenario: expression.source.span.file, name: name)
        if let known = schemas[key] { return known }
        guard let schemaLoader else { throw EvaluationError(.jq, "matches_schema: no files can be read here") }
        let document = try schemaLoader(name, expression)
        if let dialect = document["$schema"]?.string, dialect != MetaSchema.address, dialect.contains("json-schema.org")
        {
            throw EvaluationError(
                .jq, "matches_schema: '\(name)' is written for \(dialect), and draft 2020-12 is what can be read",
                hint: "rewrite what changed since, and set '$schema' to \(MetaSchema.address)")
        }
        let folders = (address: document["$id"]?.string.map(Self.folder), file: Self.folder(name))
        var registry = SchemaRegistry { (address) throws(EvaluationError) in
            // A document with an address of its own still has its neighbours beside it.
            if let folder = folders.address, !folder.isEmpty, address.hasPrefix(folder) {
                return try schemaLoader(folders.file + address.dropFirst(folder.count), expression)
            }
            guard !address.contains("://") else {
                throw EvaluationError(
                    .jq, "matches_schema: '\(name)' refers to \(address), and schemas are read from files alone",
                    hint: "keep a copy beside it and refer to that")
            }
            return try schemaLoader(address, expression)
        }
        registry.register(document, at: name)
        var validator = SchemaValidator(registry: registry) { [unowned self] (text, pattern) throws(EvaluationError) in
            // The engine owns the validator, so it is there as long as this is.
            try matches(text, pattern)
        }
        let wrong = try validator.validate(document, by: SchemaReference(MetaSchema.address))
        if let first = wrong.first {
            throw EvaluationError(.jq, "matches_schema: '\(name)' is no schema: \(first.description)")
        }
        let loaded = LoadedSchema(validator)
        schemas[key] = loaded
        return loaded
    }

    private static func folder(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// Whether a text matches a regular expression, which libjq decides so that it takes no longer than it may.
    func matches(_ text: String, _ pattern: String) throws(EvaluationError) -> Bool {
        guard let expression = Self.matching else { return false }
        let context = EvaluationContext(dot: SharedValue(.array([.string(text), .string(pattern)])))
        return try value(of: expression, in: context) == true
    }

    private static let matching: Expression? = {
        let text = ". as [$text, $pattern] | $text | test($pattern)"
        let span = SourceSpan(SourceFile(path: "matches_schema", text: text), 0..<text.utf8.count)
        var ignored: [Diagnostic] = []
        return Expression.parse(LocatedText(verbatim: text, at: span), role: .capture, into: &ignored)
    }()
}

extension [SchemaValidator.Finding] {
    /// The findings in one sentence, the first of them in full.
    var described: String {
        guard let first else { return "does not match the schema" }
        let more = count > 1 ? " (and \(count - 1) more)" : ""
        return "does not match the schema: \(first.description)\(more)"
    }
}
