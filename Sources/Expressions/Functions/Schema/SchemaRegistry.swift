/// The schemas that a validation may refer to, by address; loads those that are missing.
struct SchemaRegistry {
    private var resources: [String: Value] = [:]
    /// The own address of a document that was read from another.
    private var bases: [String: String] = [:]
    private var anchors: [String: [String: SchemaPlace]] = [:]
    private var dynamicAnchors: [String: [String: SchemaPlace]] = [:]
    private var asserting: [String: Bool] = [:]
    private let load: (String) throws(EvaluationError) -> Value?

    /// Creates a registry; `load` finds the document at an address without fragment.
    init(load: @escaping (String) throws(EvaluationError) -> Value?) {
        self.load = load
        register(MetaSchema.value, at: MetaSchema.address)
    }

    /// A schema, and the address of the resource that it belongs to.
    struct SchemaPlace {
        var schema: Value
        var base: String
    }

    /// Enters a document and the resources inside it.
    mutating func register(_ document: Value, at address: String) {
        resources[address] = document
        if let id = document["$id"]?.string { bases[address] = SchemaReference.resolve(id, against: address).resource }
        enter(document, base: address)
    }

    /// The schema that a reference names; nil if there is none.
    mutating func find(_ reference: SchemaReference) throws(EvaluationError) -> SchemaPlace? {
        if resources[reference.resource] == nil, let document = try load(reference.resource) {
            register(document, at: reference.resource)
        }
        guard let document = resources[reference.resource] else { return nil }
        let root = SchemaPlace(schema: document, base: bases[reference.resource] ?? reference.resource)
        if reference.fragment.isEmpty { return root }
        if !reference.fragment.hasPrefix("/") {
            return anchors[root.base]?[reference.fragment] ?? dynamicAnchors[root.base]?[reference.fragment]
        }
        return walk(reference.fragment, from: root)
    }

    /// The schema with a dynamic anchor in a resource.
    func dynamicAnchor(_ name: String, in base: String) -> SchemaPlace? { dynamicAnchors[base]?[name] }

    /// Whether the keywords that assert hold in a resource: its meta-schema may leave their vocabulary out.
    mutating func asserts(_ base: String) throws(EvaluationError) -> Bool {
        if let known = asserting[base] { return known }
        var result = true
        if let meta = resources[base]?["$schema"]?.string, meta != MetaSchema.address,
            let vocabularies = try find(SchemaReference(meta))?.schema["$vocabulary"]?.object
        {
            result = vocabularies["https://json-schema.org/draft/2020-12/vocab/validation"] != nil
        }
        asserting[base] = result
        return result
    }

    private mutating func enter(_ schema: Value, base outer: String) {
        guard case .object(let members) = schema else { return }
        var base = outer
        if let id = members["$id"]?.string {
            base = SchemaReference.resolve(id, against: outer).resource
            resources[base] = schema
        }
        let place = SchemaPlace(schema: schema, base: base)
        if let name = members["$anchor"]?.string { anchors[base, default: [:]][name] = place }
        if let name = members["$dynamicAnchor"]?.string { dynamicAnchors[base, default: [:]][name] = place }
        for (keyword, value) in members {
            switch SchemaKeyword.contents[keyword] {
            case .schema: enter(value, base: base)
            case .schemas: for element in value.array ?? [] { enter(element, base: base) }
            case .namedSchemas: for (_, element) in value.object ?? Value.Object() { enter(element, base: base) }
            case nil: break
            }
        }
    }

    private func walk(_ pointer: String, from root: SchemaPlace) -> SchemaPlace? {
        var place = root
        for part in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let key = String(part).replacingEscapes
            let next: Value? =
                switch place.schema {
                case .object(let members): members[key]
                case .array(let elements): Int(key).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
                default: nil
                }
            guard let next else { return nil }
            place.schema = next
            if let id = next["$id"]?.string { place.base = SchemaReference.resolve(id, against: place.base).resource }
        }
        return place
    }
}

/// What the keywords of draft 2020-12 hold.
enum SchemaKeyword {
    enum Contents {
        case schema
        case schemas
        case namedSchemas
    }

    /// The keywords that hold schemas.
    static let contents: [String: Contents] = [
        "$defs": .namedSchemas, "definitions": .namedSchemas, "allOf": .schemas, "anyOf": .schemas, "oneOf": .schemas,
        "not": .schema, "if": .schema, "then": .schema, "else": .schema, "dependentSchemas": .namedSchemas,
        "prefixItems": .schemas, "items": .schema, "contains": .schema, "properties": .namedSchemas,
        "patternProperties": .namedSchemas, "additionalProperties": .schema, "propertyNames": .schema,
        "unevaluatedItems": .schema, "unevaluatedProperties": .schema, "contentSchema": .schema,
    ]
}

extension String {
    /// The key that a part of a JSON pointer names (RFC 6901).
    fileprivate var replacingEscapes: String {
        guard utf8.contains(UInt8(ascii: "~")) else { return self }
        var result = ""
        var isEscape = false
        for letter in self {
            if isEscape {
                result.append(letter == "0" ? "~" : letter == "1" ? "/" : letter)
                isEscape = false
            } else if letter == "~" {
                isEscape = true
            } else {
                result.append(letter)
            }
        }
        return result
    }

    /// The part of a JSON pointer that names this key.
    var pointerPart: String {
        reduce(into: "/") { $0 += $1 == "~" ? "~0" : $1 == "/" ? "~1" : String($1) }
    }
}
