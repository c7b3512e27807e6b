internal import CLibPQ
internal import Glibc

/// One libpq connection, non-blocking.
///
/// It lives on the loop's thread; libpq is told of every byte there.
@safe final class PQHandle {
    /// What libpq waits for while it connects.
    enum Poll { case reading, writing, ready, failed }
    /// How much of what was sent has left.
    enum Flush { case done, pending, failed }
    /// What the server last said of the transaction.
    enum Transaction { case idle, active, open, failed, unknown }
    /// How far connecting has come.
    enum Stage { case connecting, securing, starting, ready }

    private let connection: OpaquePointer
    private let notices = NoticeList()

    /// Begins to connect; nil when the process is out of memory.
    ///
    /// The corresponding C function is `PQconnectStartParams`.
    init?(_ keywords: [(String, String)]) {
        let started = unsafe Self.withStrings(keywords.map(\.0)) { names in
            unsafe Self.withStrings(keywords.map(\.1)) { values in unsafe PQconnectStartParams(names, values, 0) }
        }
        guard let started = unsafe started else { return nil }
        unsafe connection = started
        // The texts of connecting are all that libpq tells of a refusal: with their SQLSTATE they can be told apart.
        unsafe PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        unsafe PQsetNoticeReceiver(connection, postgresSaid, Unmanaged.passUnretained(notices).toOpaque())
        unsafe PQsetnonblocking(connection, 1)
    }

    /// The corresponding C function is `PQfinish`.
    deinit { unsafe PQfinish(connection) }

    /// Goes on connecting.
    ///
    /// The corresponding C function is `PQconnectPoll`.
    func poll() -> Poll {
        switch unsafe PQconnectPoll(connection) {
        case PGRES_POLLING_OK: .ready
        case PGRES_POLLING_READING: .reading
        case PGRES_POLLING_WRITING: .writing
        default: .failed
        }
    }

    /// Whether nothing more can be asked: the connection broke, or the server has said that it ends it.
    var isBad: Bool { unsafe PQstatus(connection) == CONNECTION_BAD || notices.hasFarewell }
    var stage: Stage {
        switch unsafe PQstatus(connection) {
        case CONNECTION_OK: .ready
        case CONNECTION_SSL_STARTUP: .securing
        case CONNECTION_AWAITING_RESPONSE, CONNECTION_AUTH_OK, CONNECTION_CHECK_WRITABLE, CONNECTION_CONSUME,
            CONNECTION_CHECK_TARGET, CONNECTION_CHECK_STANDBY:
            .starting
        default: .connecting
        }
    }
    /// The socket, which changes while libpq connects; below 0 when there is none.
    var socket: Int32 { unsafe PQsocket(connection) }
    /// What libpq last complained of; may hold what the user wrote, passwords included.
    var complaint: String { unsafe String(cString: PQerrorMessage(connection)) }
    var backend: Int32 { unsafe PQbackendPID(connection) }
    var isEncrypted: Bool { unsafe PQsslInUse(connection) != 0 }
    var transaction: Transaction {
        switch unsafe PQtransactionStatus(connection) {
        case PQTRANS_IDLE: .idle
        case PQTRANS_ACTIVE: .active
        case PQTRANS_INTRANS: .open
        case PQTRANS_INERROR: .failed
        default: .unknown
        }
    }

    /// What the server reports of a setting, such as `server_version`.
    ///
    /// The corresponding C function is `PQparameterStatus`.
    func setting(_ name: String) -> String? {
        unsafe PQparameterStatus(connection, name).map { unsafe String(cString: $0) }
    }

    func takeNotices() -> [PostgresNotice] { notices.take() }

    /// A request that ends what the server does for this connection; nil when there is none.
    func makeCancel() -> PQCancelRequest? { unsafe PQgetCancel(connection).map { unsafe PQCancelRequest($0) } }
}

// MARK: - Sending

