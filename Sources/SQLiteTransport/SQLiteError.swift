/// Why a statement has no answer, or a database could not be opened.
public struct SQLiteError: Error, Sendable, Hashable {
    public var cause: Cause
    /// One sentence: lower case, no full stop; for an engine's error its own words.
    public var message: String
    /// What the reader could do about it.
    public var hint: String?
    /// Bytes from the start of the statement to where the error is.
    public var offset: Int?
    /// The file that it is about.
    public var path: String?

    public enum Cause: Sendable, Hashable {
        /// SQLite said no, with its extended result code.
        case engine(Int32)
        /// The deadline came first; the statement was interrupted.
        case deadline
        /// The task was cancelled; the statement was interrupted.
        case cancelled
        /// The statement cannot be run as it is written; nothing was done.
        case statement
        /// It would reach what the target does not declare.
        case forbidden
        /// The result is larger than the bound, in bytes.
        case tooLarge
        /// There is no such file.
        case missing
        /// There is something, but no file that could be a database.
        case notAFile
    }

    public init(
        _ cause: Cause, _ message: String, hint: String? = nil, offset: Int? = nil, path: String? = nil
    ) {
        self.cause = cause
        self.message = message
        self.hint = hint
        self.offset = offset
        self.path = path
    }

    /// The primary result code, where SQLite gave one: the low byte of the extended one.
    public var primaryCode: Int32? {
        guard case .engine(let code) = cause else { return nil }
        return code & 0xFF
    }
}
