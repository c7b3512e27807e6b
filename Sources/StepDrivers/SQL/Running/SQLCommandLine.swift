internal import Expressions
internal import ScenarioModel

/// A command line that runs the same statements by hand; psql asks for the password by itself.
///
///     psql -X 'host=127.0.0.1 dbname=app' -c 'PREPARE plumb_1 AS select $1::int' -c 'EXECUTE plumb_1 (7)'
///
/// None is given where it would not do the same: for a database in memory, for values that only a driver can bind, and
/// for statements too long for a line.
struct SQLCommandLine {
    let prepared: PreparedSQL

    private static let mostStatements = 20
    private static let mostBytes = 8 << 10
    /// What of a target's settings says where it is and who asks; never the password.
    private static let keywords = ["host", "hostaddr", "port", "dbname", "user", "sslmode"]

    /// The line; nil where there is none.
    var text: String? {
        guard (1...Self.mostStatements).contains(prepared.statements.count), let program, let lines = statements
        else { return nil }
        let line = ([program] + lines.map { argument($0) }).joined(separator: " ")
        return line.utf8.count > Self.mostBytes ? nil : line
    }

    private var settings: Value.Object { prepared.target.settings }

    private var program: String? {
        if prepared.dialect == .postgres {
            let words = Self.keywords.compactMap { name -> String? in
                guard let value = settings[name], !value.isNull else { return nil }
                return "\(name)=\(Self.conninfo(value.tostring))"
            }
            return "psql -X \(CurlCommand.quoted(words.joined(separator: " ")))"
        }
        // A relative path is meant from the configuration, and the line may be run anywhere.
        guard let path = settings["path"]?.string, path.hasPrefix("/") else { return nil }
        return "sqlite3 \(CurlCommand.quoted(path))"
    }

    private func argument(_ statement: String) -> String {
        let word = CurlCommand.quoted(statement)
        return prepared.dialect == .postgres ? "-c \(word)" : word
    }

    private var statements: [String]? {
        var lines = prepared.begin.map { [$0] } ?? []
        for (index, statement) in prepared.statements.enumerated() {
            let text = statement.sent.text
            if statement.parameters.isEmpty {
                lines.append(prepared.dialect == .sqlite && !text.hasSuffix(";") ? text + ";" : text)
                continue
            }
            let literals = statement.parameters.compactMap(Self.literal)
            guard prepared.dialect == .postgres, literals.count == statement.parameters.count else { return nil }
            lines.append("PREPARE plumb_\(index + 1) AS \(text)")
            lines.append("EXECUTE plumb_\(index + 1) (\(literals.joined(separator: ", ")))")
        }
        if prepared.begin != nil { lines.append(prepared.rollsBack ? "ROLLBACK" : "COMMIT") }
        return lines
    }

    private static func literal(_ value: Value) -> String? {
        switch value {
        case .null: "NULL"
        case .bool, .number: value.tostring
        case .string(let text):
            "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
        default: nil
        }
    }

    private static func conninfo(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "'") && $0 != 0x5C }
        if isPlain { return value }
        return "'\(value.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined())'"
    }
}
