internal import Diagnostics
internal import Expressions
internal import FoundationEssentials
internal import Glibc
internal import ScenarioModel
internal import ScenarioSyntax

/// An `exec` step as written and checked.
struct ExecCall: StepRequest {
    var command: [ValueTemplate]
    var stdin: ValueTemplate?
    var variables: PairList?
    var folder: ValueTemplate?
    var span: SourceSpan

    var kind: String { "exec" }
    var timeoutKind: String { "exec" }
    var needsTarget: Bool { false }
    var isIdempotent: Bool { false }
    var resultFields: [ResultField] { ExecStep.fields }
    var codesOfNothingToUndo: [String] { [] }

    var impliedExpectation: ImpliedExpectation? {
        ImpliedExpectation(field: "exit_status", text: "exit_status is 0") { $0 == 0 }
    }

    func plan(target: Target?) -> [String] {
        var lines = ["exec " + command.map { CurlCommand.quoted($0.written) }.joined(separator: " ")]
        lines += (variables?.planLines ?? []).map { "env \($0)" }
        if let folder { lines.append("cwd \(folder.written)") }
        if let stdin {
            lines.append("stdin")
            lines += stdin.written.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
        }
        return lines
    }

    /// The variables that a program gets of Plumb's own: no secret comes along by inheritance.
    private static let inherited = ["PATH", "HOME", "LANG"]

    func prepare(_ scope: any TemplateScope, target: ResolvedTarget?) throws(StepFailure) -> any PreparedStep {
        guard scope.allows("exec") else {
            throw StepFailure.refused(
                .execRefused, "programs are not run without leave", at: span,
                hint: "start plumb with --allow-exec if you trust the scenarios")
        }
        var arguments: [String] = []
        for word in command {
            guard let text = try scope.text(of: word) else {
                throw StepFailure.refused(
                    .templateType, "an argument is null", at: word.span, hint: "give it a default with '//'")
            }
            arguments.append(try Self.checked(text, at: word.span))
        }
        let own = ProcessInfo.processInfo.environment
        var environment = Self.inherited.compactMap { name in own[name].map { "\(name)=\($0)" } }
        for pair in try variables?.evaluate(scope) ?? [] {
            environment.removeAll { $0.hasPrefix(pair.name + "=") }
            if let value = pair.values.last {
                environment.append(try Self.checked("\(pair.name)=\(value)", at: pair.span))
            }
        }
        var path: String?
        if let folder, let name = try scope.text(of: folder) { path = try scope.file(name, at: folder.span) }
        let paths = environment.first { $0.hasPrefix("PATH=") }?.dropFirst(5) ?? "/usr/bin:/bin"
        guard let program = Self.find(arguments[0], in: String(paths)) else {
            throw StepFailure.refused(
                .execNotFound, "no program '\(arguments[0].prefix(80))'", at: command[0].span,
                hint: arguments[0].contains(" ")
                    ? "each argument is an element of its own: there is no shell" : "it is looked for in PATH")
        }
        return PreparedCommand(
            program: program, arguments: arguments, environment: environment, folder: path,
            input: Array((try stdin.flatMap { (text) throws(StepFailure) in try scope.text(of: text) } ?? "").utf8))
    }

    private static func checked(_ text: String, at span: SourceSpan) throws(StepFailure) -> String {
        guard !text.utf8.contains(0) else {
            throw StepFailure.refused(.execCommand, "a NUL cannot be handed to a program", at: span)
        }
        return text
    }

    private static func find(_ name: String, in paths: String) -> String? {
        let candidates =
            name.contains("/")
            ? [name] : paths.split(separator: ":").map { "\($0)/\(name)" }
        return candidates.first { path in
            var status = stat()
            return access(path, X_OK) == 0 && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        }
    }
}

/// A program with its arguments, ready to be run.
struct PreparedCommand: PreparedStep {
    /// The path of the program.
    let program: String
    /// The words of the command, the program's name first.
    let arguments: [String]
    /// Each as `NAME=VALUE`.
    let environment: [String]
    let folder: String?
    let input: [UInt8]

    var summary: String { arguments.map { CurlCommand.quoted($0) }.joined(separator: " ") }
    var isIdempotent: Bool { false }
}
