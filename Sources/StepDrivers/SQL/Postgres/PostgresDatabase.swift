internal import EventLoop
internal import Expressions
internal import PostgresTransport
internal import ScenarioModel
internal import ScenarioSyntax

/// A PostgreSQL database of the configuration.
final class PostgresDatabase: Database {
    let name: String
    let dialect = SQLDialect.postgres
    let place: String
    private let loop: EventLoop
    private let settings: PostgresSettings
    private let types = PostgresTypes()
    private let effects = SessionEffects()

    /// Files that a target names, relative to where it is written.
    private static let paths: Set<String> = ["passfile", "sslrootcert", "sslcert", "sslkey", "sslcrl"]

    /// Reads the target's settings.
    ///
    /// - Throws: What is wrong with them, with the target's place.
    init(_ target: ResolvedTarget, on loop: EventLoop) throws(StepFailure) {
        let settings = try Self.settings(of: target)
        self.loop = loop
        self.settings = settings
        name = target.name
        let host = settings["host"] ?? settings["hostaddr"] ?? ""
        place = "\(host):\(settings["port"] ?? "5432")/\(settings["dbname"] ?? settings["user"] ?? "")"
    }

    /// What a target's settings are to libpq.
    ///
    /// - Throws: What is wrong with them, with the target's place.
    static func settings(of target: ResolvedTarget) throws(StepFailure) -> PostgresSettings {
        let reader = TargetSettings(target, code: .sqlSetting)
        var settings = PostgresSettings([])
        for key in PostgresTargetKind.table.keys where key.name != "settings" {
            var text = try reader.text(at: [key.name])
            if Self.paths.contains(key.name), text != "system" { text = try reader.path(key.name) }
            guard let text else { continue }
            settings[key.name] = text == "true" ? "1" : text == "false" ? "0" : text
        }
        // libpq's own default would be a socket in a folder that depends on how libpq was built.
        if settings["host"] == nil, settings["hostaddr"] == nil { settings["host"] = "127.0.0.1" }
        settings = settings.through(target.detour.flatMap { UInt16(exactly: $0) })
        let options = try Self.options(reader)
        if !options.isEmpty { settings["options"] = (settings["options"].map { [$0] } ?? []).joined() + options }
        let known = PostgresSettings.knownKeywords
        for keyword in settings.keywords where !known.isEmpty && !known.contains(keyword.name) {
            throw reader.failure(
                "has '\(keyword.name)', which this version of libpq does not know", hint: "take it out, or update libpq"
            )
        }
        return settings
    }

    func open(
        label: String, until deadline: Instant
    ) async throws(StepError) -> any DatabaseConnection {
        var settings = settings
        settings["application_name"] = Self.applicationName(label)
        do throws(PostgresError) {
            let connection = try await PostgresConnection.open(settings, on: loop, until: deadline)
            return PostgresDatabaseConnection(connection, types, effects, label: label)
        } catch {
            throw StepError(error)
        }
    }

    func close() async {}

    /// Settings of each session as options of the server's command line, in which a backslash escapes.
    private static func options(_ reader: TargetSettings) throws(StepFailure) -> String {
        guard let members = reader.target.settings["settings"]?.object else { return "" }
        var options = ""
        for (key, _) in members {
            guard key.utf8.allSatisfy(isOfName) else {
                throw reader.failure(
                    "has a setting '\(key.prefix(40))', which is no name", hint: "write one such as statement_timeout")
            }
            let value = try reader.text(at: ["settings", key]) ?? ""
            var escaped = ""
            for character in value {
                if character == " " || character == "\\" || character == "\t" || character == "\n" { escaped += "\\" }
                escaped.append(character)
            }
            options += " -c \(key)=\(escaped)"
        }
        return options
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
    }

    /// The server keeps 63 bytes of printable ASCII.
    private static func applicationName(_ label: String) -> String {
        let name = label.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" }
        return String(name.prefix(63))
    }
}

extension DatabaseKind {
    static let postgres = DatabaseKind(target: PostgresTargetKind.kind, dialect: .postgres) {
        target, loop throws(StepFailure) in try PostgresDatabase(target, on: loop)
    }
}
