internal import Diagnostics

extension ExpressionAnalyzer {
    /// A step of a path, with where it ends and whether `?` follows it.
    struct Step {
        var accessor: JQSyntax.Accessor
        var end: Int
        var isOptional: Bool
    }

    /// Visits a chain of steps behind `.`, a variable or another term.
    mutating func visitPath(_ node: JQSyntax, _ context: Context) {
        var steps: [Step] = []
        var base = node
        var isOptional = false
        walk: while true {
            switch base {
            case .optional(.access(let inner, let accessor, let range), _):
                steps.append(Step(accessor: accessor, end: range.upperBound, isOptional: true))
                base = inner
            case .access(let inner, let accessor, let range):
                steps.append(Step(accessor: accessor, end: range.upperBound, isOptional: isOptional))
                base = inner
            default: break walk
            }
            isOptional = false
        }
        steps.reverse()
        switch base {
        case .identity(let range): usePath(range, steps, context)
        case .variable(let name, let range): useVariable(name, steps: steps, range, context)
        default: visit(base, context)
        }
        for step in steps {
            switch step.accessor {
            case .key, .iterate: break
            case .index(let index): visit(index, context)
            case .slice(let lower, let upper):
                if let lower { visit(lower, context) }
                if let upper { visit(upper, context) }
            }
        }
    }

    /// Records the literal steps behind the root `.`: those before the first `?` must exist, all of them may.
    private mutating func usePath(_ dot: Range<Int>, _ steps: [Step], _ context: Context) {
        guard context.isRoot else { return }
        var elements: [ExpressionAnalysis.RootPath.Element] = []
        var isOptional = context.isLenient
        for (position, step) in steps.enumerated() {
            guard let element = step.accessor.literalElement else { break }
            if step.isOptional, !isOptional {
                if !elements.isEmpty {
                    analysis.rootPaths.append(
                        ExpressionAnalysis.RootPath(
                            elements: elements, range: dot.lowerBound..<steps[position - 1].end, isOptional: false))
                }
                isOptional = true
            }
            elements.append(element)
        }
        let end = elements.isEmpty ? dot.upperBound : steps[elements.count - 1].end
        let range = dot.lowerBound..<end
        if case .key(let name)? = elements.first {
            useRoot(range, context, fields: [name])
        } else {
            useRoot(range, context, fields: nil)
        }
        guard !elements.isEmpty else { return }
        analysis.rootPaths.append(
            ExpressionAnalysis.RootPath(elements: elements, range: range, isOptional: isOptional))
    }

    /// Records a use of the root `.`; `fields` are the members read, nil for the whole.
    mutating func useRoot(_ range: Range<Int>, _ context: Context, fields: [String]?, reader: String? = nil) {
        guard context.isRoot else { return }
        analysis.rootUses.append(range)
        if let fields { analysis.rootFields?.formUnion(fields) } else { analysis.rootFields = nil }
        guard !role.hasDot else { return }
        let text = reader ?? source.slice(range).text
        report(.jqNoDot, range, .noDot(text, readsImplicitly: reader != nil, role), hint: .noDotHint(text, role))
    }

    /// Records a use of a variable and the literal keys behind it.
    mutating func useVariable(_ name: String, steps: [Step], _ range: Range<Int>, _ context: Context) {
        if variables.contains(name) || name == "__loc__" { return }
        guard languageVariables.contains(name) else {
            reportUnknownVariable(name, range)
            return
        }
        var reference = ExpressionAnalysis.Reference(
            variable: name, keys: [], range: range, keyRanges: [], isOptional: context.isLenient)
        for step in steps {
            guard case .key(let key, let keyRange) = step.accessor else { break }
            reference.keys.append(key)
            reference.keyRanges.append(keyRange)
            reference.range = range.lowerBound..<step.end
            if step.isOptional, reference.keys.count <= ExpressionAnalysis.strictDepth(of: name) {
                reference.isOptional = true
            }
        }
        if reference.keys.isEmpty, name == "steps" || name == "needs" {
            report(
                .jqStepName, range, "'$\(name)' wants a literal name behind it",
                hint: name == "steps" ? "write $steps.ID, such as $steps.login.body" : "write $needs.NAME.OUTPUT")
        }
        analysis.references.append(reference)
    }

    private mutating func reportUnknownVariable(_ name: String, _ range: Range<Int>) {
        switch name {
        case "ENV":
            report(.jqForbidden, range, "expressions have no '$ENV'", hint: "write $env.NAME")
        case "__prog_args", "ARGS", "__prog_name":
            report(.jqForbidden, range, "expressions have no '$\(name)'", hint: "read $vars or $env")
        default:
            let known = languageVariables.sorted() + variables
            let near = NearestName.of(name, in: known).map { "did you mean '$\($0)'?" as Diagnostic.Message }
            report(
                .jqUnknownVariable, range, "no variable '$\(name)' here",
                hint: near ?? "a variable of the scenario is written $vars.\(name)")
        }
    }

    /// Warns of an integer that results carry as text, so that no number is equal to it.
    mutating func checkNumber(_ value: Value, _ range: Range<Int>) {
        guard case .number(let number) = value, number >= JSONNumber.exactLimit else { return }
        let text = source.slice(range).text
        guard text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            Int(text).map({ $0 > Int(JSONNumber.exactLimit) }) ?? true
        else { return }
        report(
            .jqInexactNumber, range, "jq does not hold \(text) exactly", severity: .warning,
            hint: "results carry such integers as text: write \"\(text)\"")
    }
}

extension ExpressionAnalysis {
    /// The variables that the scenario language defines.
    public static let languageVariables: Set<String> = [
        "vars", "env", "secrets", "steps", "needs", "case", "item", "index", "attempt", "suite", "config", "baseline",
        "run",
    ]

    /// How many names behind a variable of the language must exist.
    static func strictDepth(of variable: String) -> Int {
        switch variable {
        case "vars", "env", "secrets", "suite": 1
        case "steps", "needs": 2
        default: 0
        }
    }
}

extension JQSyntax.Accessor {
    /// The key or index that is known from the text.
    var literalElement: ExpressionAnalysis.RootPath.Element? {
        switch self {
        case .key(let name, _): .key(name)
        case .index(.literal(.number(let number), _)): Int32(exactly: number).map { .index(Int($0)) }
        default: nil
        }
    }
}

extension Diagnostic.Message {
    fileprivate static func noDot(_ text: String, readsImplicitly: Bool, _ role: Expression.Role) -> Self {
        let place: String =
            switch role {
            case .template: "a template outside 'expect'"
            case .condition: "'if'"
            case .each: "'each'"
            case .output: "'outputs'"
            default: "this place"
            }
        return "'\(text)' reads '.', and \(place) has no result to read"
    }

    fileprivate static func noDotHint(_ text: String, _ role: Expression.Role) -> Self {
        text.hasPrefix(".") && text.count > 1 && !text.hasPrefix("..")
            ? "read an earlier step's result: $steps.ID\(text)" : "begin with $steps.ID, $vars or $case"
    }
}
