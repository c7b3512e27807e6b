/// What a connection opens, and how it behaves.
public struct SQLiteConfiguration: Sendable {
    /// Where a database is.
    public enum Location: Sendable, Hashable {
        /// The absolute path of a file.
        case file(String)
        /// A database in memory that all connections with this name share, until the last of them is closed.
        case memory(String)
    }

    public var location: Location
    /// Databases beside the main one, by the schema's name.
    public var attached: [(schema: String, location: Location)] = []
    /// Whether every write is refused.
    public var isReadOnly = false
    /// Whether files that are not there are made.
    public var createsFiles = false
    /// How long a statement waits for another connection's lock.
    public var busyTimeout = Duration.seconds(5)
    /// The longest text, blob or statement, in bytes.
    public var maximumLength = 64 << 20
    /// Statements that each connection runs when it has been opened, before anything is forbidden to it.
    public var openingStatements: [String] = []

    /// Creates a configuration with the defaults.
    public init(_ location: Location) {
        self.location = location
    }
}

extension SQLiteConfiguration.Location {
    /// What SQLite opens.
    var name: String {
        switch self {
        case .file(let path): path
        // This file system of SQLite's locks as a file does; its shared cache would not wait for a lock.
        case .memory(let name): "file:/\(name)?vfs=memdb"
        }
    }

    /// What `ATTACH` takes; a plain path would be looked for where the main database is, in memory too.
    var attachedName: String {
        guard case .file(let path) = self else { return name }
        var escaped = "file:"
        for scalar in path.unicodeScalars {
            switch scalar {
            case "%": escaped += "%25"
            case "?": escaped += "%3f"
            case "#": escaped += "%23"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped + "?vfs=unix"
    }
}
