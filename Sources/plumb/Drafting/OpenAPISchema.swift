import Expressions

/// Values and conditions that a schema gives.
struct OpenAPISchema {
    let document: OpenAPIDocument
    private static let depth = 8

    /// A value that fits a schema; nil where it leads to itself, or deeper than anybody reads.
    func sample(
        _ schema: Value, trail: [String] = [], depth: Int = 0
    ) throws(OpenAPIDocument.Problem) -> Value? {
        guard depth < Self.depth, !isLoop(schema, trail) else { return nil }
        let (schema, trail) = try document.resolved(schema, trail: trail)
        for key in ["example", "default", "const"] {
            if let value = schema[key] { return value }
        }
        if let value = schema["examples"]?.array?.first ?? schema["enum"]?.array?.first { return value }
        if let parts = schema["allOf"]?.array { return try merged(parts, schema, trail, depth) }
        for key in ["oneOf", "anyOf"] {
            guard let first = schema[key]?.array?.first(where: { $0["type"] != "null" }) else { continue }
            return try sample(first, trail: trail, depth: depth + 1)
        }
        switch type(of: schema) {
        case "object": return .object(try members(schema, trail, depth))
        case "array":
            guard let items = schema["items"], let element = try sample(items, trail: trail, depth: depth + 1) else {
                return .array([])
            }
            return .array([element])
        case "integer": return .number(schema["minimum"]?.number?.rounded(.up) ?? 1)
        case "number": return .number(schema["minimum"]?.number ?? 1)
        case "boolean": return true
        case "string": return .string(text(schema))
        default: return nil
        }
    }

    private func merged(
        _ parts: [Value], _ schema: Value, _ trail: [String], _ depth: Int
    ) throws(OpenAPIDocument.Problem) -> Value {
        var object = Value.Object()
        for part in parts {
            for (key, value) in try sample(part, trail: trail, depth: depth + 1)?.object ?? .init() {
                object[key] = value
            }
        }
        for (key, value) in try members(schema, trail, depth) { object[key] = value }
        return .object(object)
    }

    private func members(
        _ schema: Value, _ trail: [String], _ depth: Int
    ) throws(OpenAPIDocument.Problem) -> Value.Object {
        var object = Value.Object()
        for (name, property) in schema["properties"]?.object ?? .init() {
            if isLoop(property, trail) { continue }
            let (resolved, _) = try document.resolved(property, trail: trail)
            // What only the service sets is not sent.
            if resolved["readOnly"] == true { continue }
            if let value = try sample(property, trail: trail, depth: depth + 1) { object[name] = value }
        }
        return object
    }

    /// Whether a schema names one that it stands in, as trees do.
    private func isLoop(_ schema: Value, _ trail: [String]) -> Bool {
        schema["$ref"]?.string.map { trail.contains($0) } ?? false
    }

    private func text(_ schema: Value) -> String {
        switch schema["format"]?.string {
        case "date-time": return "2024-01-31T12:00:00Z"
        case "date": return "2024-01-31"
        case "uuid": return "00000000-0000-4000-8000-000000000001"
        case "email": return "user@example.com"
        case "uri", "url": return "https://example.com"
        case "ipv4": return "192.0.2.1"
        case "byte": return "dGV4dA=="
        default:
            let least = Int(schema["minLength"]?.number ?? 0)
            let most = Int(min(schema["maxLength"]?.number ?? 1000, 1000))
            let text = "text" + String(repeating: "x", count: max(0, min(least, 1000) - 4))
            return String(text.prefix(max(most, 0)))
        }
    }

    /// The first type that is not null.
    private func type(of schema: Value) -> String? {
        if let type = schema["type"]?.string { return type }
        if let types = schema["type"]?.array { return types.compactMap(\.string).first { $0 != "null" } }
        if schema["properties"] != nil { return "object" }
        return schema["items"] == nil ? nil : "array"
    }

    // MARK: Conditions

    /// What a result must match to fit a schema; nil where the schema says nothing that can be checked.
    func expectation(
        _ schema: Value, trail: [String] = [], depth: Int = 0
    ) throws(OpenAPIDocument.Problem) -> DraftTree? {
        guard depth < Self.depth, !isLoop(schema, trail) else { return nil }
        let (schema, trail) = try document.resolved(schema, trail: trail)
        let isNullable = schema["nullable"] == true || schema["type"]?.array?.contains("null") == true
        let orNull = isNullable ? " or . == null" : ""
        if let parts = schema["allOf"]?.array {
            var tree: DraftTree?
            for part in parts {
                guard let more = try expectation(part, trail: trail, depth: depth + 1) else { continue }
                tree = tree.map { DraftTree.merged($0, more) } ?? more
            }
            return tree
        }
        if let options = schema["enum"]?.array, !options.isEmpty, options.count <= 12 {
            return .condition("IN(\(options.map { $0.json() }.joined(separator: ", ")))" + orNull)
        }
        guard let type = type(of: schema) else { return nil }
        let jsonType = type == "integer" ? "number" : type
        if type == "object", !isNullable {
            let members = try required(schema, trail, depth)
            if !members.isEmpty { return .map(members) }
        }
        if type == "array", !isNullable, let items = schema["items"] {
            let conditions = try elements(items, trail)
            if !conditions.isEmpty {
                // An empty list fits the schema, which 'all' would leave unsaid.
                return .condition(
                    "type == \"array\" and (length == 0 or all(.[]; \(conditions.joined(separator: " and "))))")
            }
        }
        return .condition("type == \"\(jsonType)\"" + orNull)
    }

    private func required(
        _ schema: Value, _ trail: [String], _ depth: Int
    ) throws(OpenAPIDocument.Problem) -> [(String, DraftTree)] {
        var members: [(String, DraftTree)] = []
        for name in (schema["required"]?.array ?? []).compactMap(\.string) where name != "$" {
            guard let property = schema["properties"]?[name] else { continue }
            let tree = try expectation(property, trail: trail, depth: depth + 1)
            members.append((name, tree ?? .condition("type != \"null\" or . == null")))
        }
        return members
    }

    /// What holds of each element of a list.
    private func elements(_ schema: Value, _ trail: [String]) throws(OpenAPIDocument.Problem) -> [String] {
        guard !isLoop(schema, trail) else { return [] }
        let (schema, trail) = try document.resolved(schema, trail: trail)
        guard let type = type(of: schema), schema["nullable"] != true else { return [] }
        var conditions = ["type == \"\(type == "integer" ? "number" : type)\""]
        guard type == "object" else { return conditions }
        for name in (schema["required"]?.array ?? []).compactMap(\.string).prefix(6) {
            guard let property = schema["properties"]?[name], !isLoop(property, trail) else { continue }
            let (resolved, _) = try document.resolved(property, trail: trail)
            guard let type = self.type(of: resolved), resolved["nullable"] != true, resolved["type"]?.array == nil
            else {
                continue
            }
            let path = AnswerShape.isIdentifier(name) ? ".\(name)" : ".[\(AnswerShape.jqText(name))]"
            conditions.append("(\(path) | type) == \"\(type == "integer" ? "number" : type)\"")
        }
        return conditions
    }
}

extension DraftTree {
    /// Two trees in one; where both speak of a place, the second has the word.
    static func merged(_ first: DraftTree, _ second: DraftTree) -> DraftTree {
        guard case .map(let a) = first, case .map(let b) = second else { return second }
        var members = a.map { name, tree in
            (name, b.first { $0.0 == name }.map { merged(tree, $0.1) } ?? tree)
        }
        members += b.filter { member in !a.contains { $0.0 == member.0 } }
        return .map(members)
    }
}
