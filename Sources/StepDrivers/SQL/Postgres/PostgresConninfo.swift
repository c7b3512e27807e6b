internal import FaultProxy
internal import PostgresTransport
public import ScenarioModel

/// How another process reaches a PostgreSQL target, as libpq reads it.
public enum PostgresConninfo {
    /// The connection string of a target; it holds the password.
    ///
    /// - Throws: What is wrong with the target's settings.
    public static func text(of target: ResolvedTarget) throws(StepFailure) -> String {
        let settings = try PostgresDatabase.settings(of: target)
        return settings.keywords.map { "\($0.name)=\(quoted($0.value))" }.joined(separator: " ")
    }

    /// Where the server of a target is: `HOST:PORT`, or the path of its socket.
    ///
    /// - Throws: What is wrong with the target's settings, or that they name several servers.
    public static func address(of target: ResolvedTarget) throws(StepFailure) -> String {
        try TargetAddress.of(target).description
    }

    /// A value in quotes, in which a backslash escapes.
    private static func quoted(_ value: String) -> String {
        var text = "'"
        for character in value {
            if character == "'" || character == "\\" { text += "\\" }
            text.append(character)
        }
        return text + "'"
    }
}
