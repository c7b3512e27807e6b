public import Expressions

extension Sequence where Element == SuiteNode {
    /// `$suite` of a chain of nodes, outermost first: maps merge by key, and the inner node wins.
    public var suiteData: Value.Object {
        reduce(into: Value.Object()) { merged, node in merged = node.data.merged(over: merged) }
    }
}

extension Value.Object {
    /// The members of both, those of the other first; objects merge by key, and anything else is replaced.
    func merged(over below: Value.Object) -> Value.Object {
        var merged = below
        for (key, value) in self {
            if case .object(let inner) = value, case .object(let outer)? = merged[key] {
                merged[key] = .object(inner.merged(over: outer))
            } else {
                merged[key] = value
            }
        }
        return merged
    }
}
