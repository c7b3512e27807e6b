internal import Diagnostics
internal import FoundationEssentials
internal import ScenarioModel

/// A file of statements.
struct SQLFile {
    private let text: LocatedText
    /// Where the scenario names it.
    private let place: SourceSpan

    /// The largest file that is read, in bytes.
    static let sizeLimit = 64 << 20

    /// Reads a file; `shown` is its path as people know it.
    static func read(_ path: String, as shown: String, at place: SourceSpan) throws(StepFailure) -> SQLFile {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw StepFailure.refused(
                .sqlFile, "the file '\(shown)' cannot be read", at: place, hint: "look at its permissions")
        }
        guard data.count <= sizeLimit else {
            throw StepFailure.refused(
                .sqlFile, "the file '\(shown)' has \(data.count) bytes, which is too much for a step", at: place,
                hint: "load it by the database's own tools")
        }
        let folder = place.file.path.lastIndex(of: "/").map { place.file.path[...$0] } ?? ""
        return try SQLFile([UInt8](data), path: folder + shown, at: place)
    }

    /// Reads the bytes of a file.
    init(_ bytes: [UInt8], path: String, at place: SourceSpan) throws(StepFailure) {
        var bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw StepFailure.refused(
                .sqlFile, "the file '\(path)' is no UTF-8 text", at: place, hint: "convert it, for instance with iconv")
        }
        let file = SourceFile(path: path, bytes: bytes)
        self.text = LocatedText(verbatim: text, at: SourceSpan(file, 0..<bytes.count))
        self.place = place
    }

    /// Its statements, names filled in.
    func statements(
        _ dialect: SQLDialect, names: [String: String], isInTransaction: Bool
    ) throws(StepFailure) -> [PreparedStatement] {
        if let problem = problems(dialect, names: Set(names.keys), isInTransaction: isInTransaction).first {
            throw StepFailure(problem)
        }
        return SQLStatement.split(text, dialect).map {
            PreparedStatement($0, SentText($0, names: names), mayComeAgain: false)
        }
    }

    /// What is wrong with it, as far as its text tells.
    func problems(_ dialect: SQLDialect, names: Set<String>, isInTransaction: Bool) -> [Diagnostic] {
        if let problem = SQLQuery.template(in: text) { return [problem] }
        let statements = SQLStatement.split(text, dialect)
        guard !statements.isEmpty else { return [Diagnostic(.sqlEmpty, at: place, "the file holds no statement")] }
        return statements.flatMap { Self.problems($0, names, isInTransaction) }
    }

    private static func problems(
        _ statement: SQLStatement, _ names: Set<String>, _ isInTransaction: Bool
    ) -> [Diagnostic] {
        if let (what, range) = statement.unclosed {
            return [
                Diagnostic(
                    .sqlUnclosed, at: statement.text.span(of: range.lowerBound..<(range.lowerBound + 1)),
                    .unclosedInFile(what))
            ]
        }
        var problems: [Diagnostic] = []
        if let parameter = statement.parameters.first {
            problems.append(
                Diagnostic(
                    .sqlParameters, at: statement.text.span(of: parameter.range), "a file has no parameters",
                    hint: "write the statement in the scenario, under 'statements'"))
        }
        for slot in statement.slots where !names.contains(slot.name) {
            problems.append(
                Diagnostic(
                    .sqlIdentifiers, at: statement.text.span(of: slot.range), .noIdentifierInFile(slot.name),
                    hint: NearestName.of(slot.name, in: names.sorted()).map { "did you mean :\"\($0)\"?" }
                        ?? "add it to 'identifiers' of the step"))
        }
        if isInTransaction, let word = statement.transactionWord, !["SAVEPOINT", "RELEASE"].contains(word),
            !statement.words.contains("TO")
        {
            problems.append(
                Diagnostic(
                    .sqlTransaction, at: statement.text.span, .inTransactionOfStep(word),
                    hint: "remove it, or leave out 'transaction' and 'rollback'"))
        }
        return problems
    }
}

extension Diagnostic.Message {
    fileprivate static func unclosedInFile(_ what: String) -> Self { "the \(what) that begins here does not end" }
    fileprivate static func noIdentifierInFile(_ name: String) -> Self {
        "no identifier is called '\(name.prefix(60))'"
    }
    fileprivate static func inTransactionOfStep(_ word: String) -> Self {
        "\(word) stands inside the transaction that the step itself begins and ends"
    }
}
