/// Writes key tables as a JSON Schema, draft 2020-12, the same text for the same tables.
///
/// Each table becomes one definition under `$defs`, named for it, however often and from wherever it is used:
///
/// ```json
/// "retry": { "type": "object", "properties": { "max": … }, "patternProperties": { "^x-": true } }
/// ```
public enum JSONSchemaWriter {
    /// Returns the schema of a file whose root is the table's mapping.
    public static func write(_ table: KeyTable, id: String? = nil, title: String? = nil) -> String {
        var definitions = Definitions()
        let root = definitions.reference(to: table)
        definitions.defineAll()
        var schema: [(String, JSONText)] = [("$schema", .string("https://json-schema.org/draft/2020-12/schema"))]
        if let id { schema.append(("$id", .string(id))) }
        schema.append(("title", .string(title ?? table.name)))
        schema.append(("description", .string(table.summary)))
        schema += root
        schema.append(("$defs", .object(definitions.written.sorted { $0.0 < $1.0 })))
        return JSONText.object(schema).pretty() + "\n"
    }

    /// The tables met so far; each is written once.
    private struct Definitions {
        var written: [(String, JSONText)] = []
        private var waiting: [KeyTable] = []
        private var known: Set<String> = []

        mutating func reference(to table: KeyTable) -> [(String, JSONText)] {
            let name = table.name.map { $0 == " " || $0 == "/" ? "-" : $0 }
            if known.insert(table.name).inserted { waiting.append(table) }
            return [("$ref", .string("#/$defs/" + String(name)))]
        }

        mutating func defineAll() {
            while let table = waiting.popLast() {
                let name = String(table.name.map { $0 == " " || $0 == "/" ? "-" : $0 })
                written.append((name, definition(of: table)))
            }
        }

        private mutating func definition(of table: KeyTable) -> JSONText {
            var properties: [(String, JSONText)] = []
            for key in table.keys {
                var property: [(String, JSONText)] = [("title", .string(key.name))]
                property.append(("description", .string(key.doc + (key.defaultText.map { " Default: \($0)." } ?? ""))))
                property += schema(of: key.shape)
                properties.append((key.name, .object(property)))
            }
            let required = table.keys.filter(\.isRequired).map { JSONText.string($0.name) }
            var fields: [(String, JSONText)] = [
                ("title", .string(table.name)), ("description", .string(table.summary)), ("type", .string("object")),
                ("properties", .object(properties)), ("patternProperties", .object([("^x-", .bool(true))])),
                ("additionalProperties", .bool(false)),
            ]
            if !required.isEmpty { fields.append(("required", .array(required))) }
            return .object(fields)
        }

        private mutating func schema(of shape: Shape) -> [(String, JSONText)] {
            func type(_ names: String..., pattern: String? = nil) -> [(String, JSONText)] {
                let type: JSONText = names.count == 1 ? .string(names[0]) : .array(names.map { .string($0) })
                return [("type", type)] + (pattern.map { [("pattern", .string($0))] } ?? [])
            }
            switch shape {
            case .any: return []
            case .null: return type("null")
            case .text, .expression: return type("string", "number", "boolean")
            case .identifier: return type("string", pattern: "^[A-Za-z_][A-Za-z0-9_-]*$")
            case .integer: return either(type("integer"), type("string", pattern: "^[-+]?[0-9]+$"))
            case .number:
                return either(type("number"), type("string", pattern: "^[-+]?[0-9.]+([eE][-+]?[0-9]+)?$"))
            case .boolean: return either(type("boolean"), [("enum", .array([.string("true"), .string("false")]))])
            case .duration: return type("string", pattern: "^([0-9]+(\\.[0-9]+)?(ms|us|µs|s|m|h|d))+$")
            case .size:
                return either(
                    [("type", .string("integer")), ("minimum", .number("0"))],
                    type("string", pattern: "^[0-9]+(\\.[0-9]+)? ?(B|[kK]B|KiB|MB|MiB|GB|GiB)$"))
            case .rate: return type("string", pattern: "^[0-9]+(\\.[0-9]+)?/(ms|s|m|min|h)$")
            case .list(let element): return type("array") + [("items", .object(schema(of: element)))]
            case .map(let value): return type("object") + [("additionalProperties", .object(schema(of: value)))]
            case .table(let table): return reference(to: table())
            case .choice(let words): return [("enum", .array(words.map { .string($0) }))]
            case .oneOf(let shapes):
                return [("anyOf", .array(shapes.map { .object(schema(of: $0)) }))]
            case .template(let shape):
                let template = type("string", pattern: "^\\$\\{\\{[\\s\\S]*\\}\\}$")
                let inner = schema(of: shape)
                return inner.isEmpty ? [] : either(inner, template)
            }
        }

        private func either(_ a: [(String, JSONText)], _ b: [(String, JSONText)]) -> [(String, JSONText)] {
            [("anyOf", .array([.object(a), .object(b)]))]
        }
    }
}
