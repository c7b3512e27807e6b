internal import ScenarioModel
internal import ScenarioSyntax

/// What a configuration can say of a PostgreSQL server; the keys are libpq's own, but for `pool` and its like.
enum PostgresTargetKind {
    static let kind = TargetKind(name: "postgres", keys: table, hasURL: false, hasPool: true)

    static let table = KeyTable(
        name: "postgres target", summary: "A PostgreSQL server.",
        keys: [
            Key("host", .text, default: "127.0.0.1", "Its name or address, or the folder of its Unix socket."),
            Key("hostaddr", .text, "Its address, so that `host` is not looked up but still checked by TLS."),
            Key("port", .template(.integer), default: "5432", "Its port."),
            Key("dbname", .text, "The database; left out: the one named like the user."),
            Key("user", .text, required: true, "The role to log in as."),
            Key("password", .text, "The role's password; keep it under `secrets`."),
            Key("passfile", .text, "A file of passwords in libpq's form, relative to this file."),
            Key(
                "sslmode", .choice(["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]),
                default: "prefer", "Whether TLS is spoken, and what of the server's certificate is checked."),
            Key("sslrootcert", .text, "The certificates to trust, relative to this file; `system` for the system's."),
            Key("sslcert", .text, "Our certificate, relative to this file."),
            Key("sslkey", .text, "Its key, relative to this file."),
            Key("sslpassword", .text, "The password of that key."),
            Key("sslcrl", .text, "Revoked certificates, relative to this file."),
            Key("sslsni", .boolean, default: "true", "Whether the server's name is told in the TLS handshake."),
            Key(
                "ssl_min_protocol_version", .choice(["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]), default: "TLSv1.2",
                "The oldest TLS that is spoken."),
            Key(
                "ssl_max_protocol_version", .choice(["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]),
                "The newest TLS that is spoken."),
            Key("channel_binding", .choice(["disable", "prefer", "require"]), default: "prefer", "As in libpq."),
            Key("gssencmode", .choice(["disable", "prefer", "require"]), default: "disable", "As in libpq."),
            Key("krbsrvname", .text, "As in libpq."),
            Key("requirepeer", .text, "The user whom a server behind a Unix socket must run as."),
            Key("require_auth", .text, "As in libpq, where its version knows it."),
            Key("options", .text, "Options for the server's command line, such as `-c search_path=app`."),
            Key(
                "settings", .map(.oneOf([.text, .number, .boolean])),
                "Settings of each session: `{ search_path: app, statement_timeout: 5s }`."),
            Key("client_encoding", .choice(["UTF8", "auto"]), default: "UTF8", "Always UTF8; there for completeness."),
            Key("fallback_application_name", .text, "As in libpq; the name itself is the test's."),
            Key(
                "target_session_attrs",
                .choice(["any", "read-write", "read-only", "primary", "standby", "prefer-standby"]), default: "any",
                "Which of several hosts is taken."),
            Key("load_balance_hosts", .choice(["disable", "random"]), "As in libpq, where its version knows it."),
            Key("keepalives", .integer, default: "1", "As in libpq."),
            Key("keepalives_idle", .integer, "In seconds, as in libpq."),
            Key("keepalives_interval", .integer, "In seconds, as in libpq."),
            Key("keepalives_count", .integer, "As in libpq."),
            Key("tcp_user_timeout", .integer, "In milliseconds, as in libpq."),
        ],
        foreign: [
            "database": "dbname", "db": "dbname", "name": "dbname", "username": "user", "role": "user",
            "login": "user", "pass": "password", "ssl": "sslmode", "tls": "sslmode", "address": "host",
            "hostname": "host", "server": "host", "ca": "sslrootcert", "cert": "sslcert", "key": "sslkey",
            "pool_size": "pool", "max_overflow": "pool", "schema": "settings", "search_path": "settings",
            "parameters": "settings", "connect_timeout": "timeout",
        ])
}
