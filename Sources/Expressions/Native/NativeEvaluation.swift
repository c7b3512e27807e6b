/// One evaluation: walks the nodes, delivers outputs in jq's order, and counts what it delivers.
struct NativeEvaluation {
    let variables: [String: SharedValue]
    private var delivered = 0
    /// Beyond so many outputs of any part the watchdog of jq's evaluation shall have it.
    private static let deliveryLimit = 1_000_000

    /// Takes an output; false asks for no more.
    ///
    /// An object and not a bare closure, because the optimizer would otherwise specialize the recursion of `each` for
    /// every chain of closures, which takes it hours.
    final class Sink {
        let take: (inout NativeEvaluation, Value) throws(NativeStop) -> Bool
        init(_ take: @escaping (inout NativeEvaluation, Value) throws(NativeStop) -> Bool) { self.take = take }
    }

    /// Counts a delivery against the limit.
    mutating func count() throws(NativeStop) {
        delivered += 1
        if delivered >= Self.deliveryLimit { throw .asksJQ }
    }

    init(variables: [String: SharedValue]) {
        self.variables = variables
    }

    // MARK: - At most one output

    /// Evaluates a node that has at most one output; nil is none.
    mutating func single(_ node: NativeNode, _ input: NativePlace) throws(NativeStop) -> Value? {
        switch node {
        case .input: return input.value
        case .literal(let value): return value
        case .path(let path): return try walk(path, input)
        case .pipe(let left, let right):
            guard let value = try single(left, input) else { return nil }
            return try single(right, .value(value))
        case .equality(let left, let right, _), .ordering(_, let left, let right, _),
            .arithmetic(_, let left, let right):
            guard let b = try single(right, input), let a = try single(left, input) else { return nil }
            return try Self.combine(node, a, b)
        case .logic(let left, let right, let isAnd):
            guard let a = try single(left, input) else { return nil }
            if a.isTruthy != isAnd { return .bool(!isAnd) }
            return try single(right, input).map { .bool($0.isTruthy) }
        case .alternative(let left, let right):
            if let a = try single(left, input), a.isTruthy { return a }
            return try single(right, input)
        case .negation(let inner):
            guard let value = try single(inner, input) else { return nil }
            guard case .number(let number) = value else { throw .asksJQ }
            return .number(-number)
        case .collection(let inner): return .array(try outputs(of: inner, input))
        case .object(let members):
            var object = Value.Object()
            for member in members {
                guard let value = try single(member.value, input) else { return nil }
                object[member.key] = value
            }
            return .object(object)
        case .interpolation(let parts):
            var text = ""
            for part in parts {
                guard let value = try single(part, input) else { return nil }
                text += value.tostring
            }
            return .string(text)
        case .conditional(let condition, let then, let otherwise):
            guard let value = try single(condition, input) else { return nil }
            return try single(value.isTruthy ? then : otherwise, input)
        case .function(let function): return try NativeOperation.apply(function, input.value)
        case .search(let search, let argument):
            guard let wanted = try single(argument, input) else { return nil }
            return .bool(try NativeOperation.search(search, input.value, wanted))
        case .has(let key): return .bool(try has(key, input))
        case .select(let condition):
            guard let value = try single(condition, input), value.isTruthy else { return nil }
            return input.value
        case .map(let inner):
            var results: [Value] = []
            for element in try NativeOperation.elements(input.value) {
                if inner.isSingle {
                    if let value = try single(inner, .value(element)) { results.append(value) }
                } else {
                    results += try outputs(of: inner, .value(element))
                }
            }
            return .array(results)
        case .first(let inner):
            var found: Value?
            try each(
                inner, input,
                Sink { (_, value) throws(NativeStop) in
                    found = value
                    return false
                })
            return found
        case .quantifier(let generator, let condition, let isAll):
            return .bool(try quantify(generator, condition, input, isAll: isAll))
        case .empty: return nil
        case .comma:
            // Two outputs are never asked for here, since `isSingle` is false of them.
            throw .asksJQ
        }
    }

    /// What an operator on two values makes of them.
    private static func combine(_ node: NativeNode, _ a: Value, _ b: Value) throws(NativeStop) -> Value {
        switch node {
        case .equality(_, _, let negated): return .bool((a == b) != negated)
        case .ordering(let infix, _, _, let range): return .bool(try NativeOperation.order(infix, a, b, range))
        case .arithmetic(let infix, _, _): return try NativeOperation.compute(infix, a, b)
        default: throw .asksJQ
        }
    }

    // MARK: - Any number of outputs

