extension SchemaValidator {
    /// The keywords for objects.
    mutating func objects(
        _ schema: Value.Object, _ object: Value.Object, _ scope: Scope, _ verdict: inout Verdict
    ) throws(EvaluationError) {
        if try registry.asserts(scope.base) { count(schema, object, scope, &verdict) }
        var known: Set<String> = []
        if let parts = schema["properties"]?.object {
            for (name, part) in parts {
                guard let member = object[name] else { continue }
                known.insert(name)
                verdict.add(try evaluate(part, member, scope.at(name)).withoutMembers)
            }
        }
        if let parts = schema["patternProperties"]?.object {
            for (pattern, part) in parts {
                for (name, member) in object where try matches(name, pattern) {
                    known.insert(name)
                    verdict.add(try evaluate(part, member, scope.at(name)).withoutMembers)
                }
            }
        }
        if let part = schema["additionalProperties"] {
            for (name, member) in object where !known.contains(name) {
                try add(part, name, member, scope, &verdict)
                known.insert(name)
            }
        }
        verdict.properties.formUnion(known)
        if let part = schema["propertyNames"] {
            for name in object.keys {
                let found = try evaluate(part, .string(name), scope.at(name))
                for finding in found.findings { verdict.fail(scope.at(name), "has a name that \(finding.message)") }
            }
        }
    }

    /// Evaluates the schema of members that no other names; `false` says that there are none.
    mutating func add(
        _ part: Value, _ name: String, _ member: Value, _ scope: Scope, _ verdict: inout Verdict
    ) throws(EvaluationError) {
        if case .bool(false) = part {
            verdict.fail(scope, "has '\(name)', which the schema does not allow")
        } else {
            verdict.add(try evaluate(part, member, scope.at(name)).withoutMembers)
        }
    }

    private func count(
        _ schema: Value.Object, _ object: Value.Object, _ scope: Scope, _ verdict: inout Verdict
    ) {
        for name in schema["required"]?.array ?? [] {
            if let name = name.string, object[name] == nil { verdict.fail(scope, "lacks '\(name)'") }
        }
        for (name, needed) in schema["dependentRequired"]?.object ?? Value.Object() where object[name] != nil {
            for other in needed.array ?? [] {
                if let other = other.string, object[other] == nil {
                    verdict.fail(scope, "has '\(name)' and lacks '\(other)'")
                }
            }
        }
        if let limit = schema["minProperties"]?.number, Double(object.count) < limit {
            verdict.fail(scope, "has \(object.count) members, expected at least \(Value.number(limit).json())")
        }
        if let limit = schema["maxProperties"]?.number, Double(object.count) > limit {
            verdict.fail(scope, "has \(object.count) members, expected at most \(Value.number(limit).json())")
        }
    }
}

extension SchemaValidator.Verdict {
    /// The findings alone: what was looked at inside a member says nothing about the object around it.
    var withoutMembers: Self { Self(findings: findings) }
}
