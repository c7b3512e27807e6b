/// The meta-schema of draft 2020-12, in one piece.
enum MetaSchema {
    static let address = "https://json-schema.org/draft/2020-12/schema"

    /// The rules of the vocabularies core, applicator, unevaluated, validation, meta-data, format and content.
    static let value: Value = {
        let schema: Value = ["$dynamicRef": "#meta"]
        let schemas: Value = ["type": "array", "minItems": 1, "items": schema]
        let named: Value = ["type": "object", "additionalProperties": schema]
        let count: Value = ["type": "integer", "minimum": 0]
        let number: Value = ["type": "number"]
        let text: Value = ["type": "string"]
        let flag: Value = ["type": "boolean"]
        let texts: Value = ["type": "array", "items": text, "uniqueItems": true]
        let types: Value = ["enum": ["array", "boolean", "integer", "null", "number", "object", "string"]]
        let anchor: Value = ["type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"]
        var properties = Value.Object()
        for (keyword, contents) in SchemaKeyword.contents {
            switch contents {
            case .schema: properties[keyword] = schema
            case .schemas: properties[keyword] = schemas
            case .namedSchemas: properties[keyword] = named
            }
        }
        for keyword in ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"] {
            properties[keyword] = count
        }
        for keyword in ["minContains", "maxContains"] { properties[keyword] = count }
        for keyword in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] { properties[keyword] = number }
        for keyword in ["uniqueItems", "deprecated", "readOnly", "writeOnly"] { properties[keyword] = flag }
        for keyword in [
            "$schema", "$ref", "$dynamicRef", "$comment", "pattern", "title", "description", "format",
            "contentEncoding", "contentMediaType",
        ] {
            properties[keyword] = text
        }
        properties["$id"] = ["type": "string", "pattern": "^[^#]*#?$"]
        properties["$anchor"] = anchor
        properties["$dynamicAnchor"] = anchor
        properties["$vocabulary"] = ["type": "object", "additionalProperties": flag]
        properties["type"] = ["anyOf": [types, ["type": "array", "items": types, "minItems": 1, "uniqueItems": true]]]
        properties["enum"] = ["type": "array"]
        properties["examples"] = ["type": "array"]
        properties["multipleOf"] = ["type": "number", "exclusiveMinimum": 0]
        properties["required"] = texts
        properties["dependentRequired"] = ["type": "object", "additionalProperties": texts]
        return [
            "$schema": .string(address), "$id": .string(address), "$dynamicAnchor": "meta",
            "type": ["object", "boolean"], "properties": .object(properties),
        ]
    }()
}
