import Expressions

extension JQSyntax {
    /// The tree with every operator before its operands.
    var shape: String {
        switch self {
        case .identity: "."
        case .recurse: ".."
        case .literal(let value, _): value.json
        case .interpolation(let format, let parts, _):
            (format ?? "") + "\""
                + parts.map(\.shape).joined() + "\""
        case .format(let name, _): name
        case .variable(let name, _): "$" + name
        case .call(let name, let arguments, _, _):
            arguments.isEmpty ? name : "\(name)(\(arguments.map(\.shape).joined(separator: "; ")))"
        case .access(let base, let accessor, _): (base.shape == "." ? "" : base.shape) + accessor.shape(of: base)
        case .array(let inner, _): "[\(inner?.shape ?? "")]"
        case .object(let members, _): "{" + members.map(\.shape).joined(separator: ", ") + "}"
        case .negation(let inner, _): "(neg \(inner.shape))"
        case .binary(let infix, let a, let b, _): "(\(infix.rawValue) \(a.shape) \(b.shape))"
        case .pipe(let a, let b, _): "(| \(a.shape) \(b.shape))"
        case .comma(let a, let b, _): "(, \(a.shape) \(b.shape))"
        case .optional(.access(let base, let accessor, let range), _):
            JQSyntax.access(base, accessor, range).shape + "?"
        case .optional(let inner, _): "(? \(inner.shape))"
        case .conditional(let branches, let otherwise, _):
            "(if \(branches.map { "\($0.condition.shape) \($0.then.shape)" }.joined(separator: " "))"
                + (otherwise.map { " \($0.shape)" } ?? "") + ")"
        case .attempt(let body, let handler, _): "(try \(body.shape)\(handler.map { " \($0.shape)" } ?? ""))"
        case .reduce(let source, _, let initial, let update, _):
            "(reduce \(source.shape) \(initial.shape) \(update.shape))"
        case .foreach(let source, _, let initial, let update, let extract, _):
            "(foreach \(source.shape) \(initial.shape) \(update.shape) \(extract?.shape ?? "."))"
        case .binding(let source, _, let body, _): "(as \(source.shape) \(body.shape))"
        case .definition(let name, _, let body, let rest, _): "(def \(name) \(body.shape) \(rest.shape))"
        case .label(let name, let body, _): "(label \(name) \(body.shape))"
        case .breaking(let name, _): "(break \(name))"
        case .group(let inner, _): inner.shape.hasPrefix("(") ? inner.shape : "(\(inner.shape))"
        }
    }

    /// The nodes directly below, as far as these tests look at them.
    func visitChildren(_ body: (JQSyntax) -> Void) {
        switch self {
        case .binary(_, let a, let b, _), .pipe(let a, let b, _):
            body(a)
            body(b)
        case .group(let inner, _): body(inner)
        case .access(let base, let accessor, _):
            body(base)
            if case .index(let index) = accessor { body(index) }
        case .interpolation(_, let parts, _):
            for case .value(let value) in parts { body(value) }
        case .object(let members, _): for member in members { member.value.map(body) }
        case .call(_, let arguments, _, _): arguments.forEach(body)
        default: break
        }
    }
}

extension JQSyntax.StringPart {
    fileprivate var shape: String {
        switch self {
        case .text(let text): text
        case .value(let value): "\\(\(value.shape))"
        }
    }
}

extension JQSyntax.Accessor {
    fileprivate func shape(of base: JQSyntax) -> String {
        switch self {
        case .key(let name, _): ".\(name)"
        case .index(let index): "[\(index.shape)]"
        case .slice(let from, let to): "[\(from?.shape ?? ""):\(to?.shape ?? "")]"
        case .iterate: base.shape == "." ? ".[]" : "[]"
        }
    }
}

extension JQSyntax.Member {
    fileprivate var shape: String {
        let key: String
        switch self.key {
        case .name(let name, _): key = name
        case .variable(let name, _): key = "$" + name
        case .computed(let computed): key = computed.shape
        }
        return value.map { "\(key): \($0.shape)" } ?? key
    }
}
