/// What the server says of a failure, field by field.
public struct ServerComplaint: Sendable, Hashable {
    /// The five letters of the error's class; nil where libpq itself complains.
    public var sqlstate: String?
    public var message: String
    /// `ERROR`, `FATAL` or `PANIC`, in English whatever the server's language.
    public var severity: String?
    public var detail: String?
    public var hint: String?
    /// Where in the statement, in characters from 1.
    public var position: Int?
    /// The statement of a function that failed inside.
    public var internalQuery: String?
    /// The functions around it.
    public var context: String?
    public var schema: String?
    public var table: String?
    public var column: String?
    public var type: String?
    public var constraint: String?

    /// Creates a complaint.
    public init(
        sqlstate: String? = nil, message: String, severity: String? = nil, detail: String? = nil, hint: String? = nil,
        position: Int? = nil, internalQuery: String? = nil, context: String? = nil, schema: String? = nil,
        table: String? = nil, column: String? = nil, type: String? = nil, constraint: String? = nil
    ) {
        self.sqlstate = sqlstate
        self.message = message
        self.severity = severity
        self.detail = detail
        self.hint = hint
        self.position = position
        self.internalQuery = internalQuery
        self.context = context
        self.schema = schema
        self.table = table
        self.column = column
        self.type = type
        self.constraint = constraint
    }
}

/// What the server says beside its answers.
public struct PostgresNotice: Sendable, Hashable {
    public var severity: String
    public var sqlstate: String
    /// At most 1,000 characters.
    public var message: String
}

/// Why there is no connection, or no complete answer.
public struct PostgresError: Error, Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case dns
        case refused
        case unreachable
        case connectTimeout = "connect_timeout"
        case tls
        case auth
        case reset
        case `protocol`
        case timeout
        case tooLarge = "too_large"
        /// The server understood, and said no.
        case rejected
        /// The request itself is not sendable; nothing was sent.
        case invalidRequest = "invalid_request"
        /// The task was cancelled.
        case cancelled
    }

    /// How far it came.
    public enum Phase: String, Sendable, Hashable, CaseIterable {
        case dns, connect, tls, request
    }

    public var kind: Kind
    /// One sentence: lower case, no full stop, without a password.
    public var message: String
    /// What the reader could do about it.
    public var hint: String?
    public var phase: Phase
    /// What the server said, where it said something.
    public var complaint: ServerComplaint?
    /// Whether the server may have done what it was asked for.
    public var mayHaveHappened: Bool

    /// Creates an error.
    public init(
        _ kind: Kind, _ message: String, hint: String? = nil, phase: Phase = .request,
        complaint: ServerComplaint? = nil, mayHaveHappened: Bool = false
    ) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.phase = phase
        self.complaint = complaint
        self.mayHaveHappened = mayHaveHappened
    }
}
