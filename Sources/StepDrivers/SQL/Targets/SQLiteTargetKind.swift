internal import ScenarioModel
internal import ScenarioSyntax

/// What a configuration can say of a SQLite database.
enum SQLiteTargetKind {
    static let kind = TargetKind(name: "sqlite", keys: table, hasURL: false, hasPool: true, hasAddress: false)

    static let table = KeyTable(
        name: "sqlite target", summary: "A SQLite database: a file, or the memory of this process.",
        keys: [
            Key("path", .text, "The database's file, relative to this file."),
            Key(
                "memory", .boolean, default: "false",
                "Keeps the database in memory instead: all connections of the run share it, and it ends with the run."),
            Key("read_only", .boolean, default: "false", "Refuses every change; the file must exist."),
            Key("create", .boolean, default: "false", "Whether a file that is absent is made."),
            Key(
                "attach", .map(.text),
                "Other databases as schemas of their own: `{ archive: archive.db }`, relative to this file."),
            Key(
                "busy_timeout", .duration, default: "the step's time-out",
                "How long a statement waits for a lock that another connection holds."),
            Key("foreign_keys", .boolean, default: "true", "Whether references between tables are checked."),
            Key(
                "on_connect", .oneOf([.text, .list(.text)]),
                "Statements that each new connection runs first, such as temporary views over attached databases."),
            Key(
                "journal_mode", .choice(["delete", "truncate", "persist", "memory", "wal", "off"]),
                "How changes are made safe; left out: as the file has it."),
        ],
        foreign: [
            "file": "path", "database": "path", "dbname": "path", "url": "path", "filename": "path",
            "readonly": "read_only", "timeout_busy": "busy_timeout", "in_memory": "memory",
            "attached": "attach", "schemas": "attach", "pragmas": "journal_mode",
            "init": "on_connect", "setup": "on_connect",
        ])
}
