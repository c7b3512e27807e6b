internal import Dispatch
internal import GRDB
internal import Glibc

/// Opens a database with all that belongs to it; blocks its thread.
enum Opening {
    static func open(
        _ configuration: SQLiteConfiguration, _ guardian: StatementGuard
    ) -> Result<DatabaseQueue, SQLiteError> {
        do {
            for location in [configuration.location] + configuration.attached.map(\.location) {
                try check(location, configuration)
            }
            return .success(try opened(configuration, guardian))
        } catch {
            return .failure(error)
        }
    }

    /// Looks at a file before SQLite does: it would make a missing one, and wait for ever at a pipe.
    private static func check(
        _ location: SQLiteConfiguration.Location, _ configuration: SQLiteConfiguration
    ) throws(SQLiteError) {
        guard case .file(let path) = location else { return }
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
            throw SQLiteError(.missing, "'\(path.prefix(200))' is no absolute path", path: path)
        }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            let code = errno
            if code == ENOENT, configuration.createsFiles, !configuration.isReadOnly {
                return try checkFolder(of: path)
            }
            throw SQLiteError(
                .missing, "cannot open '\(path)': \(unsafe String(cString: strerror(code)))",
                hint: code == ENOENT ? "write the path of a database, or 'create: true' to make one" : nil, path: path)
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFDIR:
            throw SQLiteError(
                .notAFile, "'\(path)' is a directory", hint: "name the database file in it", path: path)
        default: throw SQLiteError(.notAFile, "'\(path)' is no plain file", hint: "name a database file", path: path)
        }
    }

    private static func checkFolder(of path: String) throws(SQLiteError) {
        let folder = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
        var status = stat()
        guard unsafe stat(folder.isEmpty ? "/" : String(folder), &status) != 0 else { return }
        throw SQLiteError(
            .missing, "cannot make '\(path)': its folder is not there", hint: "make the folder first", path: path)
    }

    private static func opened(
        _ configuration: SQLiteConfiguration, _ guardian: StatementGuard
    ) throws(SQLiteError) -> DatabaseQueue {
        var settings = Configuration()
        settings.label = "sqlite"
        settings.readonly = configuration.isReadOnly
        settings.allowsUnsafeTransactions = true
        settings.foreignKeysEnabled = true
        settings.busyMode = .callback { guardian.waits(tries: $0) }
        settings.prepareDatabase { database in
            guard let connection = unsafe database.sqliteConnection else { return }
            // From here on it decides instead of GRDB's own authorizer, which only observes.
            unsafe guardian.install(in: connection, maximumLength: configuration.maximumLength)
            try attach(configuration, to: database)
            for statement in configuration.openingStatements { try database.execute(sql: statement) }
            guardian.watch()
        }
        do {
            return try DatabaseQueue(path: configuration.location.name, configuration: settings)
        } catch {
            throw told(error, configuration)
        }
    }

    private static func attach(_ configuration: SQLiteConfiguration, to database: Database) throws {
        for (schema, location) in configuration.attached {
            do {
                try database.execute(sql: "ATTACH DATABASE ? AS ?", arguments: [location.attachedName, schema])
                // Reads the file: that it is no database shows only now.
                let name = "\"" + schema.replacing("\"", with: "\"\"") + "\""
                _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(name).sqlite_master")
            } catch let error as DatabaseError {
                throw SQLiteError(error, location.path ?? configuration.location.path)
            }
        }
    }

    private static func told(_ error: any Error, _ configuration: SQLiteConfiguration) -> SQLiteError {
        switch error {
        case let error as SQLiteError: error
        case let error as DatabaseError: SQLiteError(error, configuration.location.path)
        default: SQLiteError(.engine(1), "\(error)", path: configuration.location.path)
        }
    }
}

extension SQLiteError {
    fileprivate init(_ error: DatabaseError, _ path: String?) {
        let words = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        self.init(
            .engine(error.extendedResultCode.rawValue), path.map { "cannot open '\($0)': \(words)" } ?? words,
            path: path)
    }
}

extension SQLiteConfiguration.Location {
    /// The file's path; nil for one in memory.
    var path: String? {
        guard case .file(let path) = self else { return nil }
        return path
    }
}
