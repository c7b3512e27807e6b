import Diagnostics
import Expressions
import HTTPTransport
import ScenarioCompiler
import ScenarioModel
import ScenarioSyntax
import StepDrivers

/// A scenario of one request, as it is written to a file.
struct ScenarioDraft {
    var request: DraftRequest
    /// Lines of the comment at the top.
    var notes: [String]
    var description: String
    var tags: [String] = []
    var expectation: DraftTree?

    /// What of a configuration a new scenario goes by.
    struct Surroundings {
        /// The names declared under `secrets`.
        var secrets: Set<String> = []
        var targets: [Target] = []

        init() {}

        /// Reads the configuration that holds for a file, if there is one that can be read.
        init(_ project: ProjectRequest, near path: String?) {
            var diagnostics: [Diagnostic] = []
            let request = ConfigurationRequest(
                path: project.config, scenarios: path.map { [$0] } ?? [], profile: project.profile,
                environmentFile: project.envFile, workingFolder: Streams.workingFolder, isLint: true)
            guard
                let configuration = ConfigurationReader.load(
                    request, kinds: StepKinds.all, files: DiskFiles(), environment: Streams.environment,
                    into: &diagnostics)
            else { return }
            secrets = Set(configuration.secrets.keys)
            targets = configuration.targets.filter { $0.kind == "http" }
        }

        /// The target whose address a URL begins with, and the path behind it.
        func target(of url: DraftText) -> (target: Target, path: DraftText)? {
            for target in targets {
                guard var base = target.settings["url"]?.constant?.string else { continue }
                while base.hasSuffix("/") { base.removeLast() }
                guard !base.isEmpty, let rest = url.dropping(prefix: base) else { continue }
                guard let first = rest.shown.first else { return (target, DraftText("/")) }
                if first == "/" { return (target, rest) }
            }
            return nil
        }
    }

    /// The text of the file in the one style; nil where that cannot be, which no request should bring about.
    func text(in surroundings: Surroundings) -> String? {
        let reference: (String) -> String = { name in
            surroundings.secrets.contains(name) ? "$secrets.\(name)" : "$env.\(name)"
        }
        var members: [(String, DraftTree)] = [("description", .literal(description))]
        if !tags.isEmpty { members.append(("tags", .list(tags.map { .literal($0) }))) }
        var url = request.url
        var step: [(String, DraftTree)] = [("id", .literal("request"))]
        if let connection = connectionKeys, let (origin, path) = origin(of: url) {
            members.append(
                (
                    "targets",
                    .map([("server", .map([("kind", .literal("http")), ("url", .literal(origin))] + connection))])
                ))
            step.append(("target", .literal("server")))
            url = path
        } else if let (target, path) = surroundings.target(of: url) {
            if !target.isDefault { step.append(("target", .literal(target.name))) }
            url = path
        }
        if let timeout = request.timeout { step.append(("timeout", .literal(timeout))) }
        if request.retries > 0 { step.append(("retry", .plain(String(request.retries)))) }
        step.append(("http", .map(http(url))))
        if let expectation { step.append(("expect", expectation)) }
        members.append(("steps", .list([.map(step)])))
        let body = DraftTree.map(members).yaml(reference)
        let comment = notes.map { $0.isEmpty ? "#\n" : "# \($0)\n" }.joined()
        var problems: [Diagnostic] = []
        return YAMLFormatter.format(SourceFile(path: "<new>", text: comment + body), into: &problems)
    }

    private func http(_ url: DraftText) -> [(String, DraftTree)] {
        var members: [(String, DraftTree)] = []
        let short = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].contains(request.method)
        if short {
            members.append((request.method.lowercased(), .text(url)))
        } else {
            members += [("method", .literal(request.method)), ("path", .text(url))]
        }
        if !request.headers.isEmpty { members.append(("headers", headers)) }
        if let user = request.user {
            members.append(
                ("auth", .map([("basic", .map([("user", .text(user.name)), ("password", .text(user.password))]))])))
        }
        if request.followsRedirects > 0 {
            members.append(
                (
                    "follow_redirects",
                    request.followsRedirects >= 10 ? .plain("true") : .plain(String(request.followsRedirects))
                ))
        }
        switch request.body {
        case .none: break
        case .json(let tree, _): members.append(("json", tree))
        case .form(let pairs): members.append(("form", .map(Self.grouped(pairs))))
        case .text(let text): members.append(("text", .text(text)))
        case .multipart(let parts):
            members.append(("multipart", .map(parts.map { ($0.name, Self.part($0)) })))
        }
        return members
    }

    /// Headers of one name are a list under it.
    private var headers: DraftTree { .map(Self.grouped(request.headers)) }

    private static func grouped(_ pairs: [(name: String, value: DraftText)]) -> [(String, DraftTree)] {
        var names: [String] = []
        var values: [String: [DraftText]] = [:]
        for pair in pairs {
            if values[pair.name] == nil { names.append(pair.name) }
            values[pair.name, default: []].append(pair.value)
        }
        return names.map { name in
            let all = values[name] ?? []
            return (name, all.count == 1 ? .text(all[0]) : .list(all.map { .text($0) }))
        }
    }

    private static func part(_ part: DraftRequest.Part) -> DraftTree {
        var members: [(String, DraftTree)] = [part.file.map { ("file", .literal($0)) } ?? ("text", .text(part.value))]
        if let type = part.contentType { members.append(("content_type", .literal(type))) }
        if let name = part.filename, name != part.file?.split(separator: "/").last.map(String.init) {
            members.append(("filename", .literal(name)))
        }
        return members.count == 1 && part.file == nil ? .text(part.value) : .map(members)
    }

    // MARK: Connections

    /// What only a target can say; nil where nothing is.
    private var connectionKeys: [(String, DraftTree)]? {
        var members: [(String, DraftTree)] = []
        let settings = request.connection
        var tls: [(String, DraftTree)] = []
        if let ca = settings.tls.ca { tls.append(("ca", .literal(ca))) }
        if let certificate = settings.tls.certificate { tls.append(("cert", .literal(certificate))) }
        if let key = settings.tls.key { tls.append(("key", .literal(key))) }
        if settings.tls.isInsecure { tls.append(("insecure", .plain("true"))) }
        if !tls.isEmpty { members.append(("tls", .map(tls))) }
        if let proxy = settings.proxy { members.append(("proxy", .literal(proxy))) }
        if let socket = settings.unixSocket { members.append(("unix_socket", .literal(socket))) }
        if !settings.resolve.isEmpty { members.append(("resolve", .list(settings.resolve.map { .literal($0) }))) }
        if settings.httpVersion != .automatic {
            members.append(("http_version", .literal(settings.httpVersion.rawValue)))
        }
        return members.isEmpty ? nil : members
    }

    /// The scheme, host and port of a URL, and what follows.
    private func origin(of url: DraftText) -> (String, DraftText)? {
        guard case .literal(let head)? = url.parts.first, let start = head.firstRange(of: "://") else { return nil }
        let authority = head[start.upperBound...].prefix { !"/?".contains($0) }
        let origin = String(head[..<authority.endIndex])
        guard let rest = url.dropping(prefix: origin) else { return nil }
        guard !rest.parts.isEmpty else { return (origin, DraftText("/")) }
        if rest.shown.hasPrefix("?") {
            var path = DraftText("/")
            path.append(rest)
            return (origin, path)
        }
        return (origin, rest)
    }
}
