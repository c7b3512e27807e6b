internal import CLibPQ

/// One answer of the server to what was sent.
@safe struct PQAnswer: ~Copyable {
    /// What the answer is.
    enum Kind: Equatable {
        /// One row of several.
        case row
        /// The end of a statement's rows, or of a statement without rows.
        case done
        case empty
        case copyIn, copyOut, copyBoth
        case failed
    }

    private let result: OpaquePointer

    @unsafe init(_ result: OpaquePointer) { unsafe self.result = unsafe result }

    deinit { unsafe PQclear(result) }

    var kind: Kind {
        switch unsafe PQresultStatus(result) {
        case PGRES_SINGLE_TUPLE: .row
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK: .done
        case PGRES_EMPTY_QUERY: .empty
        case PGRES_COPY_IN: .copyIn
        case PGRES_COPY_OUT: .copyOut
        case PGRES_COPY_BOTH: .copyBoth
        default: .failed
        }
    }

    /// Whether the statement has rows, if only none of them.
    var hasRows: Bool {
        let status = unsafe PQresultStatus(result)
        return status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE
    }

    /// How many bytes it takes in memory.
    ///
    /// The corresponding C function is `PQresultMemorySize`.
    var byteCount: Int { unsafe PQresultMemorySize(result) }

    /// The tag of what was done: `INSERT 0 3`.
    ///
    /// The corresponding C function is `PQcmdStatus`.
    var tag: String { unsafe String(cString: PQcmdStatus(result)) }

    var columns: [PostgresColumn] {
        (0..<(unsafe PQnfields(result))).map { index in
            PostgresColumn(
                name: unsafe PQfname(result, index).map { unsafe String(cString: $0) } ?? "",
                type: unsafe PQftype(result, index), modifier: unsafe PQfmod(result, index))
        }
    }

    /// The types of a described statement's parameters.
    var parameterTypes: [UInt32] {
        (0..<(unsafe PQnparams(result))).map { unsafe PQparamtype(result, $0) }
    }

    var row: PostgresRow { unsafe PostgresRow(result) }

    /// What the server says of a failure; the message is libpq's own where the server said nothing.
    var complaint: ServerComplaint {
        ServerComplaint(
            sqlstate: field(lpq_sqlstate),
            message: field(lpq_message) ?? words,
            severity: field(lpq_severity), detail: field(lpq_detail), hint: field(lpq_hint),
            position: field(lpq_position).flatMap(Int.init), internalQuery: field(lpq_internal_query),
            context: field(lpq_context), schema: field(lpq_schema), table: field(lpq_table),
            column: field(lpq_column), type: field(lpq_type), constraint: field(lpq_constraint))
    }

    private var words: String { unsafe String(cString: PQresultErrorMessage(result)) }

    /// The corresponding C function is `PQresultErrorField`.
    private func field(_ code: Int) -> String? {
        unsafe PQresultErrorField(result, Int32(code)).map { unsafe String(cString: $0) }
    }
}

/// Keeps what the server says beside its answers, up to a limit.
final class NoticeList {
    private static let limit = 20
    private var notices: [PostgresNotice] = []
    /// Whether the server has said that it ends the connection, which libpq takes for one more notice while nothing is
    /// under way.
    private(set) var hasFarewell = false

    @unsafe fileprivate func add(_ result: OpaquePointer) {
        func field(_ code: Int) -> String? {
            unsafe PQresultErrorField(result, Int32(code)).map { unsafe String(cString: $0) }
        }
        let severity = field(lpq_severity) ?? "NOTICE"
        if severity == "FATAL" || severity == "PANIC" { hasFarewell = true }
        guard notices.count < Self.limit else { return }
        notices.append(
            PostgresNotice(
                severity: severity, sqlstate: field(lpq_sqlstate) ?? "",
                message: String((field(lpq_message) ?? "").prefix(1000))))
    }

    func take() -> [PostgresNotice] {
        defer { notices = [] }
        return notices
    }
}

/// Called by libpq for each notice, inside of its own functions.
let postgresSaid: PQnoticeReceiver = { owner, result in
    guard let owner = unsafe owner, let result = unsafe result else { return }
    unsafe Unmanaged<NoticeList>.fromOpaque(owner).takeUnretainedValue().add(result)
}
