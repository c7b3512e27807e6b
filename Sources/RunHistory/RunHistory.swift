public import Reporting
public import ScenarioModel

/// The runs and loads of a project, bounded by the number of each, and of the runs' tests.
///
/// Runs that end at once each wait for the other's write, so none is lost.
public protocol RunHistory {
    /// Keeps a run, and forgets the oldest beyond the `most` last ones.
    func add(_ result: RunResult, keeping most: Int) throws(RunHistoryError)
    /// Keeps a load, condensed, and forgets the oldest beyond the `most` last ones.
    func add(_ load: LoadResult, keeping most: Int) throws(RunHistoryError)
    /// The last runs and as many loads; of one profile where it is named.
    func last(_ count: Int, profile: String?) throws(RunHistoryError) -> KeptHistory
    /// The verdicts of the suites of a run, as the JSON that `SuiteReport` writes; of the last run without an id.
    ///
    /// Nil where there is no such run, or an older version kept it without them.
    func suites(of id: String?, profile: String?) throws(RunHistoryError) -> String?
    /// A load as it was kept, which can be compared; nil where there is none.
    func load(_ wanted: WantedLoad) throws(RunHistoryError) -> LoadResult?
}

/// Which load is asked for.
public enum WantedLoad: Sendable, Hashable {
    case named(String)
    /// The last one of an identity (``ScenarioModel/LoadStart/identity``) that held, and was not worse than its own
    /// baseline.
    case lastHeld(String)

    /// The condition of a row, and what its parameter is.
    var condition: (sql: String, parameter: String) {
        switch self {
        case .named(let id): ("id = $1", id)
        case .lastHeld(let identity): ("identity = $1 AND \(LoadRow.heldCondition)", identity)
        }
    }
}

/// What every history keeps to, wherever it is.
enum HistoryBounds {
    /// The version of the tables; a history of a higher one is left alone.
    static let schema = 2
    /// The most results of tests that are kept over all runs; older runs go first.
    static let mostResults = 1_000_000
    /// How long a run waits for another's write, and for a server.
    static let patience: Duration = .seconds(10)
}

/// Where a history is.
public enum HistoryPlace: Sendable, Hashable {
    /// A SQLite file.
    case file(String)
    /// A PostgreSQL server, by a URL or keywords as libpq reads them.
    case server(String)

    /// Tells a URL of PostgreSQL from a path.
    public init(_ text: String) {
        self = Self.isServer(text) ? .server(text) : .file(text)
    }

    /// Whether a text is a URL of PostgreSQL.
    public static func isServer(_ text: some StringProtocol) -> Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// Opens the history; makes its tables where it is to be written and has none.
    ///
    /// - Throws: That it is damaged, written by a newer version, or out of reach.
    public func open(isWritable: Bool) throws(RunHistoryError) -> any RunHistory {
        switch self {
        case .file(let path): try SQLiteHistory(path: path, isWritable: isWritable)
        case .server(let conninfo): try PostgresHistory(conninfo, isWritable: isWritable)
        }
    }
}
