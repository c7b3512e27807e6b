import FoundationEssentials
import Glibc

/// A PostgreSQL server of the tests' own, on a free port of 127.0.0.1 and a socket in its own folder.
///
/// It ends with the process that started it, however that ends: a shell beside it waits for a pipe to close, ends it
/// by its process id and removes its folder. PostgreSQL refuses to run for root, so root starts it as `nobody`.
public final class PrivatePostgres: @unchecked Sendable {
    /// The superuser, who needs no password.
    public static let owner = "plumb_owner"
    /// A role that needs the password ``password`` where it comes through TCP.
    public static let guest = "plumb_guest"
    public static let password = "correct horse battery"
    /// A role that is let in through TLS only.
    public static let careful = "plumb_careful"
    public static let database = "postgres"

    /// Why there is no server for the tests; nil where there is one.
    public static let absence: String? =
        binaries == nil
        ? "no PostgreSQL server is installed: set PLUMB_POSTGRES_BIN, or install postgresql" : nil
    /// Whether tests can have a server.
    public static var isInstalled: Bool { absence == nil }
    /// What a suite says where it is skipped.
    public static var reason: String { absence ?? "" }

    private static let sharedResult = Result { try PrivatePostgres() }
    /// The server that the tests of this process share; nobody stops it.
    public static var shared: PrivatePostgres { get throws { try sharedResult.get() } }

    public let port: Int
    /// Where its Unix socket is.
    public let socketFolder: String
    /// The certificate that it shows; it signed it itself.
    public let certificate: String
    private let folder: String
    private let settings: [String]
    private var guardian: (pid: pid_t, pipe: Int32)?

    /// Makes a cluster and starts its server; `settings` are of the form `max_connections=5`.
    public init(_ settings: [String] = []) throws {
        guard let binaries = Self.binaries else { throw Failure(description: Self.reason) }
        port = try Loopback.unusedPort()
        self.settings = settings
        let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array((parent + "/plumb-postgres-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp", errno) }
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        socketFolder = folder
        certificate = folder + "/server.crt"
        try Self.run(
            [
                "/bin/sh", "-c", Self.preparation, "sh", folder, binaries, Self.owner, Self.guest, Self.password,
                Self.careful,
            ])
        try start()
    }

    deinit { stop(removesFolder: true) }

    /// Whether the server answers TLS: `openssl` made its certificate.
    public var hasTLS: Bool { access(certificate, R_OK) == 0 }

