internal import ScenarioModel

/// The databases that `sql` steps can speak to; to add one is to add a line.
enum DatabaseKinds {
    static let all: [DatabaseKind] = [.postgres, .sqlite]

    /// The database of a target's kind.
    static func named(_ kind: String) -> DatabaseKind? { all.first { $0.target.name == kind } }

    /// The dialect of a target's kind.
    static func dialect(of kind: String) -> SQLDialect? { SQLDialect.all.first { $0.name == kind } }
}
