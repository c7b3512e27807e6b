internal import EventLoop
internal import ScenarioModel

/// One database of the configuration, from which connections are opened; one per target.
///
/// Lives on the event loop's thread, with its connections. A conforming type reads the target's settings when it is
/// made, and throws there what is wrong with them; it opens nothing before ``open(label:until:)``.
protocol Database: AnyObject {
    /// The name of the target, for errors.
    var name: String { get }
    /// How this database writes SQL.
    var dialect: SQLDialect { get }
    /// Where it is, for people and without secrets: `127.0.0.1:5432/app`.
    var place: String { get }
    /// Connects.
    ///
    /// - Parameters:
    ///   - label: Whom the server is told, where it can be (`application_name`).
    ///   - deadline: When it gives up, with `connect_timeout`.
    /// - Returns: A connection that is idle.
    /// - Throws: `dns`, `refused`, `unreachable`, `connect_timeout`, `tls`, `auth`, or `rejected` with the server's
    ///   SQLSTATE in `fields` (too many connections, no such database). Nothing is left open then.
    func open(
        label: String, until deadline: Instant
    ) async throws(StepError) -> any DatabaseConnection
    /// Ends what the database itself holds, when all of its connections are closed.
    func close() async
}
