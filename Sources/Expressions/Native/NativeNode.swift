/// A part of an expression that is evaluated without libjq.
indirect enum NativeNode: Sendable {
    /// `.`
    case input
    case literal(Value)
    /// Steps behind `.` or a variable.
    case path(NativePath)
    case pipe(NativeNode, NativeNode)
    case comma(NativeNode, NativeNode)
    /// `==` and `!=`; `negated` is the latter.
    case equality(NativeNode, NativeNode, negated: Bool)
    case ordering(JQSyntax.Operator, NativeNode, NativeNode, Range<Int>)
    case logic(NativeNode, NativeNode, isAnd: Bool)
    case alternative(NativeNode, NativeNode)
    case arithmetic(JQSyntax.Operator, NativeNode, NativeNode)
    case negation(NativeNode)
    /// `[f]`
    case collection(NativeNode)
    case object([Member])
    /// `"a \(f)"`; each part yields at most one output.
    case interpolation([NativeNode])
    case conditional(NativeNode, then: NativeNode, otherwise: NativeNode)
    /// A function of its input alone.
    case function(NativeFunction)
    /// `startswith(f)` and its kin.
    case search(NativeSearch, NativeNode)
    case has(String)
    case select(NativeNode)
    case map(NativeNode)
    case first(NativeNode)
    /// `any(g; f)`, `all(g; f)`
    case quantifier(NativeNode, NativeNode, isAll: Bool)
    case empty

    struct Member: Sendable {
        var key: String
        var value: NativeNode
    }

    /// Whether there is at most one output, whatever the input, so that no closure is needed to deliver it.
    var isSingle: Bool {
        switch self {
        case .input, .literal, .function, .has, .collection, .map, .first, .quantifier, .empty, .interpolation: true
        case .path(let path): path.isSingle
        case .pipe(let a, let b), .equality(let a, let b, _), .ordering(_, let a, let b, _), .logic(let a, let b, _),
            .alternative(let a, let b), .arithmetic(_, let a, let b):
            a.isSingle && b.isSingle
        case .comma: false
        case .negation(let a), .search(_, let a), .select(let a): a.isSingle
        case .object(let members): members.allSatisfy(\.value.isSingle)
        case .conditional(let condition, let then, let otherwise):
            condition.isSingle && then.isSingle && otherwise.isSingle
        }
    }
}

/// Steps behind `.` or a variable, `.body.items[0]`.
struct NativePath: Sendable {
    /// The variable's name; nil for `.`.
    var variable: String?
    var steps: [Step]
    /// How many steps from the root must exist.
    var strictCount: Int
    /// Where the strict steps stand.
    var range: Range<Int>
    /// The strict steps' reference, if the root is a variable.
    var reference: ExpressionAnalysis.Reference?

    struct Step: Sendable {
        var kind: Kind
        /// Whether `?` follows, so that a wrong type gives nothing instead of an error.
        var isOptional: Bool

        enum Kind: Sendable {
            case key(String)
            case index(Int)
            case iterate
        }
    }

    var isSingle: Bool {
        steps.allSatisfy { step in if case .iterate = step.kind { false } else { true } }
    }

    /// The strict steps as the analysis names them.
    var strictElements: [ExpressionAnalysis.RootPath.Element] {
        steps.prefix(strictCount).compactMap { step in
            switch step.kind {
            case .key(let key): .key(key)
            case .index(let index): .index(index)
            case .iterate: nil
            }
        }
    }
}

/// A function of its input alone.
enum NativeFunction: String, Sendable {
    case length, keys, type, tostring, tojson, tonumber, not, first, last, floor, add, sort, unique, min, max, reverse
    case downcase = "ascii_downcase"
    case upcase = "ascii_upcase"
}

/// A function that looks for its argument in its input.
enum NativeSearch: String, Sendable {
    case startswith, endswith, contains
}
