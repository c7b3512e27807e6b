/// The kinds of target that the language knows, drivers for some of which come later.
public enum TargetKindNames {
    /// Each kind with what it connects to.
    public static let all: [(name: String, doc: String)] = [
        ("http", "A service that speaks HTTP."),
        ("postgres", "A PostgreSQL server."),
        ("sqlite", "A SQLite database file."),
        ("qdrant", "A Qdrant vector database, by its REST interface."),
        ("pgvector", "Tables of a PostgreSQL target with vector columns."),
        ("prometheus", "A Prometheus server, by its HTTP API."),
        ("openmetrics", "A page of metrics in OpenMetrics or Prometheus text."),
    ]

    /// The names alone.
    public static let names = all.map(\.name)
}
