/// What a connection is asked to do.
public struct PostgresRequest: Sendable {
    enum Form {
        case script
        case single(prepared: Bool)
    }

    var text: String
    var parameters: [String?]
    var form: Form
    /// The most bytes that one row may have, as libpq holds it: as a whole, before anybody can look at it.
    public var rowByteLimit = 256 << 20

    /// One statement with the texts of its parameters, nil for NULL; the server finds their types.
    ///
    /// A statement that is prepared stays so on its connection, until others push it out.
    public static func statement(_ text: String, _ parameters: [String?] = [], isPrepared: Bool = false) -> Self {
        PostgresRequest(text: text, parameters: parameters, form: .single(prepared: isPrepared))
    }

    /// Any number of statements, done in order in one transaction unless they have their own.
    public static func script(_ text: String) -> Self { PostgresRequest(text: text, parameters: [], form: .script) }
}

/// What receives the rows of a request.
public protocol PostgresReceiver: AnyObject {
    /// Takes the columns of a statement, before its first row; not called where a statement returns no rows.
    func begin(_ columns: [PostgresColumn])
    /// Takes a row and says whether more are wanted.
    func take(_ row: borrowing PostgresRow) -> RowDemand
    /// Takes the end of a statement, with the server's tag: `INSERT 0 3`.
    func end(_ tag: String)
}

/// What a receiver wants after a row.
public enum RowDemand: Sendable {
    case more
    /// The rest is read and thrown away, so that the statement does all it would have done.
    case discard
    /// The statement is cancelled, for a reason that becomes the error's message.
    case stop(String)
}
