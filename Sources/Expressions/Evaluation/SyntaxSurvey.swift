/// One walk over an expression's tree, to learn what its evaluation needs beside the analysis.
///
/// It follows the scopes of jq: which variables are local, and whether `.` is still the root, or what a
/// pipe makes of it (then `prefix` is the jq text of that pipe).
struct SyntaxSurvey {
    private let source: ExpressionSource
    /// Variables that the program around the expression has to define.
    private(set) var freeVariables: Set<String> = []
    /// Every call, local functions included.
    private(set) var calls: [Call] = []
    /// The `<`, `<=`, `>`, `>=` of the expression.
    private(set) var orderings: [Range<Int>] = []
    private(set) var hosts: [HostCall] = []
    /// Host functions that stand where their input is not known beforehand.
    private(set) var misplaced: [Call] = []
    /// Changes to the text that do not come from the analysis.
    private(set) var edits: [ExpressionSource.Edit]

    struct Call: Sendable {
        var name: String
        var arity: Int
        var range: Range<Int>
    }

    private struct Scope {
        /// The jq text that `.` is the output of: empty at the root, nil where it is not known.
        var prefix: String? = ""
        var variables: Set<String> = []
        var functions: Set<String> = []

        var elsewhere: Scope {
            var scope = self
            scope.prefix = nil
            return scope
        }
    }

    /// Surveys a tree; the edits are those that the analysis asks for.
    init(_ syntax: JQSyntax, source: ExpressionSource, edits: [ExpressionSource.Edit]) {
        self.source = source
        self.edits = edits
        walk(syntax, Scope())
    }

    private mutating func walk(_ node: JQSyntax, _ scope: Scope) {
        switch node {
        case .identity, .recurse, .literal, .format, .breaking: break
        case .variable(let name, let range): use(name, range, scope)
        case .interpolation(_, let parts, _):
            for case .value(let part) in parts { walk(part, scope) }
        case .call(let name, let arguments, let range, _): call(name, arguments, range, node, scope)
        case .access(let base, let accessor, _): access(base, accessor, scope)
        case .array(let body, _): if let body { walk(body, scope) }
        case .object(let members, _): for member in members { walk(member, scope) }
        case .negation(let body, _), .optional(let body, _), .group(let body, _): walk(body, scope)
        case .label(_, let body, _): walk(body, scope)
        case .binary(let symbol, let left, let right, let range):
            if [.less, .lessOrEqual, .greater, .greaterOrEqual].contains(symbol) { orderings.append(range) }
            walk(left, scope)
            walk(right, symbol == .update ? scope.elsewhere : scope)
        case .pipe: pipe(node, scope)
        case .comma(let left, let right, _):
            walk(left, scope)
            walk(right, scope)
        case .conditional(let branches, let otherwise, _):
            for branch in branches {
                walk(branch.condition, scope)
                walk(branch.then, scope)
            }
            if let otherwise { walk(otherwise, scope) }
        case .attempt(let body, let handler, _):
            walk(body, scope)
            if let handler { walk(handler, scope.elsewhere) }
        case .reduce, .foreach, .binding, .definition: walkScoped(node, scope)
        }
    }

    private mutating func walkScoped(_ node: JQSyntax, _ scope: Scope) {
        switch node {
        case .reduce(let body, let patterns, let initial, let update, _):
            walk(body, scope)
            walk(initial, scope)
            walk(update, bind(patterns, scope).elsewhere)
        case .foreach(let body, let patterns, let initial, let update, let extract, _):
            walk(body, scope)
            walk(initial, scope)
            let inner = bind(patterns, scope).elsewhere
            walk(update, inner)
            if let extract { walk(extract, inner) }
        case .binding(let value, let patterns, let body, _):
            walk(value, scope)
            walk(body, bind(patterns, scope))
        case .definition(let name, let parameters, let body, let rest, _):
            var inner = scope.elsewhere
            inner.functions.insert("\(name)/\(parameters.count)")
            for parameter in parameters {
                let plain = parameter.hasPrefix("$") ? String(parameter.dropFirst()) : parameter
                if parameter.hasPrefix("$") { inner.variables.insert(plain) }
                inner.functions.insert("\(plain)/0")
            }
            walk(body, inner)
            var outer = scope
            outer.functions.insert("\(name)/\(parameters.count)")
            walk(rest, outer)
        default: break
        }
    }

    private mutating func access(_ base: JQSyntax, _ accessor: JQSyntax.Accessor, _ scope: Scope) {
        walk(base, scope)
        switch accessor {
        case .key, .iterate: break
        case .index(let index): walk(index, scope)
        case .slice(let from, let to):
            if let from { walk(from, scope) }
            if let to { walk(to, scope) }
        }
    }

    private mutating func walk(_ member: JQSyntax.Member, _ scope: Scope) {
        switch member.key {
        case .name: break
        case .variable(let name, let range): use(name, range, scope, asMember: true)
        case .computed(let key): walk(key, scope)
        }
        if let value = member.value { walk(value, scope) }
    }

