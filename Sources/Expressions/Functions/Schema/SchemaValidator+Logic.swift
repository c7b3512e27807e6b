extension SchemaValidator {
    /// `allOf`, `anyOf`, `oneOf`, `not`, `if`, `dependentSchemas`.
    mutating func logic(
        _ schema: Value.Object, _ value: Value, _ scope: Scope, _ verdict: inout Verdict
    ) throws(EvaluationError) {
        for part in schema["allOf"]?.array ?? [] { verdict.add(try evaluate(part, value, scope)) }
        if let parts = schema["anyOf"]?.array { try any(parts, value, scope, &verdict) }
        if let parts = schema["oneOf"]?.array { try one(parts, value, scope, &verdict) }
        if let part = schema["not"], try evaluate(part, value, scope).isValid {
            verdict.fail(scope, "matches what 'not' excludes")
        }
        if let condition = schema["if"] {
            let premise = try evaluate(condition, value, scope)
            if premise.isValid { verdict.note(premise) }
            if let part = schema[premise.isValid ? "then" : "else"] {
                verdict.add(try evaluate(part, value, scope))
            }
        }
        if case .object(let object) = value, let parts = schema["dependentSchemas"]?.object {
            for (name, part) in parts where object[name] != nil { verdict.add(try evaluate(part, value, scope)) }
        }
    }

    private mutating func any(
        _ parts: [Value], _ value: Value, _ scope: Scope, _ verdict: inout Verdict
    ) throws(EvaluationError) {
        var nearest: Verdict?
        var isValid = false
        for part in parts {
            let found = try evaluate(part, value, scope)
            if found.isValid {
                verdict.note(found)
                isValid = true
            } else if nearest.map({ found.findings.count < $0.findings.count }) ?? true {
                nearest = found
            }
        }
        guard !isValid else { return }
        verdict.fail(scope, "matches none of the \(parts.count) schemas in 'anyOf'")
        if let nearest { verdict.add(nearest) }
    }

    private mutating func one(
        _ parts: [Value], _ value: Value, _ scope: Scope, _ verdict: inout Verdict
    ) throws(EvaluationError) {
        var nearest: Verdict?
        var valid: [(position: Int, verdict: Verdict)] = []
        for (position, part) in parts.enumerated() {
            let found = try evaluate(part, value, scope)
            if found.isValid {
                valid.append((position, found))
            } else if nearest.map({ found.findings.count < $0.findings.count }) ?? true {
                nearest = found
            }
        }
        switch valid.count {
        case 1: verdict.note(valid[0].verdict)
        case 0:
            verdict.fail(scope, "matches none of the \(parts.count) schemas in 'oneOf'")
            if let nearest { verdict.add(nearest) }
        default:
            let numbers = valid.map { "[\($0.position)]" }.joined(separator: ", ")
            verdict.fail(scope, "matches \(valid.count) schemas in 'oneOf' (\(numbers)), expected one")
        }
    }
}
