import Diagnostics

extension Diagnostic.Code {
    static let draftCurl = Diagnostic.Code(
        "new.curl",
        "`plumb new from curl` takes one plain curl command, with options whose meaning a scenario can hold. Pipes, options that "
            + "it does not know and files of cookies are refused, since the request might be another one.")
    static let draftOpenAPI = Diagnostic.Code(
        "new.openapi",
        "`plumb new from openapi` reads OpenAPI 3.0 and 3.1, in one file of YAML or JSON whose references lead somewhere in it."
    )
    static let draftOperation = Diagnostic.Code(
        "new.operation",
        "`--operation` names an operation of the file by its 'operationId', or by method and path where it has none; several "
            + "operations need a folder.")
    static let draftServer = Diagnostic.Code(
        "new.server",
        "The description names no server by a whole URL, and no target is configured: `--base` says where it is.")
    static let draftInput = Diagnostic.Code(
        "new.input", "What is given on standard input has at most 16 MiB.")
    static let draftVariable = Diagnostic.Code(
        "new.missing-variable",
        "The command reads a variable that the environment lacks, so it cannot be sent: set it, or write the scenario with "
            + "`--no-run`.")
    static let draftNoAnswer = Diagnostic.Code(
        "new.no-answer",
        "The request was sent and nothing was answered, so there is nothing to expect: start the service, or write the scenario "
            + "with `--no-run`.")
    static let draftText = Diagnostic.Code(
        "new.not-written", "The request holds what no YAML can. Please report it, with the request.")

    /// The codes of `plumb new`.
    static let allDraftingCodes: [Diagnostic.Code] = [
        .draftCurl, .draftOpenAPI, .draftOperation, .draftServer, .draftInput, .draftVariable, .draftNoAnswer,
        .draftText,
    ]
}
