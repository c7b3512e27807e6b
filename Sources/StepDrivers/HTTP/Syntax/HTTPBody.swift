internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// What a request sends behind its headers, as written.
enum HTTPBody: Sendable {
    case json(JSONTemplate)
    case form(PairList)
    case multipart([Part])
    case text(ValueTemplate)
    case base64(ValueTemplate)
    case file(ValueTemplate)
    case graphql(JSONTemplate)

    /// A field of a multipart body.
    struct Part: Sendable {
        var name: String
        var content: Content
        var contentType: ValueTemplate?
        var filename: ValueTemplate?

        enum Content: Sendable {
            case text(ValueTemplate)
            case file(ValueTemplate)
        }
    }

    /// Reads the body of a key; nil after an error.
    init?(_ key: String, _ node: YAMLNode, _ reader: inout SyntaxReader) {
        switch key {
        case "json": self = .json(JSONTemplate(node, &reader))
        case "form":
            guard let pairs = PairList(node, "form", &reader) else { return nil }
            self = .form(pairs)
        case "multipart":
            guard let parts = Self.parts(node, &reader) else { return nil }
            self = .multipart(parts)
        case "graphql":
            guard let body = Self.graphql(node, &reader) else { return nil }
            self = .graphql(body)
        case "base64":
            guard let text = Self.scalar(node, &reader) else { return nil }
            self = .base64(text)
            if let literal = text.constant?.string, Base64.decode(literal) == nil {
                reader.diagnostics.append(
                    Diagnostic(.httpBase64, at: node.span, "this is not base64", hint: "send plain text with 'text'"))
            }
        case "file":
            guard let path = Self.scalar(node, &reader) else { return nil }
            self = .file(path)
        default:
            guard let text = Self.scalar(node, &reader) else { return nil }
            self = .text(text)
        }
    }

    private static func scalar(_ node: YAMLNode, _ reader: inout SyntaxReader) -> ValueTemplate? {
        guard node.text(&reader.diagnostics) != nil else { return nil }
        return reader.value(node)
    }

    private static func parts(_ node: YAMLNode, _ reader: inout SyntaxReader) -> [Part]? {
        guard let members = node.members else {
            reader.diagnostics.append(
                Diagnostic(
                    .httpValue, at: node.span, "expected a mapping of field names and parts, found \(node.found)",
                    hint: "write 'multipart: { field: text }' or 'multipart: { field: { file: PATH } }'"))
            return nil
        }
        return members.flatMap { member -> [Part] in
            (member.value.elements ?? [member.value]).compactMap { part(member.name, $0, &reader) }
        }
    }

    private static func part(_ name: String, _ node: YAMLNode, _ reader: inout SyntaxReader) -> Part? {
        guard node.members != nil else {
            return scalar(node, &reader).map { Part(name: name, content: .text($0)) }
        }
        guard let mapping = MappingReader(node, HTTPStep.part, &reader.diagnostics) else { return nil }
        let text = mapping["text"].flatMap { scalar($0, &reader) }
        let file = mapping["file"].flatMap { scalar($0, &reader) }
        guard mapping.has("text") != mapping.has("file") else {
            reader.diagnostics.append(
                Diagnostic(
                    .httpMultipart, at: node.span,
                    mapping.has("text") ? .bothContents(name) : .noContent(name),
                    hint: "a part has either 'file' or 'text'"))
            return nil
        }
        guard let content = text.map({ Part.Content.text($0) }) ?? file.map({ .file($0) }) else { return nil }
        return Part(
            name: name, content: content, contentType: mapping["content_type"].flatMap { scalar($0, &reader) },
            filename: mapping["filename"].flatMap { scalar($0, &reader) })
    }

    private static func graphql(_ node: YAMLNode, _ reader: inout SyntaxReader) -> JSONTemplate? {
        guard let mapping = MappingReader(node, HTTPStep.graphql, &reader.diagnostics), let query = mapping["query"],
            query.text(&reader.diagnostics) != nil
        else { return nil }
        var members = [(key: "query", value: JSONTemplate(query, &reader))]
        if let variables = mapping["variables"] {
            members.append((key: "variables", value: JSONTemplate(variables, &reader)))
        }
        if let operation = mapping["operation"], operation.text(&reader.diagnostics) != nil {
            members.append((key: "operationName", value: JSONTemplate(operation, &reader)))
        }
        return .object(members)
    }

    /// The content type that is sent unless the step writes one.
    var contentType: String {
        switch self {
        case .json, .graphql: "application/json"
        case .form: "application/x-www-form-urlencoded"
        case .multipart: "multipart/form-data"
        case .text: "text/plain; charset=utf-8"
        case .base64, .file: "application/octet-stream"
        }
    }
}

extension Diagnostic.Message {
    fileprivate static func bothContents(_ name: String) -> Self { "the part '\(name.prefix(60))' is two things" }
    fileprivate static func noContent(_ name: String) -> Self { "the part '\(name.prefix(60))' holds nothing" }
}
