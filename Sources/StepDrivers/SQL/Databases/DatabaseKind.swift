internal import EventLoop
internal import ScenarioModel

/// A kind of database: what its targets are called, and how one is made of a target.
///
/// To add a database is to add a folder with one of these, a ``Database`` and a ``DatabaseConnection``, and a line in
/// ``DatabaseKinds``.
struct DatabaseKind: Sendable {
    /// The `kind` of its targets.
    var target: TargetKind
    var dialect: SQLDialect
    /// Reads a target's settings, opening nothing.
    ///
    /// - Throws: what is wrong with the settings, with the place of the target.
    var database: @Sendable (_ target: ResolvedTarget, _ loop: EventLoop) throws(StepFailure) -> any Database
}
