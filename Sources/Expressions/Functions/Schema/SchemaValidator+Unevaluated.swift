extension SchemaValidator {
    /// `unevaluatedProperties` and `unevaluatedItems`, which look at what nothing else has looked at.
    mutating func unevaluated(
        _ schema: Value.Object, _ value: Value, _ scope: Scope, _ verdict: inout Verdict
    ) throws(EvaluationError) {
        if case .object(let object) = value, let part = schema["unevaluatedProperties"] {
            for (name, member) in object where !verdict.properties.contains(name) {
                try add(part, name, member, scope, &verdict)
                verdict.properties.insert(name)
            }
        }
        if case .array(let elements) = value, let part = schema["unevaluatedItems"] {
            for position in elements.indices
            where position >= verdict.leadingItems && !verdict.items.contains(position) {
                verdict.add(try evaluate(part, elements[position], scope.at("\(position)")).withoutMembers)
            }
            verdict.leadingItems = elements.count
        }
    }
}
