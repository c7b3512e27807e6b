internal import EventLoop
internal import PostgresTransport
public import Reporting
public import ScenarioModel

/// The runs and loads of a project in a PostgreSQL database, which many machines can share.
///
/// Its tables begin with `plumb_` and stand where the search path leads, so that
/// `?options=-csearch_path%3Dshop` gives each project its own. A lock of the server lets one run at a time write.
/// Each call connects, runs an event loop on the calling thread, and leaves neither behind; so nothing may call it
/// before the last fork.
public final class PostgresHistory: RunHistory {
    private let settings: PostgresSettings
    private let address: String

    /// Looks whether the history can be used; makes its tables where it is to be written and has none.
    ///
    /// - Throws: That the address is none, that the server is out of reach, or that the tables are of a newer version.
    public init(_ conninfo: String, isWritable: Bool) throws(RunHistoryError) {
        guard var settings = PostgresSettings(conninfo: conninfo) else {
            throw RunHistoryError(
                path: "postgres://…", message: "it is no address that libpq reads",
                hint: "write 'postgres://user@host:5432/database'; a password can stand in PGPASSWORD")
        }
        settings["application_name"] = "plumb history"
        self.settings = settings
        let host = (settings["host"] ?? settings["hostaddr"]).map { $0 + (settings["port"].map { ":\($0)" } ?? "") }
        address = "postgres://\(host ?? "")/\(settings["dbname"] ?? "")"
        try perform { session throws(RunHistoryError) in
            if isWritable {
                try await session.transaction { () throws(RunHistoryError) in try await session.define() }
            } else if try await session.version() == 0 {
                var error = session.error("it holds no history of plumb", "'plumb run --history' makes one there")
                error.isEmpty = true
                throw error
            }
        }
    }

    public func add(_ result: RunResult, keeping most: Int) throws(RunHistoryError) {
        try perform { session throws(RunHistoryError) in
            try await session.transaction { () throws(RunHistoryError) in
                try await session.insert(result)
                try await session.forget(keeping: max(1, most))
            }
        }
    }

    public func add(_ load: LoadResult, keeping most: Int) throws(RunHistoryError) {
        try perform { session throws(RunHistoryError) in
            try await session.transaction { () throws(RunHistoryError) in
                try await session.insert(load, keeping: max(1, most))
            }
        }
    }

    public func load(_ wanted: WantedLoad) throws(RunHistoryError) -> LoadResult? {
        try perform { session throws(RunHistoryError) in try await session.load(wanted) }
    }

    public func last(_ count: Int, profile: String? = nil) throws(RunHistoryError) -> KeptHistory {
        try perform { session throws(RunHistoryError) in
            var history = try await session.read(count, profile)
            history.loads = try await session.loads(count, profile)
            return history
        }
    }

    public func suites(of id: String?, profile: String? = nil) throws(RunHistoryError) -> String? {
        try perform { session throws(RunHistoryError) in
            try await session.rows(
                """
                SELECT suites FROM plumb_runs WHERE ($1::text IS NULL OR id = $1) AND ($2::text IS NULL OR profile = $2)
                ORDER BY number DESC LIMIT 1
                """, [id, profile]
            ).first?.first ?? nil
        }
    }

    /// Connects, does something on a loop of its own, and leaves.
    private func perform<Value: Sendable>(
        _ work: @escaping @Sendable (PostgresHistorySession) async throws(RunHistoryError) -> Value
    ) throws(RunHistoryError) -> Value {
        let (settings, address) = (settings, address)
        guard let loop = try? EventLoop() else {
            throw RunHistoryError(path: address, message: "the system gives no event loop: too many open files?")
        }
        let outcome = loop.run { () async -> Result<Value, RunHistoryError> in
            do throws(RunHistoryError) {
                let session = try await PostgresHistorySession(settings, address, on: loop)
                defer { session.close() }
                return .success(try await work(session))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }
}
