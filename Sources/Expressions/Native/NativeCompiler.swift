/// Translates an expression to native nodes; a part that needs jq makes the whole nil.
struct NativeCompiler {
    private let requiresPaths: Bool
    /// How many steps must exist, by the offset of their `.` or `$`.
    private var strictPaths: [Int: ExpressionAnalysis.RootPath] = [:]
    private var references: [Int: ExpressionAnalysis.Reference] = [:]
    private var depth = 0
    /// Deeper trees are rare, and evaluating them natively would need as deep a stack.
    private static let depthLimit = 64

    init(_ expression: Expression) {
        requiresPaths = expression.role.requiresPaths
        for path in expression.analysis.rootPaths where !path.isOptional { strictPaths[path.range.lowerBound] = path }
        for reference in expression.analysis.references { references[reference.range.lowerBound] = reference }
    }

    mutating func compile(_ node: JQSyntax) -> NativeNode? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { return nil }
        switch node {
        case .identity: return .input
        case .literal(let value, _): return .literal(value)
        case .group(let inner, _): return compile(inner)
        case .variable, .access, .optional(.access, _): return compilePath(node)
        case .pipe(let left, let right, _): return both(left, right) { .pipe($0, $1) }
        case .comma(let left, let right, _): return both(left, right) { .comma($0, $1) }
        case .negation(let inner, _): return compile(inner).map { .negation($0) }
        case .array(nil, _): return .literal([])
        case .array(let inner?, _): return compile(inner).map { .collection($0) }
        case .object(let members, _): return compileObject(members)
        case .interpolation(nil, let parts, _): return compileInterpolation(parts)
        case .binary(let infix, let left, let right, let range): return compileBinary(infix, left, right, range)
        case .conditional(let branches, let otherwise?, _): return compileConditional(branches[...], otherwise)
        case .call(let name, let arguments, _, _): return compileCall(name, arguments)
        case .recurse, .interpolation, .format, .optional, .conditional, .attempt, .reduce, .foreach, .binding,
            .definition, .label, .breaking:
            return nil
        }
    }

    private mutating func both(
        _ left: JQSyntax, _ right: JQSyntax, _ combine: (NativeNode, NativeNode) -> NativeNode
    ) -> NativeNode? {
        guard let left = compile(left), let right = compile(right) else { return nil }
        return combine(left, right)
    }

    private mutating func compileBinary(
        _ infix: JQSyntax.Operator, _ left: JQSyntax, _ right: JQSyntax, _ range: Range<Int>
    ) -> NativeNode? {
        switch infix {
        case .equal, .notEqual: both(left, right) { .equality($0, $1, negated: infix == .notEqual) }
        case .less, .lessOrEqual, .greater, .greaterOrEqual: both(left, right) { .ordering(infix, $0, $1, range) }
        case .and, .or: both(left, right) { .logic($0, $1, isAnd: infix == .and) }
        case .alternative: both(left, right) { .alternative($0, $1) }
        case .plus, .minus, .times, .divide, .modulo: both(left, right) { .arithmetic(infix, $0, $1) }
        default: nil
        }
    }

    private mutating func compileConditional(
        _ branches: ArraySlice<JQSyntax.Branch>, _ otherwise: JQSyntax
    ) -> NativeNode? {
        guard let branch = branches.first else { return compile(otherwise) }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit, let condition = compile(branch.condition), let then = compile(branch.then),
            let rest = compileConditional(branches.dropFirst(), otherwise)
        else { return nil }
        return .conditional(condition, then: then, otherwise: rest)
    }

    private mutating func compileObject(_ members: [JQSyntax.Member]) -> NativeNode? {
        var compiled: [NativeNode.Member] = []
        for member in members {
            switch (member.key, member.value) {
            case (.name(let name, _), let value?):
                guard let value = compile(value) else { return nil }
                compiled.append(NativeNode.Member(key: name, value: value))
            case (.name(let name, let range), nil):
                let path = path(nil, [NativePath.Step(kind: .key(name), isOptional: false)], at: range)
                compiled.append(NativeNode.Member(key: name, value: .path(path)))
            case (.variable(let name, let range), nil):
                guard references[range.lowerBound] != nil else { return nil }
                compiled.append(NativeNode.Member(key: name, value: .path(path(name, [], at: range))))
            default: return nil
            }
        }
        return .object(compiled)
    }

    private mutating func compileInterpolation(_ parts: [JQSyntax.StringPart]) -> NativeNode? {
        var compiled: [NativeNode] = []
        for part in parts {
            switch part {
            case .text(let text): compiled.append(.literal(.string(text)))
            case .value(let inner):
                guard let node = compile(inner), node.isSingle else { return nil }
                compiled.append(node)
            }
        }
        return .interpolation(compiled)
    }

    private mutating func compileCall(_ name: String, _ arguments: [JQSyntax]) -> NativeNode? {
        // A definition of the expression would have made the whole nil, so the name is the library's.
        switch (name, arguments.count) {
        case ("empty", 0): return .empty
        case ("any", 0), ("all", 0):
            return .quantifier(.path(Self.elements), .input, isAll: name == "all")
        case ("any", 1), ("all", 1):
            return compile(arguments[0]).map { .quantifier(.path(Self.elements), $0, isAll: name == "all") }
        case ("any", 2), ("all", 2):
            return both(arguments[0], arguments[1]) { .quantifier($0, $1, isAll: name == "all") }
        case ("select", 1): return compile(arguments[0]).map { .select($0) }
        case ("map", 1): return compile(arguments[0]).map { .map($0) }
        case ("first", 1): return compile(arguments[0]).map { .first($0) }
        case ("has", 1):
            guard case .literal(.string(let key), _) = arguments[0] else { return nil }
            return .has(key)
        case (_, 0): return NativeFunction(rawValue: name).map { .function($0) }
        case (_, 1):
            guard let search = NativeSearch(rawValue: name) else { return nil }
            return compile(arguments[0]).map { .search(search, $0) }
        default: return nil
        }
    }

    private static let elements = NativePath(
        variable: nil, steps: [NativePath.Step(kind: .iterate, isOptional: false)], strictCount: 0, range: 0..<0)

    // MARK: - Paths

    /// Compiles steps behind `.`, a variable, or another term.
    private mutating func compilePath(_ node: JQSyntax) -> NativeNode? {
        var steps: [NativePath.Step] = []
        var base = node
        while true {
            let isOptional: Bool
            let access: JQSyntax
            if case .optional(let inner, _) = base {
                isOptional = true
                access = inner
            } else {
                isOptional = false
                access = base
            }
            guard case .access(let inner, let accessor, _) = access else { break }
            guard let kind = Self.kind(of: accessor) else { return nil }
            steps.append(NativePath.Step(kind: kind, isOptional: isOptional))
            base = inner
        }
        steps.reverse()
        switch base {
        case .identity(let range): return .path(path(nil, steps, at: range))
        case .variable(let name, let range):
            // Other variables are those of `as`, and `$__loc__`.
            guard references[range.lowerBound]?.variable == name else { return nil }
            return .path(path(name, steps, at: range))
        default:
            // `(f).a` is `f | .a`: the key is known, so it makes no difference which is evaluated first.
            guard case .optional = base else {
                return compile(base).map { .pipe($0, .path(Self.unrooted(steps))) }
            }
            return nil
        }
    }

    private static func unrooted(_ steps: [NativePath.Step]) -> NativePath {
        NativePath(variable: nil, steps: steps, strictCount: 0, range: 0..<0)
    }

    private static func kind(of accessor: JQSyntax.Accessor) -> NativePath.Step.Kind? {
        switch accessor {
        case .key(let name, _): .key(name)
        case .iterate: .iterate
        case .index(.literal(.number(let number), _)): Int32(exactly: number).map { .index(Int($0)) }
        case .index(.negation(.literal(.number(let number), _), _)): Int32(exactly: -number).map { .index(Int($0)) }
        case .index, .slice: nil
        }
    }

    private func path(_ variable: String?, _ steps: [NativePath.Step], at range: Range<Int>) -> NativePath {
        var path = NativePath(variable: variable, steps: steps, strictCount: 0, range: range)
        if let variable {
            guard let reference = references[range.lowerBound], !reference.isOptional else { return path }
            path.strictCount = min(reference.keys.count, ExpressionAnalysis.strictDepth(of: variable))
            path.reference = reference
            path.range = reference.range
        } else if requiresPaths, let strict = strictPaths[range.lowerBound] {
            path.strictCount = strict.elements.count
            path.range = strict.range
        }
        return path
    }
}
