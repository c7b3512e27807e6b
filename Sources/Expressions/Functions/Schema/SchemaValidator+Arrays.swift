extension SchemaValidator {
    /// The keywords for arrays.
    mutating func arrays(
        _ schema: Value.Object, _ elements: [Value], _ scope: Scope, _ verdict: inout Verdict
    ) throws(EvaluationError) {
        if try registry.asserts(scope.base) { count(schema, elements, scope, &verdict) }
        let prefix = schema["prefixItems"]?.array ?? []
        for (position, part) in prefix.enumerated() where position < elements.count {
            verdict.add(try evaluate(part, elements[position], scope.at("\(position)")).withoutMembers)
        }
        verdict.leadingItems = max(verdict.leadingItems, min(prefix.count, elements.count))
        if let part = schema["items"], elements.count > prefix.count {
            if case .bool(false) = part {
                verdict.fail(scope, "has \(elements.count) elements, expected at most \(prefix.count)")
            } else {
                for position in prefix.count..<elements.count {
                    verdict.add(try evaluate(part, elements[position], scope.at("\(position)")).withoutMembers)
                }
            }
            verdict.leadingItems = elements.count
        }
        if let part = schema["contains"] { try contains(part, schema, elements, scope, &verdict) }
    }

    private mutating func contains(
        _ part: Value, _ schema: Value.Object, _ elements: [Value], _ scope: Scope, _ verdict: inout Verdict
    ) throws(EvaluationError) {
        var found: Set<Int> = []
        for (position, element) in elements.enumerated()
        where try evaluate(part, element, scope.at("\(position)")).isValid {
            found.insert(position)
        }
        verdict.items.formUnion(found)
        let asserts = try registry.asserts(scope.base)
        let least = (asserts ? schema["minContains"]?.number : nil) ?? 1
        if Double(found.count) < least {
            verdict.fail(scope, "has \(found.count) elements that match 'contains', expected at least \(Int(least))")
        }
        if asserts, let most = schema["maxContains"]?.number, Double(found.count) > most {
            verdict.fail(scope, "has \(found.count) elements that match 'contains', expected at most \(Int(most))")
        }
    }

    private func count(_ schema: Value.Object, _ elements: [Value], _ scope: Scope, _ verdict: inout Verdict) {
        if let limit = schema["minItems"]?.number, Double(elements.count) < limit {
            verdict.fail(scope, "has \(elements.count) elements, expected at least \(Value.number(limit).json())")
        }
        if let limit = schema["maxItems"]?.number, Double(elements.count) > limit {
            verdict.fail(scope, "has \(elements.count) elements, expected at most \(Value.number(limit).json())")
        }
        if schema["uniqueItems"]?.bool == true {
            var seen: [Value: Int] = [:]
            for (position, element) in elements.enumerated() {
                if let first = seen[element] {
                    verdict.fail(scope, "has equal elements at [\(first)] and [\(position)]")
                    break
                }
                seen[element] = position
            }
        }
    }
}