    private mutating func use(_ name: String, _ range: Range<Int>, _ scope: Scope, asMember: Bool = false) {
        if name == "__loc__" {
            // The program's own lines mean nothing to the author.
            let place = #"{"file":"<top-level>","line":\#(source.line(at: range.lowerBound))}"#
            edits.append(.init(range: range, text: asMember ? #""__loc__":\#(place)"# : "(\(place))"))
        } else if !scope.variables.contains(name) {
            freeVariables.insert(name)
        }
    }

    private mutating func bind(_ patterns: [JQSyntax.Pattern], _ scope: Scope) -> Scope {
        var inner = scope
        for pattern in patterns { bind(pattern, scope, &inner.variables) }
        return inner
    }

    private mutating func bind(_ pattern: JQSyntax.Pattern, _ scope: Scope, _ names: inout Set<String>) {
        switch pattern {
        case .variable(let name, _): names.insert(name)
        case .array(let elements, _): for element in elements { bind(element, scope, &names) }
        case .object(let members, _):
            for member in members {
                switch member.key {
                case .name: break
                case .variable(let name, _): names.insert(name)
                case .computed(let key): walk(key, scope.elsewhere)
                }
                if let inner = member.pattern { bind(inner, scope, &names) }
            }
        }
    }
}

// MARK: Host functions

extension SyntaxSurvey {
    /// Walks the stages of a pipe, each with the text of those before it.
    private mutating func pipe(_ node: JQSyntax, _ scope: Scope) {
        var stages: [JQSyntax] = []
        var rest = node
        while case .pipe(let first, let next, _) = rest {
            stages.append(first)
            rest = next
        }
        stages.append(rest)
        let start = node.range.lowerBound
        var inner = scope
        for (position, stage) in stages.enumerated() {
            if position > 0 {
                guard source.mayCallHost else {
                    walk(stage, scope.elsewhere)
                    continue
                }
                let before = start..<stages[position - 1].range.upperBound
                let reaches = freeVariables(in: stages[..<position]).isDisjoint(with: scope.variables)
                inner.prefix = reaches ? scope.prefix.map { join($0, source.render(before, edits)) } : nil
                if let call = hostCall(stage, scope), inner.prefix != nil {
                    // The whole pipe up to here is replaced, so it may yield any number of inputs.
                    prepare(call, inner, replacing: start..<stage.range.upperBound, single: scope.prefix != "")
                    continue
                }
            }
            walk(stage, inner)
        }
    }

    private mutating func call(
        _ name: String, _ arguments: [JQSyntax], _ range: Range<Int>, _ node: JQSyntax, _ scope: Scope
    ) {
        calls.append(Call(name: name, arity: arguments.count, range: range))
        if let call = hostCall(node, scope) {
            guard scope.prefix != nil else {
                misplaced.append(Call(name: name, arity: arguments.count, range: range))
                return
            }
            return prepare(call, scope, replacing: range, single: scope.prefix != "")
        }
        let known =
            scope.functions.contains("\(name)/\(arguments.count)") ? nil : JQFunction.named(name, arguments.count)
        for (position, argument) in arguments.enumerated() {
            let keepsDot = known.map { $0.arguments[position] != .other } ?? false
            walk(argument, keepsDot ? scope : scope.elsewhere)
        }
    }

    private typealias FoundCall = (function: HostFunction, arguments: [JQSyntax], range: Range<Int>)

    private func hostCall(_ node: JQSyntax, _ scope: Scope) -> FoundCall? {
        switch node {
        case .group(let inner, _): return hostCall(inner, scope)
        case .call(let name, let arguments, let range, _):
            guard let function = HostFunction(name: name, arity: arguments.count),
                !scope.functions.contains("\(name)/\(arguments.count)")
            else { return nil }
            return (function, arguments, range)
        default: return nil
        }
    }

    private mutating func prepare(_ call: FoundCall, _ scope: Scope, replacing range: Range<Int>, single: Bool) {
        let prefix = scope.prefix ?? ""
        guard freeVariables(in: call.arguments[...]).isDisjoint(with: scope.variables) else {
            misplaced.append(Call(name: call.function.rawValue, arity: call.arguments.count, range: call.range))
            return
        }
        for argument in call.arguments { walk(argument, scope) }
        let literals = call.arguments.compactMap { if case .literal(let value, _) = $0 { value } else { nil } }
        let isKnown = !call.function.readsInput && prefix.isEmpty && literals.count == call.arguments.count
        let input = call.function.readsInput ? "." : "null"
        let parts = [input] + call.arguments.map { "(\(source.render($0.range, edits)))" }
        hosts.append(
            HostCall(
                function: call.function, range: call.range,
                preparation: isKnown ? nil : join(prefix, "[\(parts.joined(separator: ","))]"),
                arguments: literals, wantsOneInput: single))
        edits.append(.init(range: range, text: source.guarded(hosts.count - 1)))
    }

    private func join(_ prefix: String, _ text: String) -> String {
        prefix.isEmpty ? text : "(\(prefix)\n)|(\(text)\n)"
    }

    private func freeVariables(in nodes: ArraySlice<JQSyntax>) -> Set<String> {
        nodes.reduce(into: []) { names, node in
            names.formUnion(SyntaxSurvey(node, source: source, edits: []).freeVariables)
        }
    }
}
