internal import EventLoop
internal import Expressions
internal import Glibc
internal import SQLiteTransport
internal import ScenarioModel
internal import Synchronization

/// A `sqlite` target: a file or a database in memory, with those attached to it.
final class SQLiteDatabase: Database {
    let name: String
    let dialect = SQLDialect.sqlite
    let place: String
    private let configuration: SQLiteConfiguration
    private let loop: EventLoop
    /// Keeps a database in memory while no other connection is open.
    private var anchor: SQLiteConnection?

    /// Reads the target's settings; opens nothing.
    init(_ target: ResolvedTarget, on loop: EventLoop) throws(StepFailure) {
        self.loop = loop
        name = target.target.name
        let reader = TargetSettings(target, code: .sqlSetting)
        configuration = try Self.configuration(reader)
        switch configuration.location {
        case .file(let path): place = path
        case .memory: place = "memory"
        }
    }

    func open(
        label: String, until deadline: Instant
    ) async throws(StepError) -> any DatabaseConnection {
        if case .memory = configuration.location, anchor == nil { anchor = try await connect(until: deadline) }
        return SQLiteDatabaseConnection(try await connect(until: deadline), label: label)
    }

    func close() async {
        let closing = anchor
        anchor = nil
        await closing?.close()
    }

    private func connect(until deadline: Instant) async throws(StepError) -> SQLiteConnection {
        do {
            return try await SQLiteConnection.open(configuration, on: loop, until: deadline)
        } catch {
            throw StepError(opening: error, target: name)
        }
    }

    // MARK: Settings

    private static func configuration(_ reader: TargetSettings) throws(StepFailure) -> SQLiteConfiguration {
        var configuration = SQLiteConfiguration(try location(reader))
        for (schema, value) in reader.target.settings["attach"]?.object ?? Value.Object() where !value.isNull {
            guard !["main", "temp"].contains(schema.lowercased()), !schema.isEmpty, !schema.utf8.contains(0) else {
                throw reader.failure("attaches a database as '\(schema)'", hint: "choose another name for the schema")
            }
            guard let text = try reader.path("attach", schema) else { continue }
            let isMemory = try reader.text("attach", schema) == ":memory:"
            configuration.attached.append((schema, isMemory ? newMemory() : .file(absolute(text))))
        }
        guard configuration.attached.count <= 10 else {
            throw reader.failure(
                "attaches \(configuration.attached.count) databases", hint: "SQLite takes 10 beside the main one")
        }
        configuration.isReadOnly = try reader.boolean("read_only") ?? false
        configuration.createsFiles = try reader.boolean("create") ?? false
        // Without a word of the target a lock is waited for until the step's own deadline.
        configuration.busyTimeout = try reader.duration("busy_timeout") ?? .seconds(86_400)
        if try reader.boolean("foreign_keys") == false {
            configuration.openingStatements.append("PRAGMA foreign_keys = OFF")
        }
        if let mode = try reader.text("journal_mode") {
            guard ["delete", "truncate", "persist", "memory", "wal", "off"].contains(mode) else {
                throw reader.failure(
                    "has no journal mode '\(mode.prefix(20))'",
                    hint: "write delete, truncate, persist, memory, wal or off")
            }
            configuration.openingStatements.append("PRAGMA journal_mode = \(mode)")
        }
        configuration.openingStatements += try reader.texts("on_connect")
        return configuration
    }

    private static func location(_ reader: TargetSettings) throws(StepFailure) -> SQLiteConfiguration.Location {
        let path = try reader.path("path")
        let isMemory = try reader.boolean("memory") ?? false
        switch (path, isMemory) {
        case (nil, true): return newMemory()
        case (let path?, false): return try reader.text("path") == ":memory:" ? newMemory() : .file(absolute(path))
        case (_?, true):
            throw reader.failure("has a 'path' and 'memory: true'", hint: "take one of them out")
        case (nil, false):
            throw reader.failure("has no path", hint: "add 'path: FILE', or 'memory: true'")
        }
    }

    private static let memories = Atomic<Int>(0)

    private static func newMemory() -> SQLiteConfiguration.Location {
        .memory("plumb-\(memories.add(1, ordering: .relaxed).newValue)")
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return String(cString: folder) + "/" + path
    }
}
