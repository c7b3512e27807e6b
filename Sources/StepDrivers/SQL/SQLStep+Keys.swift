internal import ScenarioSyntax

extension SQLStep {
    static let table = KeyTable(
        name: "sql",
        summary: "Runs SQL on a database: a query, several statements, or a file of them; values are bound as $1, $2.",
        keys: [
            Key("query", queryShape, "One statement; by dialect where the databases differ."),
            Key("params", .template(.list(.any)), "The values of $1, $2 and so on; they are bound, never spliced in."),
            Key("identifiers", .map(.text), "Names that stand as :\"name\" in the SQL; they are quoted."),
            Key(
                "statements", .list(.oneOf([.text, .table { statement }])),
                "Statements that run one after another on one connection, up to the first that fails."),
            Key("file", .text, "A file of statements, relative to the scenario."),
            Key(
                "transaction", .oneOf([.boolean, .choice(isolations)]), default: "false",
                "Runs all of it in a transaction, true or an isolation level; an error rolls it back."),
            Key("rollback", .boolean, default: "false", "Runs all of it in a transaction and undoes it at the end."),
            Key(
                "session", .template(.identifier),
                "Keeps a connection under this name for the test's later steps; it rolls back before cleanup."),
            Key(
                "rows_limit", .template(.integer),
                "Takes so many rows at most and leaves out the rest, with `truncated`; left out: more than "
                    + "100000 are an error."),
            Key(
                "max_bytes", .template(.size), default: "64MiB", "How many bytes of cells are taken; more is an error."),
            Key(
                "explain", .boolean, default: "false",
                "Gives the database's plan in place of rows; PostgreSQL runs the query for it, and changes are undone."),
        ],
        foreign: [
            "sql": "query", "statement": "query", "text": "query", "args": "params", "arguments": "params",
            "parameters": "params", "values": "params", "bind": "params", "binds": "params", "names": "identifiers",
            "tables": "identifiers", "queries": "statements", "script": "file", "path": "file", "source": "file",
            "isolation": "transaction", "isolation_level": "transaction", "tx": "transaction", "connection": "session",
            "limit": "rows_limit", "max_rows": "rows_limit", "analyze": "explain", "plan": "explain",
        ])

    /// An element of `statements`.
    static let statement = KeyTable(
        name: "statement", summary: "A statement with its values.",
        keys: [
            Key("query", queryShape, required: true, "One statement; by dialect where the databases differ."),
            Key("params", .template(.list(.any)), "The values of $1, $2 and so on."),
            Key("identifiers", .map(.text), "Names that stand as :\"name\" in the SQL; they are quoted."),
        ],
        foreign: ["sql": "query", "statement": "query", "args": "params", "values": "params", "parameters": "params"])

    /// A query by dialect.
    static let dialects = KeyTable(
        name: "query", summary: "The same query for each kind of database.",
        keys: SQLDialect.all.map { Key($0.name, .text, "The query for targets of kind \($0.name).") },
        foreign: ["postgresql": "postgres", "pg": "postgres", "sqlite3": "sqlite"])

    private static let queryShape = Shape.oneOf([.text, .table { dialects }])

    /// Every isolation level that a database knows.
    static let isolations = SQLDialect.all.reduce(into: [String]()) { known, dialect in
        known += dialect.isolations.filter { !known.contains($0) }
    }

    /// Keys of which a step has exactly one.
    static let sources = ["query", "statements", "file"]
}