    /// Starts the server again, with the same port and data.
    public func start() throws {
        guard guardian == nil, let binaries = Self.binaries else { return }
        let pipe = try Descriptor.pipe()
        defer { close(pipe.read) }
        let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(null) }
        let words = ["-c", Self.guarding, "sh", folder, binaries, String(port)] + settings
        let pid = try RunningCommand.spawn(
            "/bin/sh", words, RunningCommand.plainEnvironment, nil, [pipe.read, null, null])
        guardian = (pid, pipe.write)
        let deadline = ContinuousClock.now + .seconds(20)
        while !isReady {
            guard ContinuousClock.now < deadline, waitpid(pid, nil, WNOHANG) == 0 else {
                let log = (try? TextFile.read(folder + "/log")) ?? ""
                stop(removesFolder: false)
                throw Failure(description: "the PostgreSQL server does not start: \(log.suffix(2000))")
            }
            usleep(5000)
        }
    }

    /// Ends the server at once, as a crash does; its data stays for ``start()``.
    public func stop() { stop(removesFolder: false) }

    /// Ends the server and starts it again.
    public func restart() throws {
        stop()
        try start()
    }

    /// What the server has written to its log so far.
    public var log: String { (try? TextFile.read(folder + "/log")) ?? "" }

    /// Says what `PostgresSettings` or a target need for the superuser over TCP.
    public var keywords: [(String, String)] {
        [
            ("host", "127.0.0.1"), ("port", String(port)), ("dbname", Self.database), ("user", Self.owner),
            ("sslmode", "disable"),
        ]
    }

    /// What went wrong with the server.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    // MARK: - The processes

    /// The folder of `postgres`, `initdb` and `psql`; nil where there is no server.
    public static let binaries: String? = {
        let environment = ProcessInfo.processInfo.environment
        var folders = environment["PLUMB_POSTGRES_BIN"].map { [$0] } ?? []
        folders += (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        folders += versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
        return folders.first { folder in
            ["postgres", "initdb"].allSatisfy { access("\(folder)/\($0)", X_OK) == 0 }
        }
    }()

    private static let asNobody = """
        as() { if [ "$(id -u)" -eq 0 ]; then setpriv --reuid nobody --regid nogroup --clear-groups "$@"; \
        else "$@"; fi; }

        """

    /// Makes the cluster, its roles, its rules and its certificate.
    private static let preparation =
        asNobody + """
            set -e
            folder=$1 binaries=$2 owner=$3 guest=$4 password=$5 careful=$6
            if [ "$(id -u)" -eq 0 ]; then chown nobody:nogroup "$folder"; fi
            cd "$folder"
            exec >"$folder/log" 2>&1
            as "$binaries/initdb" -D "$folder/data" -U "$owner" --auth=trust -N -E UTF8 --locale=C
            echo "SET password_encryption = 'scram-sha-256'; CREATE ROLE $guest LOGIN PASSWORD '$password'; \
            CREATE ROLE $careful LOGIN;" | as "$binaries/postgres" --single -D "$folder/data" postgres
            printf '%s\\n' "host all $guest all scram-sha-256" "hostssl all $careful all trust" \
            "local all all trust" "host all $owner all trust" >"$folder/data/pg_hba.conf"
            if [ -n "$(as "$binaries/postgres" -D "$folder/data" -C ssl_library)" ] && as openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
            -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
            -keyout "$folder/server.key" -out "$folder/server.crt"; then chmod 600 "$folder/server.key"; \
            chmod 755 "$folder"; fi
            """

    /// Runs the server until the standard input ends; removes the folder unless it is told to keep it.
    private static let guarding =
        asNobody + """
            folder=$1 binaries=$2 port=$3
            shift 3
            cd "$folder"
            set -- -D "$folder/data" -p "$port" -k "$folder" -c listen_addresses=127.0.0.1 -c fsync=off \
            -c synchronous_commit=off -c full_page_writes=off -c log_statement=none \
            $(for setting; do echo "-c $setting"; done)
            [ -f "$folder/server.crt" ] && set -- "$@" -c ssl=on -c "ssl_cert_file=$folder/server.crt" \
            -c "ssl_key_file=$folder/server.key"
            if [ "$(id -u)" -eq 0 ]; then
                setpriv --reuid nobody --regid nogroup --clear-groups "$binaries/postgres" "$@" \
            >>"$folder/log" 2>&1 </dev/null &
            else
                "$binaries/postgres" "$@" >>"$folder/log" 2>&1 </dev/null &
            fi
            server=$!
            read -r word
            kill -QUIT "$server"
            wait "$server"
            [ "$word" = keep ] || rm -rf "$folder"
            """

    private var isReady: Bool {
        let state = (try? TextFile.read(folder + "/data/postmaster.pid")) ?? ""
        let lines = state.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.count > 7 && lines[7].hasPrefix("ready")
    }

    private func stop(removesFolder: Bool) {
        guard let (pid, pipe) = guardian else { return }
        guardian = nil
        if !removesFolder { _ = "keep\n".utf8CString.withUnsafeBytes { write(pipe, $0.baseAddress, 5) } }
        close(pipe)
        waitpid(pid, nil, 0)
    }

    private static func run(_ words: [String]) throws {
        let command = try RunningCommand(
            words[0], Array(words.dropFirst()), environment: RunningCommand.plainEnvironment)
        let result = command.finish()
        guard result.status == .exit(0) else {
            let log = (try? TextFile.read(words[4] + "/log")) ?? result.standardError
            throw Failure(description: "no PostgreSQL cluster can be made: \(log.suffix(2000))")
        }
    }
}
