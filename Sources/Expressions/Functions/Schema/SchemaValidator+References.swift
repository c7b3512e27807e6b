extension SchemaValidator {
    /// `$ref` and `$dynamicRef`.
    mutating func references(
        _ schema: Value.Object, _ value: Value, _ scope: Scope, _ verdict: inout Verdict
    ) throws(EvaluationError) {
        if let text = schema["$ref"]?.string {
            let reference = SchemaReference.resolve(text, against: scope.base)
            verdict.add(try follow(try place(reference), reference, value, scope))
        }
        if let text = schema["$dynamicRef"]?.string {
            let reference = SchemaReference.resolve(text, against: scope.base)
            var target = try place(reference)
            // Only a reference that meets a dynamic anchor goes on to the outermost of that name.
            if registry.dynamicAnchor(reference.fragment, in: target.base) != nil,
                target.schema["$dynamicAnchor"]?.string == reference.fragment
            {
                for base in scope.dynamic {
                    if let outer = registry.dynamicAnchor(reference.fragment, in: base) {
                        target = outer
                        break
                    }
                }
            }
            verdict.add(try follow(target, reference, value, scope))
        }
    }

    private mutating func place(
        _ reference: SchemaReference
    ) throws(EvaluationError) -> SchemaRegistry.SchemaPlace {
        guard let place = try registry.find(reference) else {
            throw EvaluationError(.jq, "matches_schema: there is no schema '\(reference.described)'")
        }
        return place
    }

    private mutating func follow(
        _ place: SchemaRegistry.SchemaPlace, _ reference: SchemaReference, _ value: Value, _ scope: Scope
    ) throws(EvaluationError) -> Verdict {
        let way = "\(reference.described) \(place.base) \(scope.pointer)"
        guard following.insert(way).inserted else {
            throw EvaluationError(
                .jq, "matches_schema: '\(reference.described)' refers to itself without end",
                hint: "a '$ref' may lead back to itself only inside a member or an element")
        }
        defer { following.remove(way) }
        var scope = scope
        scope.base = place.base
        if scope.dynamic.last != place.base { scope.dynamic.append(place.base) }
        return try evaluate(place.schema, value, scope, isEntered: true)
    }
}
