extension JQSyntax {
    /// Calls `body` with each node directly below this one, in the order they are written.
    func forEachChild(_ body: (JQSyntax) -> Void) {
        switch self {
        case .identity, .recurse, .literal, .format, .variable, .breaking: break
        case .interpolation(_, let parts, _):
            for case .value(let inner) in parts { body(inner) }
        case .call(_, let arguments, _, _): arguments.forEach(body)
        case .access(let base, let accessor, _):
            body(base)
            switch accessor {
            case .key, .iterate: break
            case .index(let index): body(index)
            case .slice(let lower, let upper):
                if let lower { body(lower) }
                if let upper { body(upper) }
            }
        case .array(let inner, _):
            if let inner { body(inner) }
        case .object(let members, _):
            for member in members {
                if case .computed(let key) = member.key { body(key) }
                if let value = member.value { body(value) }
            }
        case .negation(let inner, _), .optional(let inner, _), .group(let inner, _), .label(_, let inner, _):
            body(inner)
        case .binary(_, let left, let right, _), .pipe(let left, let right, _), .comma(let left, let right, _):
            body(left)
            body(right)
        case .conditional(let branches, let otherwise, _):
            for branch in branches {
                body(branch.condition)
                body(branch.then)
            }
            if let otherwise { body(otherwise) }
        case .attempt(let inner, let handler, _):
            body(inner)
            if let handler { body(handler) }
        case .reduce(let source, _, let initial, let update, _):
            body(source)
            body(initial)
            body(update)
        case .foreach(let source, _, let initial, let update, let extract, _):
            body(source)
            body(initial)
            body(update)
            if let extract { body(extract) }
        case .binding(let source, _, let inner, _):
            body(source)
            body(inner)
        case .definition(_, _, let inner, let rest, _):
            body(inner)
            body(rest)
        }
    }

    /// Whether one of the functions is called anywhere below.
    func calls(_ names: Set<String>) -> Bool {
        if case .call(let name, _, _, _) = self, names.contains(name) { return true }
        var found = false
        forEachChild { if !found { found = $0.calls(names) } }
        return found
    }

    /// Whether the value can only be what the text says: no function is called and no label is left.
    var isConstant: Bool {
        switch self {
        case .call(let name, _, _, _) where name != "not" && name != "empty": return false
        case .identity, .recurse, .format, .variable, .breaking, .attempt: return false
        default:
            var constant = true
            forEachChild { if constant { constant = $0.isConstant } }
            return constant
        }
    }
}
