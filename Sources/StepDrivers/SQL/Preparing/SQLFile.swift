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
        var bytes = [UInt8](data)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw StepFailure.refused(
                .sqlFile, "the file '\(shown)' is no UTF-8 text", at: place, hint: "convert it, for instance with iconv"
            )
        }
        let folder = place.file.path.lastIndex(of: "/").map { place.file.path[...$0] } ?? ""
        let file = SourceFile(path: folder + shown, bytes: bytes)
        return SQLFile(text: LocatedText(verbatim: text, at: SourceSpan(file, 0..<bytes.count)), place: place)
    }

    /// Its statements, names filled in.
    func statements(
        _ dialect: SQLDialect, names: [String: String], isInTransaction: Bool
    ) throws(StepFailure) -> [PreparedStatement] {
        let statements = SQLStatement.split(text, dialect)
        guard !statements.isEmpty else {
            throw StepFailure.refused(.sqlEmpty, "the file holds no statement", at: place)
        }
        for statement in statements { try check(statement, names, isInTransaction) }
        return statements.map {
            PreparedStatement($0, SentText($0, names: names), mayComeAgain: false)
        }
    }

    private func check(
        _ statement: SQLStatement, _ names: [String: String], _ isInTransaction: Bool
    ) throws(StepFailure) {
        if let (what, range) = statement.unclosed {
            throw StepFailure.refused(
                .sqlUnclosed, "the \(what) that begins here does not end",
                at: statement.text.span(of: range.lowerBound..<(range.lowerBound + 1)))
        }
        if let parameter = statement.parameters.first {
            throw StepFailure.refused(
                .sqlParameters, "a file has no parameters", at: statement.text.span(of: parameter.range),
                hint: "write the statement in the scenario, under 'statements'")
        }
        if let slot = statement.slots.first(where: { names[$0.name] == nil }) {
            throw StepFailure.refused(
                .sqlIdentifiers, "no identifier is called '\(slot.name.prefix(60))'",
                at: statement.text.span(of: slot.range),
                hint: "add it to 'identifiers' of the step")
        }
        if isInTransaction, let word = statement.transactionWord, !["SAVEPOINT", "RELEASE"].contains(word),
            !statement.words.contains("TO")
        {
            throw StepFailure.refused(
                .sqlTransaction, "\(word) stands inside the transaction that the step itself begins and ends",
                at: statement.text.span, hint: "remove it, or leave out 'transaction' and 'rollback'")
        }
    }
}