    /// Delivers every output of a node; false if the sink asked for no more.
    @discardableResult
    mutating func each(_ node: NativeNode, _ input: NativePlace, _ sink: Sink) throws(NativeStop) -> Bool {
        try count()
        if node.isSingle {
            guard let value = try single(node, input) else { return true }
            return try sink.take(&self, value)
        }
        switch node {
        case .comma(let left, let right):
            guard try each(left, input, sink) else { return false }
            return try each(right, input, sink)
        case .pipe(let left, let right):
            return try each(
                left, input,
                Sink { (evaluation, value) throws(NativeStop) in
                    try evaluation.each(right, .value(value), sink)
                })
        case .path(let path): return try walk(path, input, sink)
        case .equality(let left, let right, _), .ordering(_, let left, let right, _),
            .arithmetic(_, let left, let right):
            // The right operand's outputs are the outer loop, as in jq.
            return try each(
                right, input,
                Sink { (evaluation, b) throws(NativeStop) in
                    try evaluation.each(
                        left, input,
                        Sink { (evaluation, a) throws(NativeStop) in
                            try sink.take(&evaluation, try Self.combine(node, a, b))
                        })
                })
        case .logic(let left, let right, let isAnd):
            return try each(
                left, input,
                Sink { (evaluation, a) throws(NativeStop) in
                    if a.isTruthy != isAnd { return try sink.take(&evaluation, .bool(!isAnd)) }
                    return try evaluation.each(
                        right, input,
                        Sink { (evaluation, b) throws(NativeStop) in
                            try sink.take(&evaluation, .bool(b.isTruthy))
                        })
                })
        case .alternative(let left, let right):
            var found = false
            let goesOn = try each(
                left, input,
                Sink { (evaluation, value) throws(NativeStop) in
                    guard value.isTruthy else { return true }
                    found = true
                    return try sink.take(&evaluation, value)
                })
            return found || !goesOn ? goesOn : try each(right, input, sink)
        case .negation(let inner):
            return try each(
                inner, input,
                Sink { (evaluation, value) throws(NativeStop) in
                    guard case .number(let number) = value else { throw .asksJQ }
                    return try sink.take(&evaluation, .number(-number))
                })
        case .conditional(let condition, let then, let otherwise):
            return try each(
                condition, input,
                Sink { (evaluation, value) throws(NativeStop) in
                    try evaluation.each(value.isTruthy ? then : otherwise, input, sink)
                })
        case .search(let search, let argument):
            return try each(
                argument, input,
                Sink { (evaluation, wanted) throws(NativeStop) in
                    try sink.take(&evaluation, .bool(try NativeOperation.search(search, input.value, wanted)))
                })
        case .select(let condition):
            return try each(
                condition, input,
                Sink { (evaluation, value) throws(NativeStop) in
                    guard value.isTruthy else { return true }
                    return try sink.take(&evaluation, input.value)
                })
        case .object(let members): return try product(members[...], Value.Object(), input, sink)
        case .input, .literal, .collection, .interpolation, .function, .has, .map, .first, .quantifier, .empty:
            throw .asksJQ
        }
    }

    /// Delivers an object for each combination of the members' outputs: the first member in the outer loop.
    private mutating func product(
        _ members: ArraySlice<NativeNode.Member>, _ object: Value.Object, _ input: NativePlace, _ sink: Sink
    ) throws(NativeStop) -> Bool {
        guard let member = members.first else { return try sink.take(&self, .object(object)) }
        return try each(
            member.value, input,
            Sink { (evaluation, value) throws(NativeStop) in
                var object = object
                object[member.key] = value
                return try evaluation.product(members.dropFirst(), object, input, sink)
            })
    }

    private mutating func outputs(of node: NativeNode, _ input: NativePlace) throws(NativeStop) -> [Value] {
        var values: [Value] = []
        try each(
            node, input,
            Sink { (_, value) throws(NativeStop) in
                values.append(value)
                return true
            })
        return values
    }

    private mutating func quantify(
        _ generator: NativeNode, _ condition: NativeNode, _ input: NativePlace, isAll: Bool
    ) throws(NativeStop) -> Bool {
        var result = isAll
        try each(
            generator, input,
            Sink { (evaluation, element) throws(NativeStop) in
                // jq asks the generator once more before it breaks out, and an error there counts.
                guard result == isAll else { return false }
                var outputs = 0
                try evaluation.each(
                    condition, .value(element),
                    Sink { (_, value) throws(NativeStop) in
                        result = value.isTruthy
                        outputs += 1
                        return true
                    })
                // With another number of outputs jq's loop takes turns that are not modelled.
                guard outputs == 1 else { throw .asksJQ }
                return true
            })
        return result
    }
}