extension PQHandle {
    /// Sends statements by the simple protocol.
    ///
    /// The corresponding C function is `PQsendQuery`.
    func send(script: String) -> Bool { unsafe PQsendQuery(connection, script) == 1 }

    /// Sends one statement with its parameters, all as text.
    ///
    /// The corresponding C function is `PQsendQueryParams`.
    func send(_ text: String, _ parameters: ParameterTexts) -> Bool {
        unsafe parameters.withPointers { count, values in
            unsafe PQsendQueryParams(connection, text, count, nil, values, nil, nil, 0) == 1
        }
    }

    /// The corresponding C function is `PQsendPrepare`.
    func prepare(_ text: String, as name: String) -> Bool {
        unsafe PQsendPrepare(connection, name, text, 0, nil) == 1
    }

    /// The corresponding C function is `PQsendDescribePrepared`.
    func describe(prepared name: String) -> Bool { unsafe PQsendDescribePrepared(connection, name) == 1 }

    /// The corresponding C function is `PQsendQueryPrepared`.
    func send(prepared name: String, _ parameters: ParameterTexts) -> Bool {
        unsafe parameters.withPointers { count, values in
            unsafe PQsendQueryPrepared(connection, name, count, values, nil, nil, 0) == 1
        }
    }

    /// Has the rows of what was just sent come one by one, so that they need not fit into memory.
    ///
    /// The corresponding C function is `PQsetSingleRowMode`.
    func takeRowsSingly() { unsafe PQsetSingleRowMode(connection) }

    /// The corresponding C function is `PQflush`.
    func flush() -> Flush {
        switch unsafe PQflush(connection) {
        case 0: .done
        case 1: .pending
        default: .failed
        }
    }

    /// Ends a COPY from the client before its first row.
    ///
    /// The corresponding C function is `PQputCopyEnd`.
    func refuseCopyIn(_ reason: String) { unsafe PQputCopyEnd(connection, reason) }
}

// MARK: - Receiving

extension PQHandle {
    /// Reads what has arrived; false when the connection is broken.
    ///
    /// The corresponding C function is `PQconsumeInput`.
    func consume() -> Bool {
        let isFine = unsafe PQconsumeInput(connection) == 1
        // Nobody listens here; a notification that is kept would be kept for ever.
        while let notification = unsafe PQnotifies(connection) { unsafe PQfreemem(notification) }
        return isFine
    }

    /// Whether the next answer has not arrived in full.
    ///
    /// The corresponding C function is `PQisBusy`.
    var isBusy: Bool { unsafe PQisBusy(connection) != 0 }

    /// The next answer to what was sent; nil when all were taken.
    ///
    /// The corresponding C function is `PQgetResult`.
    func nextAnswer() -> PQAnswer? {
        guard let result = unsafe PQgetResult(connection) else { return nil }
        return unsafe PQAnswer(result)
    }

    /// Throws away what has arrived of a COPY to the client; false once it has ended.
    ///
    /// The corresponding C function is `PQgetCopyData`.
    func discardCopyOut() -> Bool {
        while true {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = unsafe PQgetCopyData(connection, &buffer, 1)
            guard length > 0 else { return length == 0 }
            unsafe PQfreemem(buffer)
        }
    }

    /// How many bytes wait in the socket.
    var waitingByteCount: Int {
        var count: Int32 = 0
        guard unsafe ioctl(socket, UInt(FIONREAD), &count) == 0 else { return 0 }
        return Int(count)
    }

    /// Whether the socket holds nothing: neither bytes nor its end.
    var isSilent: Bool {
        var byte: UInt8 = 0
        return unsafe recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) < 0
            && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
    }
}

extension PQHandle {
    /// Lends an array of C strings, ended by a null pointer.
    private static func withStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = unsafe strings.map { unsafe UnsafePointer(strdup($0)) } + [nil]
        defer { for index in unsafe copies.indices { unsafe free(UnsafeMutableRawPointer(mutating: copies[index])) } }
        return unsafe copies.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("the closing null pointer is always there") }
            return unsafe body(base)
        }
    }
}
