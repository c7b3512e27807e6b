public import Expressions

extension ExpressionEngine {
    /// The value of a template whose names are all in the context.
    public func value(
        of template: ValueTemplate, in context: EvaluationContext
    ) throws(EvaluationError) -> Value {
        switch template {
        case .literal(let value, _, _): return value
        case .template(let template, _): return try render(template, in: context)
        case .array(let elements, _):
            var values: [Value] = []
            for element in elements { values.append(try value(of: element, in: context)) }
            return .array(values)
        case .object(let members, _):
            var object = Value.Object()
            for member in members { object[member.key] = try value(of: member.value, in: context) }
            return .object(object)
        }
    }
}

extension Configuration {
    /// What the configuration's own expressions see: `$env`, `$secrets` and `$config`.
    public var context: EvaluationContext {
        var context = EvaluationContext()
        let names = environment.keys.filter { secrets[$0] == nil }.sorted()
        context.variables["env"] = SharedValue(
            .object(Value.Object(names.map { ($0, environment[$0].map { .string($0) } ?? .null) })))
        let present = secrets.sorted { $0.key < $1.key }
        context.variables["secrets"] = SharedValue(
            .object(Value.Object(present.map { ($0.key, $0.value.map { .string($0) } ?? .null) })))
        context.variables["config"] = SharedValue(tree)
        return context
    }
}
