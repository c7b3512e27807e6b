public import Diagnostics
internal import ScenarioModel

extension Diagnostic.Code {
    static let sqlForm = Diagnostic.Code(
        "sql.form", "An 'sql' step has one of 'query', 'statements' and 'file'; other keys belong to some of them only."
    )
    static let sqlTemplate = Diagnostic.Code(
        "sql.template",
        "No template stands in SQL, since what it yields could become code. Values are bound: $1 in the query, and the "
            + "template under 'params'. A name that is not known before is written :\"name\", with the template under "
            + "'identifiers'.")
    static let sqlEmpty = Diagnostic.Code("sql.empty", "A query holds a statement, not only blanks and comments.")
    static let sqlSeveral = Diagnostic.Code(
        "sql.several", "A query is one statement, since each has a result and values of its own.")
    static let sqlUnclosed = Diagnostic.Code(
        "sql.unclosed", "A string, a quoted name, a dollar quote or a comment does not end, or a NUL stands in the SQL."
    )
    static let sqlParameters = Diagnostic.Code(
        "sql.parameters",
        "The values of 'params' and the $1, $2, … of the statement belong together, one to one and without a gap.")
    static let sqlIdentifiers = Diagnostic.Code(
        "sql.identifiers",
        "Each :\"name\" in the SQL has a name under 'identifiers', and each of those is read. A name is not empty and "
            + "has no NUL.")
    static let sqlTransaction = Diagnostic.Code(
        "sql.transaction",
        "A transaction is of one connection. It is written as 'transaction' with 'statements', or begun and ended by "
            + "steps of one 'session'.")
    static let sqlDialect = Diagnostic.Code(
        "sql.dialect", "The step says nothing for the kind of database that its target is.")
    static let sqlSession = Diagnostic.Code(
        "sql.session", "A session's name is a name: letters, digits, '_' and '-'.")
    static let sqlFile = Diagnostic.Code("sql.file", "A file of statements could not be read, or not be taken apart.")
    static let sqlSetting = Diagnostic.Code(
        "sql.setting", "A setting of a step or of its target has a value that it cannot have.")

    /// The codes of `sql` steps, with those of what can happen on the way to the database and back.
    public static let allSQLCodes: [Diagnostic.Code] =
        [
            sqlForm, sqlTemplate, sqlEmpty, sqlSeveral, sqlUnclosed, sqlParameters, sqlIdentifiers, sqlTransaction,
            sqlDialect, sqlSession, sqlFile, sqlSetting,
        ] + errorCodes(of: "sql")
}
