/// Validates values by JSON Schema, draft 2020-12.
///
/// A schema is read as it stands, keyword by keyword: references first, then logic, then what is for the
/// type of the value, and last what is left over (`unevaluated…`). Each keyword says whether the value
/// passes and which members and elements it has looked at. `format` and `content…` only annotate.
struct SchemaValidator {
    var registry: SchemaRegistry
    /// Whether a text matches a pattern.
    let matches: (_ text: String, _ pattern: String) throws(EvaluationError) -> Bool
    private var depth = 0
    private var steps = 0
    /// The references that are being followed, by target and place in the value.
    var following: Set<String> = []
    /// Schemas within each other; a thread of half a megabyte has the stack for it.
    private static let depthLimit = 300
    private static let stepLimit = 2_000_000
    static let findingLimit = 20

    /// A schema's place in its evaluation.
    struct Scope {
        var base: String
        /// The resources that were entered on the way, for `$dynamicRef`.
        var dynamic: [String]
        /// Where the value stands, as a JSON pointer.
        var pointer: String

        func at(_ part: String) -> Scope {
            var scope = self
            scope.pointer += part.pointerPart
            return scope
        }
    }

    /// What came of a schema.
    struct Verdict {
        var findings: [Finding] = []
        var properties: Set<String> = []
        /// The elements from the first on that were looked at.
        var leadingItems = 0
        var items: Set<Int> = []

        var isValid: Bool { findings.isEmpty }

        /// Adds what another schema found, and what it looked at if the value passes it.
        mutating func add(_ other: Verdict) {
            if other.isValid { note(other) }
            findings += other.findings.prefix(max(0, SchemaValidator.findingLimit - findings.count))
        }

        /// Adds what another schema has looked at.
        mutating func note(_ other: Verdict) {
            properties.formUnion(other.properties)
            leadingItems = max(leadingItems, other.leadingItems)
            items.formUnion(other.items)
        }

        mutating func fail(_ scope: Scope, _ message: @autoclosure () -> String) {
            guard findings.count < SchemaValidator.findingLimit else { return }
            findings.append(Finding(pointer: scope.pointer, message: message()))
        }
    }

    /// A place in the value that the schema does not allow.
    struct Finding: Sendable, Hashable {
        /// A JSON pointer.
        var pointer: String
        var message: String

        var description: String { pointer.isEmpty ? "the value \(message)" : "'\(pointer)' \(message)" }
    }

    init(
        registry: SchemaRegistry,
        matches: @escaping (_ text: String, _ pattern: String) throws(EvaluationError) -> Bool
    ) {
        self.registry = registry
        self.matches = matches
    }

    /// Validates a value by the schema at an address.
    mutating func validate(_ value: Value, by reference: SchemaReference) throws(EvaluationError) -> [Finding] {
        guard let place = try registry.find(reference) else {
            throw EvaluationError(.jq, "matches_schema: there is no schema '\(reference.described)'")
        }
        depth = 0
        steps = 0
        let scope = Scope(base: place.base, dynamic: [place.base], pointer: "")
        return try evaluate(place.schema, value, scope, isEntered: true).findings
    }

    /// Evaluates a schema on a value; `isEntered` where the scope knows the schema's own `$id` already.
    mutating func evaluate(
        _ schema: Value, _ value: Value, _ scope: Scope, isEntered: Bool = false
    ) throws(EvaluationError) -> Verdict {
        depth += 1
        steps += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit, steps <= Self.stepLimit else { throw .schemaBudget }
        var verdict = Verdict()
        switch schema {
        case .bool(let allows):
            if !allows { verdict.fail(scope, "is not allowed") }
            return verdict
        case .object(let members):
            var scope = scope
            if !isEntered, let id = members["$id"]?.string {
                scope.base = SchemaReference.resolve(id, against: scope.base).resource
                if scope.dynamic.last != scope.base { scope.dynamic.append(scope.base) }
            }
            try references(members, value, scope, &verdict)
            try logic(members, value, scope, &verdict)
            if try registry.asserts(scope.base) { try scalars(members, value, scope, &verdict) }
            switch value {
            case .object(let object): try objects(members, object, scope, &verdict)
            case .array(let elements): try arrays(members, elements, scope, &verdict)
            default: break
            }
            try unevaluated(members, value, scope, &verdict)
            return verdict
        default:
            throw EvaluationError(
                .jq, "matches_schema: a schema is \(schema.described), expected an object or a boolean")
        }
    }
}

extension EvaluationError {
    fileprivate static var schemaBudget: Self {
        EvaluationError(
            .budget, "matches_schema: the value is nested too deep for the schema, or the schema takes too many steps")
    }
}

extension SchemaReference {
    var described: String { fragment.isEmpty ? resource : "\(resource)#\(fragment)" }
}
