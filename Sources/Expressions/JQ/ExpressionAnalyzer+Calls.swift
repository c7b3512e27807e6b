internal import Diagnostics

extension ExpressionAnalyzer {
    mutating func visitCall(
        _ name: String, _ arguments: [JQSyntax], _ range: Range<Int>, _ nameRange: Range<Int>, _ context: Context
    ) {
        if functions.contains(where: { $0.name == name && $0.arity == arguments.count }) {
            // A function of the expression may read any of `.`, and its arguments see what it makes of it.
            if context.isRoot { analysis.rootFields = nil }
            for argument in arguments { visit(argument, Context(isRoot: false, isLenient: context.isLenient)) }
            return
        }
        guard let function = JQFunction.named(name, arguments.count) else {
            reportUnknown(name, arguments.count, nameRange)
            for argument in arguments { visit(argument, context.elsewhere) }
            return
        }
        if name == "has", case .literal(.string(let key), _)? = arguments.first {
            useRoot(nameRange, context, fields: [key], reader: name)
        } else if function.readsDot {
            useRoot(nameRange, context, fields: nil, reader: name)
        }
        for (argument, kind) in zip(arguments, function.arguments) {
            switch kind {
            case .same: visit(argument, context)
            case .lenient: visit(argument, context.lenient)
            case .other: visit(argument, context.elsewhere)
            }
        }
    }

    mutating func checkFormat(_ name: String, _ range: Range<Int>) {
        guard !JQFunction.formats.contains(name) else { return }
        let formats = JQFunction.formats.sorted()
        let near = NearestName.of(name, in: formats)
        report(
            .jqUnknownFunction, range, "no format '\(name)'",
            hint: near.map { "did you mean '\($0)'?" } ?? .init("formats are \(formats.joined(separator: " "))"))
    }

    private mutating func reportUnknown(_ name: String, _ arity: Int, _ range: Range<Int>) {
        if let reason = JQFunction.forbidden[name] {
            report(.jqForbidden, range, "expressions have no '\(name)'", hint: .init(reason))
            return
        }
        let arities =
            (JQFunction.overloads(of: name).map(\.arguments.count)
            + functions.filter { $0.name == name }.map(\.arity)).sorted()
        if !arities.isEmpty {
            report(
                .jqUnknownFunction, range, .wrongArity(name, takes: arities, given: arity),
                hint: arities.contains { $0 > 1 }
                    ? "arguments are separated by ';'"
                    : arities == [0] ? "it reads what stands before it: write '… | \(name)'" : nil)
            return
        }
        report(.jqUnknownFunction, range, .unknownFunction(name, arity), hint: hint(forFunction: name, arity))
    }

    private func hint(forFunction name: String, _ arity: Int) -> Diagnostic.Message? {
        if let known = Self.foreignNames[name] { return .init(known) }
        let near = NearestName.of(name, in: JQFunction.names + functions.map(\.name))
        // Short names are near to almost any other, and typing errors seldom strike the first letter.
        if let near, name.count > 3, near.lowercased().first == name.lowercased().first {
            return "did you mean '\(near)'?"
        }
        guard arity == 0 else { return nil }
        if languageVariables.contains(name) { return "the variable is written $\(name)" }
        return role.hasDot
            ? "a member of the result is written .\(name)" : "a variable of the scenario is written $vars.\(name)"
    }

    /// What names of other languages, and of newer jq, are called here.
    private static let foreignNames: [String: String] = [
        "len": "write length", "size": "write length", "count": "write length", "str": "write tostring",
        "string": "write tostring", "int": "write tonumber", "float": "write tonumber", "number": "write tonumber",
        "lower": "write ascii_downcase", "lowercase": "write ascii_downcase", "downcase": "write ascii_downcase",
        "upper": "write ascii_upcase", "uppercase": "write ascii_upcase", "upcase": "write ascii_upcase",
        "sum": "write add", "avg": "write add / length", "mean": "write add / length", "abs": "write fabs",
        "exists": "write has(\"key\")", "defined": "write has(\"key\")", "includes": "write contains(…)",
        "substr": "write .[0:3]", "substring": "write .[0:3]", "regex": "write test(\"…\")",
        "matches": "write test(\"…\")", "trim": "needs jq 1.7; write gsub(\"^\\\\s+|\\\\s+$\"; \"\")",
        "ltrim": "needs jq 1.7; write sub(\"^\\\\s+\"; \"\")", "rtrim": "needs jq 1.7; write sub(\"\\\\s+$\"; \"\")",
        "pick": "needs jq 1.7; write {a, b}", "toarray": "needs jq 1.7; write [.]",
        "ascii": "needs jq 1.7; write [.] | implode", "splits": "write splits(\"…\")", "True": "write true",
        "False": "write false", "TRUE": "write true", "FALSE": "write false", "None": "write null",
        "nil": "write null", "undefined": "write null", "NULL": "write null", "AND": "write and", "OR": "write or",
        "NOT": "write not", "response": "the result is '.': write .status, .body",
        "res": "the result is '.': write .status, .body", "resp": "the result is '.': write .status, .body",
        "result": "the result is '.': write .status, .rows",
    ]
}

extension Diagnostic.Message {
    fileprivate static func unknownFunction(_ name: String, _ arity: Int) -> Self {
        arity == 0 ? "no function '\(name)'" : "no function '\(name)' of \(arguments(arity))"
    }

    fileprivate static func wrongArity(_ name: String, takes arities: [Int], given: Int) -> Self {
        let numbers = arities.map(String.init)
        let listed =
            numbers.count > 1
            ? numbers.dropLast().joined(separator: ", ") + " or " + numbers[numbers.count - 1]
            : numbers.joined()
        return "'\(name)' takes \(listed) argument\(listed == "1" ? "" : "s"), not \(given)"
    }

    private static func arguments(_ count: Int) -> String { count == 1 ? "1 argument" : "\(count) arguments" }
}
