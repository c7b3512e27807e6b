internal import ScenarioModel
internal import ScenarioSyntax

/// What a configuration can say of a service that speaks HTTP.
enum HTTPTargetKind {
    static let kind = TargetKind(name: "http", keys: table, hasURL: true)

    /// The keys of an http target.
    static let table = KeyTable(
        name: "http target", summary: "A service that speaks HTTP.",
        keys: [
            Key(
                "url", .text, required: true, "Where it is, such as https://host:8443/api; steps' paths are put behind."
            ),
            Key("headers", .map(.oneOf([.text, .null, .list(.text)])), "Headers of every request to it."),
            Key("auth", .oneOf([.choice(["none"]), .table { auth }]), "Credentials of every request to it."),
            Key("tls", .table { tls }, "Whom to trust, and how to show who we are."),
            Key(
                "proxy", .text,
                "A proxy's URL: http://, https://, socks5:// or socks5h://; the environment's is not used."),
            Key(
                "http_version", .choice(["auto", "1.1", "2", "2-prior-knowledge"]), default: "auto",
                "Which HTTP is spoken."),
            Key("resolve", .list(.text), "Addresses to use instead of looking a name up: HOST:PORT:ADDRESS."),
            Key("unix_socket", .text, "The path of a Unix socket to connect to instead of the URL's host."),
            Key("cookies", .boolean, default: "true", "Whether cookies are kept for the scenario and sent back."),
            Key("compressed", .boolean, default: "false", "Asks for compressed answers with Accept-Encoding."),
            Key("follow_redirects", .oneOf([.boolean, .integer]), default: "false", "The default of its steps."),
            Key("max_bytes", .size, default: "64MiB", "The default of its steps."),
        ],
        foreign: [
            "base_url": "url", "endpoint": "url", "header": "headers", "authentication": "auth", "ssl": "tls",
            "unix": "unix_socket", "socket": "unix_socket", "gzip": "compressed", "compression": "compressed",
            "version": "http_version",
        ])

    /// The credentials of a target.
    static let auth = KeyTable(
        name: "auth", summary: "Credentials, sent as the Authorization header; one of these.",
        keys: [
            Key("basic", .table { HTTPStep.basic }, "A user name and a password."),
            Key("bearer", .text, "A token."),
            Key(
                "oauth2_client_credentials", .table { oauth }, "A token that is fetched when it is needed, and renewed."
            ),
        ], foreign: ["token": "bearer", "jwt": "bearer", "oauth2": "oauth2_client_credentials"])

    /// How a token is fetched.
    static let oauth = KeyTable(
        name: "oauth2_client_credentials", summary: "The client-credentials grant of OAuth 2.0 (RFC 6749 §4.4).",
        keys: [
            Key("token_url", .text, required: true, "Where the token is asked for."),
            Key("client_id", .text, required: true, "Who asks."),
            Key("client_secret", .text, required: true, "The proof; declare it under 'secrets'."),
            Key("scope", .text, "What the token is to allow."),
            Key("audience", .text, "The service that the token is for, where the server asks for it."),
            Key(
                "credentials", .choice(["header", "body"]), default: "header",
                "Whether id and secret go as Basic credentials or in the form."),
        ], foreign: ["id": "client_id", "secret": "client_secret", "url": "token_url", "scopes": "scope"])

    /// TLS.
    static let tls = KeyTable(
        name: "tls", summary: "Whom to trust, and how to show who we are; paths are relative to the configuration.",
        keys: [
            Key("ca", .text, "A PEM file of the authorities to trust instead of the system's."),
            Key("cert", .text, "A PEM file with the client's certificate."),
            Key("key", .text, "A PEM file with the client's private key."),
            Key("insecure", .boolean, default: "false", "Accepts any certificate; no proof of who answers."),
            Key("min_version", .choice(["1.0", "1.1", "1.2", "1.3"]), default: "1.2", "The oldest TLS to accept."),
        ],
        foreign: [
            "cacert": "ca", "ca_cert": "ca", "certificate": "cert", "client_cert": "cert", "client_key": "key",
            "verify": "insecure", "skip_verify": "insecure", "insecure_skip_verify": "insecure",
        ])
}
