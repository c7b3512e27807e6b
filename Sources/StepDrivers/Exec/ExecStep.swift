public import Diagnostics
internal import Expressions
public import ScenarioModel
public import ScenarioSyntax

/// The `exec` step: a program run without a shell, refused unless the command line allows it.
///
/// ```yaml
/// exec: { command: [kubectl, get, pods] }
/// ```
public struct ExecStep: StepKind {
    /// Creates the kind.
    public init() {}

    public var name: String { "exec" }
    public var keys: KeyTable { Self.table }
    public var targetKinds: [TargetKind] { [] }
    public var resultFields: [ResultField] { Self.fields }

    static let fields: [ResultField] = [
        ResultField("exit_status", "The exit status; 128 and the signal's number where a signal ended the program."),
        ResultField("signal", "The number of the signal that ended the program, else null."),
        ResultField("stdout", "What the program wrote to its standard output.", isText: true),
        ResultField("stderr", "What the program wrote to its standard error.", isText: true),
    ]

    static let table = KeyTable(
        name: "exec", summary: "Runs a program, without a shell; only with --allow-exec.",
        keys: [
            Key("command", .list(.text), required: true, "The program and its arguments, one element each."),
            Key("stdin", .text, default: "nothing", "The text that the program reads from its standard input."),
            Key("env", .map(.text), "Variables beside PATH, HOME and LANG, which alone are passed on."),
            Key("cwd", .text, "The folder it runs in, relative to the scenario; left out: where plumb was started."),
        ],
        foreign: [
            "cmd": "command", "run": "command", "args": "command", "input": "stdin", "environment": "env", "dir": "cwd",
        ])

    public func parse(_ node: YAMLNode, _ reader: inout SyntaxReader) -> (any StepRequest)? {
        guard let mapping = MappingReader(node, Self.table, &reader.diagnostics) else { return nil }
        let stdin = mapping["stdin"].map { reader.value($0) }
        let folder = mapping["cwd"].map { reader.value($0) }
        let variables = mapping["env"].flatMap { PairList($0, "env", &reader) }
        for pair in variables?.pairs ?? [] where pair.name.isEmpty || pair.name.contains("=") {
            reader.diagnostics.append(
                Diagnostic(
                    .execVariable, at: pair.nameSpan, "'\(String(pair.name.prefix(60)))' is no name of a variable",
                    hint: "a name is not empty and has no '='"))
        }
        guard let command = mapping["command"] else { return nil }
        guard let elements = command.elements else {
            if let text = command.text(&reader.diagnostics) {
                let words = text.split(separator: " ").joined(separator: ", ")
                reader.diagnostics.append(
                    Diagnostic(
                        .execCommand, at: command.span, "expected a list: no shell takes the command apart",
                        hint: .list(words)))
            }
            return nil
        }
        guard !elements.isEmpty else {
            reader.diagnostics.append(
                Diagnostic(
                    .execCommand, at: command.span, "the command is empty", hint: "write 'command: [PROGRAM, ARGUMENT]'"
                ))
            return nil
        }
        let words = elements.compactMap { element -> ValueTemplate? in
            guard element.text(&reader.diagnostics) != nil else { return nil }
            return reader.value(element)
        }
        guard words.count == elements.count else { return nil }
        return ExecCall(command: words, stdin: stdin, variables: variables, folder: folder, span: node.span)
    }
}

extension Diagnostic.Message {
    fileprivate static func list(_ words: String) -> Self { "write 'command: [\(words)]'" }
}

extension Diagnostic.Code {
    static let execCommand = Diagnostic.Code(
        "exec.command", "'command' is a list: the program, then its arguments. There is no shell to take a text apart.")
    static let execVariable = Diagnostic.Code("exec.variable", "A variable's name is not empty and has no '='.")
    static let execRefused = Diagnostic.Code(
        "exec.refused", "Scenarios run programs only where the command line says --allow-exec.")
    static let execNotFound = Diagnostic.Code(
        "exec.not-found", "The program is in none of the folders of PATH, or is not executable.")

    /// The codes of `exec` steps.
    public static let allExecCodes: [Diagnostic.Code] = [
        execCommand, execVariable, execRefused, execNotFound,
        Diagnostic.Code("exec.timeout", "The program ran longer than the time-out of the attempt, and was killed."),
        Diagnostic.Code("exec.too-large", "The program wrote more than is kept, and was killed."),
        Diagnostic.Code("exec.unreachable", "The program could not be started."),
    ]
}
