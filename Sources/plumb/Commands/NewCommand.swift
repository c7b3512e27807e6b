import ArgumentParser
import Diagnostics
import Glibc
import HTTPTransport
import Reporting
import ScenarioCompiler

/// `plumb new`: writes scenarios from what is there already.
struct NewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Writes scenarios from a curl command or an OpenAPI file.",
        usage: """
            plumb new from curl 'curl …' [--output <path>] [--no-run]
            plumb new from openapi <file> [--output <folder>] [--operation <id>] … [--base <url>] [--no-run]
            """,
        discussion: """
            The request is sent once, twice where that changes nothing (GET, HEAD, OPTIONS), and what was answered \
            becomes what is expected: status, content type, the form of a JSON body, and its values as far as they \
            seem to stay. From an OpenAPI file only GET and HEAD are sent. A credential is never written down: the \
            scenario reads it from the environment, or from the secrets that plumb.yaml declares.

            In the place of the command or file, '-' is standard input.

            Exit status: 0, 2 where the input is wrong or a file is there already, 3 where nothing answered.
            """)

    @Option(help: .init("The scenario's file, or the folder of several; else standard output.", valueName: "path"))
    var output: String?

    @Flag(help: "Sends nothing, so that only what is known beforehand is expected.")
    var noRun = false

    @Option(help: .init("Only this operation of an OpenAPI file. May be repeated.", valueName: "id"))
    var operation: [String] = []

    @Option(help: .init("Where the service of an OpenAPI file is, instead of its first server.", valueName: "url"))
    var base: String?

    @OptionGroup var project: ProjectOptions

    @Argument(help: .init("'from', then 'curl' or 'openapi', then the command or file.", valueName: "from"))
    var words: [String]

    func validate() throws {
        guard words.count == 3, words[0] == "from", ["curl", "openapi"].contains(words[1]) else {
            throw ValidationError(
                words.count > 3 && words.starts(with: ["from", "curl"])
                    ? "the curl command is one word: put it in single quotes"
                    : "write: plumb new from curl 'curl …', or: plumb new from openapi FILE")
        }
        if words[1] == "curl", !operation.isEmpty || base != nil {
            throw ValidationError("--operation and --base are for 'plumb new from openapi'")
        }
        if let base, !base.hasPrefix("http://"), !base.hasPrefix("https://") {
            throw ValidationError("--base takes an http or https URL, not '\(base)'")
        }
    }

    mutating func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let surroundings = ScenarioDraft.Surroundings(project.request, near: output)
        let status = words[1] == "curl" ? fromCurl(surroundings) : fromOpenAPI(surroundings)
        Streams.leave(status)
    }

    private func source() -> [UInt8]? { FormatCommand.input(limit: 16 << 20) }

    // MARK: curl

    private func fromCurl(_ surroundings: ScenarioDraft.Surroundings) -> ExitCode {
        var command = words[2]
        if command == "-" {
            guard let bytes = source() else { return refuse(.draftInput, "standard input is larger than 16 MiB") }
            command = String(decoding: bytes, as: UTF8.self)
        }
        let request: DraftRequest
        do throws(ShellWords.Problem) {
            request = try CurlWords.request(command, environment: Streams.environment) { name in
                try? DiskFiles().read(FilePath.absolute(name, in: Streams.workingFolder), limit: 1 << 20)
            }
        } catch {
            return refuse(.draftCurl, error.message, hint: error.hint)
        }
        if let output, let problem = Self.problem(of: output) { return tell(problem) }
        var draft = ScenarioDraft(
            request: request, notes: [], description: "\(request.method) \(Self.place(request.url)) answers as it did.")
        if noRun {
            draft.notes = ["Written by `plumb new from curl`, without an answer: say what must be true of it."]
        } else {
            let missing = request.names.filter { $0.value == nil }.map(\.name)
            guard missing.isEmpty else {
                return refuse(
                    .draftVariable, "the environment has no \(missing.joined(separator: ", "))",
                    hint: "export it, or use --no-run to send nothing")
            }
            do throws(LiveAnswer.Problem) {
                let answers = try LiveAnswer.answers(to: request)
                draft.expectation = AnswerShape.expectation(of: answers, secrets: request.names.compactMap(\.value))
                draft.notes = [
                    "Written by `plumb new from curl` from what was answered then: keep what has to stay true."
                ]
            } catch {
                return refuse(
                    .draftNoAnswer, mask(request, error.message),
                    hint: error.hint ?? "is the service there? --no-run writes the scenario without an answer",
                    status: ExitCode(3))
            }
        }
        return write([(draft, output)], surroundings)
    }

    // MARK: OpenAPI

    private func fromOpenAPI(_ surroundings: ScenarioDraft.Surroundings) -> ExitCode {
        do throws(OpenAPIDocument.Problem) {
            let document: OpenAPIDocument
            if words[2] == "-" {
                guard let bytes = source() else { return refuse(.draftInput, "standard input is larger than 16 MiB") }
                document = try OpenAPIDocument(SourceFile(path: "<stdin>", bytes: bytes))
            } else {
                document = try OpenAPIDocument.load(words[2])
            }
            return try write(document, surroundings)
        } catch {
            Project.report(error.diagnostics, nil, project.color)
            return refuse(.draftOpenAPI, error.message, hint: error.hint)
        }
    }

    private func write(
        _ document: OpenAPIDocument, _ surroundings: ScenarioDraft.Surroundings
    ) throws(OpenAPIDocument.Problem) -> ExitCode {
        let entries = try OpenAPIOperation.entries(of: document)
        var chosen = entries
        if !operation.isEmpty {
            for name in operation where !entries.contains(where: { $0.name == name }) {
                let near = NearestName.of(name, in: entries.map(\.name)).map { "did you mean '\($0)'?" }
                let known = entries.prefix(12).map(\.name).joined(separator: ", ")
                return refuse(.draftOperation, "there is no operation '\(name)'", hint: near ?? "there are: \(known)")
            }
            chosen = entries.filter { operation.contains($0.name) }
        }
        guard !chosen.isEmpty else {
            return refuse(.draftOpenAPI, "the file describes no operation", hint: "name the file that has the paths")
        }
        if chosen.count > 1, output == nil {
            return refuse(
                .draftOperation, "the file describes \(chosen.count) operations",
                hint: "name a folder for them with --output, or one of them with --operation")
        }
        var base = base ?? document.server
        while let text = base, text.hasSuffix("/") { base = String(text.dropLast()) }
        if let text = base, !text.hasPrefix("http://"), !text.hasPrefix("https://") { base = nil }
        guard base != nil || !surroundings.targets.isEmpty else {
            return refuse(
                .draftServer, "the file names no server by a whole URL",
                hint: "say where it is: --base http://127.0.0.1:8080")
        }
        var drafts: [(ScenarioDraft, String?)] = []
        var names: Set<String> = []
        var isReachable = base != nil && !noRun
        for entry in chosen {
            let operation = try OpenAPIOperation(
                entry, of: document, base: base ?? "", environment: Streams.environment)
            var path: String?
            if let output {
                path =
                    chosen.count > 1 || DiskFiles().isFolder(output)
                    ? FilePath.join(output, Self.unique(entry.name, &names) + ".yaml") : output
            }
            if let path, let problem = Self.problem(of: path) { return tell(problem) }
            drafts.append((draft(operation, &isReachable), path))
        }
        return write(drafts, surroundings)
    }

    private func draft(_ operation: OpenAPIOperation, _ isReachable: inout Bool) -> ScenarioDraft {
        let method = operation.request.method
        let isNamed = !operation.name.contains(" ")
        var notes = [
            "Written by `plumb new from openapi`: \(isNamed ? "\(method) \(operation.name)" : operation.name)."
        ]
        if !operation.invented.isEmpty {
            notes.append(
                "Made up, since the description gives no example: \(operation.invented.joined(separator: ", ")).")
        }
        var draft = ScenarioDraft(
            request: operation.request, notes: [], description: Self.oneLine(operation.summary), tags: operation.tags,
            expectation: operation.expectation)
        let isAskable = ["GET", "HEAD"].contains(operation.request.method) && operation.invented.isEmpty
        if isReachable, isAskable, !operation.request.names.contains(where: { $0.value == nil }) {
            do throws(LiveAnswer.Problem) {
                let answers = try LiveAnswer.answers(to: operation.request)
                if answers.first?.status == operation.status {
                    let live = AnswerShape.expectation(
                        of: answers, secrets: operation.request.names.compactMap(\.value))
                    draft.expectation = DraftTree.merged(operation.expectation, live)
                    notes.append("Values are those that were answered then: keep what has to stay true.")
                } else if let status = answers.first?.status {
                    notes.append("It answered with status \(status), not as described, when this was written.")
                }
            } catch {
                isReachable = false
                Streams.err("note: nothing is asked: \(mask(operation.request, error.message))\n")
            }
        }
        draft.notes = notes
        return draft
    }

    // MARK: Writing

    private func write(
        _ drafts: [(draft: ScenarioDraft, path: String?)], _ surroundings: ScenarioDraft.Surroundings
    ) -> ExitCode {
        var names: [String] = []
        for (draft, path) in drafts {
            var draft = draft
            let own = draft.request.names.map(\.name)
            if !own.isEmpty {
                let undeclared = own.filter { !surroundings.secrets.contains($0) }
                draft.notes.append("Reads from the environment: \(own.joined(separator: ", ")).")
                if !undeclared.isEmpty {
                    draft.notes.append(
                        "Under `secrets: [\(undeclared.joined(separator: ", "))]` in plumb.yaml, and as $secrets.NAME here, they are masked."
                    )
                }
            }
            for name in own where !names.contains(name) { names.append(name) }
            guard let text = draft.text(in: surroundings) else {
                return refuse(
                    .draftText,
                    "the scenario of \(draft.request.method) \(draft.request.url.shown) cannot be written as YAML")
            }
            guard let path else {
                Streams.out(text)
                continue
            }
            do throws(ReplacedFile.Problem) {
                let absolute = FilePath.absolute(path, in: Streams.workingFolder)
                try ReplacedFile.makeFolder(FilePath.parent(absolute))
                try ReplacedFile.create(absolute, text)
                Streams.out("wrote \(FilePath.shown(absolute, from: Streams.workingFolder))\n")
            } catch {
                return tell(error.diagnostic)
            }
        }
        if !names.isEmpty {
            Streams.err(
                "note: credentials are not written down; the scenario reads them from the environment: \(names.joined(separator: ", "))\n"
            )
        }
        // A credential that the curl command held is not in the environment of the next command either.
        let unset = names.filter { getenv($0) == nil }.map { "\($0)=… " }.joined()
        if let output { Streams.out("\nnext: \(unset)plumb run \(output)\n") }
        return .success
    }

    private func refuse(
        _ code: Diagnostic.Code, _ message: String, hint: String? = nil, status: ExitCode = .nothingRan
    ) -> ExitCode {
        tell(Diagnostic(code, at: nil, .init(message), hint: hint.map { .init($0) }), status)
    }

    private func tell(_ problem: Diagnostic, _ status: ExitCode = .nothingRan) -> ExitCode {
        Project.report([problem], nil, project.color)
        return status
    }

    /// What is said of a request, without the credentials in it.
    private func mask(_ request: DraftRequest, _ text: String) -> String {
        request.names.compactMap(\.value).filter { $0.utf8.count >= 4 }.reduce(text) { $0.replacing($1, with: "***") }
    }

    private static func problem(of output: String) -> Diagnostic? {
        guard access(FilePath.absolute(output, in: Streams.workingFolder), F_OK) == 0 else { return nil }
        return Diagnostic(
            .filePresent, at: nil, "'\(output)' is there already",
            hint: "nothing was written; name another with --output, or remove it first")
    }

    /// The host and path of a URL.
    private static func place(_ url: DraftText) -> String {
        let text = url.shown.prefix { $0 != "?" }
        guard let scheme = text.firstRange(of: "://") else { return String(text) }
        return String(text[scheme.upperBound...])
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// A file's name for an operation: `get /users/{id}` → `get_users_id`.
    private static func unique(_ name: String, _ names: inout Set<String>) -> String {
        let words = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-")) }
        let stem = words.isEmpty ? "operation" : words.joined(separator: "_")
        var candidate = String(stem.prefix(100))
        var number = 2
        while !names.insert(candidate.lowercased()).inserted {
            candidate = "\(stem.prefix(100))_\(number)"
            number += 1
        }
        return candidate
    }
}
