internal import GRDBSQLite

/// One statement on its connection's thread: prepared, bound, stepped to its end or its limits, and finalized.
///
/// Whoever makes one is on the connection's thread, and the connection is open until ``run(watchedBy:)`` returns.
@safe struct StatementRun {
    private let connection: OpaquePointer
    private let sql: String
    private let parameters: [SQLiteCell]
    private let limits: SQLiteLimits

    init(_ sql: String, _ parameters: [SQLiteCell], _ limits: SQLiteLimits, on connection: OpaquePointer) {
        unsafe self.connection = unsafe connection
        self.sql = sql
        self.parameters = parameters
        self.limits = limits
    }

    func run(watchedBy guardian: StatementGuard) throws(SQLiteError) -> SQLiteAnswer {
        let statement = unsafe try prepare()
        defer { unsafe sqlite3_finalize(statement) }
        unsafe try bind(to: statement)
        var answer = SQLiteAnswer()
        answer.columns = unsafe columns(of: statement)
        answer.command = CommandTag.of(sql, change: guardian.record.change)
        var bytes = 0
        let changesBefore = unsafe sqlite3_total_changes64(connection)
        reading: while true {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_DONE: break reading
            case SQLITE_ROW:
                guard answer.rows.count < limits.rows else {
                    answer.hasMore = true
                    break reading
                }
                answer.rows.append(
                    unsafe try row(of: statement, answer.columns.count, &bytes, &answer.brokenTexts))
            default: throw lastError()
            }
        }
        if ["INSERT", "UPDATE", "DELETE"].contains(answer.command) {
            let changes = unsafe Int(sqlite3_changes64(connection))
            answer.changes = changes
            answer.changedThroughTriggers =
                changes == 0 && (unsafe sqlite3_total_changes64(connection)) > changesBefore
        }
        return answer
    }

    // MARK: Preparing

    /// Compiles the text, which must be one statement.
    private func prepare() throws(SQLiteError) -> OpaquePointer {
        var text = sql
        guard !text.utf8.contains(0) else {
            throw SQLiteError(.statement, "the statement holds a NUL character", hint: "take it out")
        }
        var failure: SQLiteError?
        let statement = text.withUTF8 { bytes -> OpaquePointer? in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters -> OpaquePointer? in
                guard let start = characters.baseAddress else { return nil }
                let end = unsafe start + characters.count
                guard let (first, rest) = unsafe compile(start, end, &failure) else { return nil }
                guard let first = unsafe first else { return nil }
                if unsafe hasStatement(rest, end) {
                    unsafe sqlite3_finalize(first)
                    failure = SQLiteError(
                        .statement, "there is a second statement behind the first",
                        hint: "write one statement for each step, or list them under 'statements'",
                        offset: unsafe rest - start)
                    return nil
                }
                return unsafe first
            }
        }
        if let failure { throw failure }
        guard let statement = unsafe statement else {
            throw SQLiteError(.statement, "the statement is empty", hint: "write SQL, not comments alone")
        }
        return unsafe statement
    }

    /// Compiles the first statement of a text: it, nil if there is none, and where the rest begins.
    private func compile(
        _ start: UnsafePointer<CChar>, _ end: UnsafePointer<CChar>, _ failure: inout SQLiteError?
    ) -> (statement: OpaquePointer?, rest: UnsafePointer<CChar>)? {
        var statement: OpaquePointer?
        var rest: UnsafePointer<CChar>?
        // The length is given, so that the text needs no NUL behind it.
        let code = unsafe sqlite3_prepare_v3(connection, start, Int32(clamping: end - start), 0, &statement, &rest)
        guard code == SQLITE_OK else {
            failure = lastError()
            return nil
        }
        return unsafe (statement, rest ?? end)
    }

    /// Whether anything but comments and semicolons stands in the text.
    private func hasStatement(_ start: UnsafePointer<CChar>, _ end: UnsafePointer<CChar>) -> Bool {
        var start = unsafe start
        while unsafe start < end {
            var failure: SQLiteError?
            guard let (statement, rest) = unsafe compile(start, end, &failure) else { return true }
            if let statement = unsafe statement {
                unsafe sqlite3_finalize(statement)
                return true
            }
            guard unsafe rest > start else { return false }
            unsafe start = unsafe rest
        }
        return false
    }

    // MARK: Binding

    private func bind(to statement: OpaquePointer) throws(SQLiteError) {
        let count = unsafe sqlite3_bind_parameter_count(statement)
        var used = 0
        for index in stride(from: Int32(1), through: count, by: 1) {
            let number = try unsafe number(ofParameter: index, of: statement)
            guard let number else { continue }
            guard number <= parameters.count else {
                throw SQLiteError(
                    .statement, "the statement reads $\(number), but there are \(parameters.count) params",
                    hint: "give each of $1 to $\(number) a value under 'params'")
            }
            used = max(used, number)
            let code = unsafe bind(parameters[number - 1], at: index, of: statement)
            guard code == SQLITE_OK else { throw lastError() }
        }
        guard used == parameters.count else {
            throw SQLiteError(
                .statement, "there are \(parameters.count) params, but the statement reads only \(used)",
                hint: "take out what is not read")
        }
    }

    /// The number of a parameter that is written `$1`; nil for a number that another one skips.
    private func number(ofParameter index: Int32, of statement: OpaquePointer) throws(SQLiteError) -> Int? {
        guard let name = unsafe sqlite3_bind_parameter_name(statement, index) else {
            throw SQLiteError(.statement, "a parameter is written '?'", hint: "write $1, $2 and so on")
        }
        let text = unsafe String(cString: name)
        if let number = Int(text.dropFirst()), number > 0, text.hasPrefix("$") { return number }
        if text.contains("::") {
            throw SQLiteError(
                .statement, "'\(text)' is no parameter: sqlite knows no casts by '::'",
                hint: "write CAST(\(text.prefix { $0 != ":" }) AS TYPE)")
        }
        throw SQLiteError(.statement, "a parameter is written '\(text)'", hint: "write $1, $2 and so on")
    }

    private func bind(_ cell: SQLiteCell, at index: Int32, of statement: OpaquePointer) -> Int32 {
        // SQLite copies what lies behind this pointer before the call returns.
        let copies = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch cell {
        case .null: return unsafe sqlite3_bind_null(statement, index)
        case .integer(let value): return unsafe sqlite3_bind_int64(statement, index, value)
        case .real(let value): return unsafe sqlite3_bind_double(statement, index, value)
        case .text(var text):
            return text.withUTF8 { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                    // An empty text has no address, and no address would be NULL.
                    guard let start = characters.baseAddress else {
                        return unsafe sqlite3_bind_text64(statement, index, "", 0, copies, UInt8(SQLITE_UTF8))
                    }
                    return unsafe sqlite3_bind_text64(
                        statement, index, start, UInt64(characters.count), copies, UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let bytes):
            guard !bytes.isEmpty else { return unsafe sqlite3_bind_zeroblob(statement, index, 0) }
            return unsafe bytes.withUnsafeBytes { raw in
                unsafe sqlite3_bind_blob64(statement, index, raw.baseAddress, UInt64(raw.count), copies)
            }
        }
    }

    // MARK: Reading

    private func columns(of statement: OpaquePointer) -> [SQLiteColumn] {
        (0..<(unsafe sqlite3_column_count(statement))).map { index in
            let name = unsafe sqlite3_column_name(statement, index).map { unsafe String(cString: $0) }
            let type = unsafe sqlite3_column_decltype(statement, index).map { unsafe String(cString: $0) }
            return SQLiteColumn(name: name ?? "", declaredType: type)
        }
    }

    private func row(
        of statement: OpaquePointer, _ columns: Int, _ bytes: inout Int, _ brokenTexts: inout Int
    ) throws(SQLiteError) -> [SQLiteCell] {
        var cells: [SQLiteCell] = []
        cells.reserveCapacity(columns)
        for index in 0..<Int32(columns) {
            // What a cell takes beside its bytes.
            bytes += 32
            switch unsafe sqlite3_column_type(statement, index) {
            case SQLITE_INTEGER: cells.append(.integer(unsafe sqlite3_column_int64(statement, index)))
            case SQLITE_FLOAT: cells.append(.real(unsafe sqlite3_column_double(statement, index)))
            case SQLITE_TEXT:
                let start = unsafe sqlite3_column_text(statement, index)
                let length = Int(unsafe sqlite3_column_bytes(statement, index))
                try count(length, &bytes)
                let text = unsafe UnsafeBufferPointer(start: start, count: start == nil ? 0 : length)
                if let valid = unsafe String(validating: text, as: UTF8.self) {
                    cells.append(.text(valid))
                } else {
                    brokenTexts += 1
                    cells.append(.text(unsafe String(decoding: text, as: UTF8.self)))
                }
            case SQLITE_BLOB:
                let start = unsafe sqlite3_column_blob(statement, index)
                let length = Int(unsafe sqlite3_column_bytes(statement, index))
                try count(length, &bytes)
                cells.append(
                    .blob(unsafe Array(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : length))))
            default: cells.append(.null)
            }
        }
        try count(0, &bytes)
        return cells
    }

    /// Counts bytes before they are copied.
    private func count(_ length: Int, _ bytes: inout Int) throws(SQLiteError) {
        bytes += length
        guard bytes <= limits.bytes else {
            throw SQLiteError(
                .tooLarge, "the result is larger than \(limits.bytes) bytes",
                hint: "select less, or set 'rows_limit'")
        }
    }

    private func lastError() -> SQLiteError {
        let offset = unsafe Int(sqlite3_error_offset(connection))
        return SQLiteError(
            .engine(unsafe sqlite3_extended_errcode(connection)), unsafe String(cString: sqlite3_errmsg(connection)),
            offset: offset < 0 ? nil : offset)
    }
}
