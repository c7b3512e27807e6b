extension JQSyntax {
    /// The value that jq 1.6 computes while it compiles, as far as that decides whether it compiles at all.
    ///
    /// It folds operators on literals (`constant_fold` in `parser.y`), and knows empty arrays and constant objects.
    var foldedConstant: Value? {
        switch self {
        case .literal(let value, _): value
        case .group(let inner, _): inner.foldedConstant
        case .array(nil, _): .array([])
        case .object(let members, _): Self.constantObject(members)
        case .binary(let infix, let left, let right, _):
            left.foldedConstant.flatMap { a in right.foldedConstant.flatMap { Self.fold(infix, a, $0) } }
        default: nil
        }
    }

    private static func constantObject(_ members: [Member]) -> Value? {
        var object = Value.Object()
        for member in members {
            guard case .name(let name, _) = member.key, let value = member.value?.foldedConstant else { return nil }
            object[name] = value
        }
        return .object(object)
    }

    private static func fold(_ infix: Operator, _ a: Value, _ b: Value) -> Value? {
        if infix == .plus, a.isNull || b.isNull { return a.isNull ? b : a }
        if infix == .plus, let a = a.string, let b = b.string { return .string(a + b) }
        guard let a = a.number, let b = b.number else { return nil }
        switch infix {
        case .plus: return .number(a + b)
        case .minus: return .number(a - b)
        case .times: return .number(a * b)
        case .divide: return .number(a / b)
        case .equal: return .bool(a == b)
        case .notEqual: return .bool(a != b)
        case .less: return .bool(a < b)
        case .lessOrEqual: return .bool(a <= b)
        case .greater: return .bool(a > b)
        case .greaterOrEqual: return .bool(a >= b)
        default: return nil
        }
    }
}
