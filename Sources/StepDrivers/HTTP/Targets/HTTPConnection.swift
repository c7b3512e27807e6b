internal import Diagnostics
internal import Expressions
internal import HTTPTransport
internal import ScenarioModel
internal import ScenarioSyntax

/// What a target's settings mean to the driver; kept with the target.
///
/// Lives on its loop's thread.
final class HTTPConnection {
    /// Where the service is, without a slash at the end.
    let url: String
    /// Headers of every request, in their order and spelling.
    let headers: [HTTPHeader]
    let auth: Auth
    let settings: ConnectionSettings
    let keepsCookies: Bool
    let wantsCompression: Bool
    let followRedirects: Int
    let maxBytes: Int

    /// How requests show who sends them.
    enum Auth {
        case none
        /// The value of the Authorization header.
        case header(String)
        case oauth(OAuthTokens)
    }

    /// The driver's form of a target, made once.
    static func of(_ target: ResolvedTarget) throws(StepFailure) -> HTTPConnection {
        if let known = target.connection as? HTTPConnection { return known }
        let reader = TargetSettings(target, code: .httpSetting)
        let connection = try HTTPConnection(reader)
        target.connection = connection
        return connection
    }

    private init(_ reader: TargetSettings) throws(StepFailure) {
        url = try Self.url(reader)
        let apiKey = try reader.text("api_key")
        headers = try reader.headers("headers") + Self.keyHeaders(apiKey, reader)
        // The two are ways to say the same.
        auth = try apiKey == nil ? Self.auth(reader) : .none
        settings = try Self.settings(reader).withDetour(of: reader, url: url)
        keepsCookies = try reader.boolean("cookies") ?? true
        wantsCompression = try reader.boolean("compressed") ?? false
        followRedirects = try reader.redirects("follow_redirects") ?? 0
        maxBytes = try reader.size("max_bytes") ?? HTTPCall.defaultMaxBytes
    }

    /// The header by which Qdrant is shown its key.
    private static func keyHeaders(_ key: String?, _ reader: TargetSettings) throws(StepFailure) -> [HTTPHeader] {
        guard let key else { return [] }
        guard !HTTPToken.breaksHeader(key) else {
            throw reader.failure("has an api_key that cannot be sent", hint: "it holds a line break or a NUL")
        }
        return [HTTPHeader("api-key", key)]
    }

    private static func url(_ reader: TargetSettings) throws(StepFailure) -> String {
        guard let text = try reader.text("url") else {
            throw reader.failure("has no url", hint: "add 'url: http://HOST:PORT' to it")
        }
        guard text.isAbsoluteURL else {
            throw reader.failure(
                "has the url '\(text.prefix(80))', which is none", hint: "write http:// or https:// before the host")
        }
        guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == 0x3F || $0 == 0x23 }) else {
            throw reader.failure(
                "has a url with a space, a '?' or a '#'",
                hint: "write scheme, host, port and path alone; queries belong to the steps")
        }
        guard let last = text.utf8.lastIndex(where: { $0 != UInt8(ascii: "/") }) else { return "" }
        return String(text[...last])
    }

    private static func auth(_ reader: TargetSettings) throws(StepFailure) -> Auth {
        guard let value = reader.target.settings["auth"], !value.isNull, value.string != "none" else { return .none }
        if let token = try reader.text("auth", "bearer") { return .header("Bearer \(token)") }
        if let user = try reader.text("auth", "basic", "user") {
            let password = try reader.text("auth", "basic", "password") ?? ""
            return .header("Basic \(Base64.encode("\(user):\(password)".utf8))")
        }
        let place = "oauth2_client_credentials"
        guard let address = try reader.text("auth", place, "token_url"),
            let id = try reader.text("auth", place, "client_id"),
            let secret = try reader.text("auth", place, "client_secret")
        else {
            throw reader.failure(
                "has an auth that is neither basic, bearer nor oauth2_client_credentials",
                hint: "'plumb explain auth' shows the three")
        }
        return .oauth(
            OAuthTokens(
                OAuthTokens.Grant(
                    url: address, id: id, secret: secret, scope: try reader.text("auth", place, "scope"),
                    audience: try reader.text("auth", place, "audience"),
                    isInBody: try reader.text("auth", place, "credentials") == "body")))
    }

    private static func settings(_ reader: TargetSettings) throws(StepFailure) -> ConnectionSettings {
        var settings = ConnectionSettings()
        settings.tls.ca = try reader.path("tls", "ca")
        settings.tls.certificate = try reader.path("tls", "cert")
        settings.tls.key = try reader.path("tls", "key")
        settings.tls.isInsecure = try reader.boolean("tls", "insecure") ?? false
        if let version = try reader.text("tls", "min_version") {
            guard let known = ConnectionSettings.MinimumVersion(rawValue: version) else {
                throw reader.failure("has no TLS version '\(version.prefix(20))'", hint: "write 1.0, 1.1, 1.2 or 1.3")
            }
            settings.tls.minimumVersion = known
        }
        settings.proxy = try reader.text("proxy")
        settings.unixSocket = try reader.path("unix_socket")
        settings.resolve = try reader.texts("resolve")
        if let entry = settings.resolve.first(where: { $0.split(separator: ":").count < 3 }) {
            throw reader.failure(
                "has '\(entry.prefix(60))' under 'resolve'",
                hint: "write HOST:PORT:ADDRESS, as in api.test:443:127.0.0.1")
        }
        if let version = try reader.text("http_version") {
            guard let known = ConnectionSettings.Version(rawValue: version) else {
                throw reader.failure(
                    "has no HTTP version '\(version.prefix(20))'", hint: "write auto, 1.1, 2 or 2-prior-knowledge")
            }
            settings.httpVersion = known
        }
        settings.maxConnections = reader.target.target.maxConnections?.value
        return settings
    }
}
