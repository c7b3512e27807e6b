import Diagnostics
import HTTPTransport

/// Reads a command line of curl into a request.
///
/// Options that only change what curl prints are passed over; one that is not known is an error, since a request
/// without it might be another one.
struct CurlWords {
    typealias Problem = ShellWords.Problem

    private var request = DraftRequest()
    private var method: String?
    private var data: [DataPiece] = []
    private var parts: [DraftRequest.Part] = []
    private var isGet = false
    private var isHead = false
    private var isJSON = false
    private var redirects = 50
    private var follows = false
    private var names = SecretNames()
    private let environment: [String: String]
    private let read: (String) -> [UInt8]?

    /// One `-d` or its kin.
    private struct DataPiece {
        var text: DraftText
        /// Whether it is a name and a value of a form, escaped already.
        var isEncoded = false
    }

    /// Reads a command; `read` gives the bytes of files that it names.
    static func request(
        _ command: String, environment: [String: String], read: @escaping (String) -> [UInt8]?
    ) throws(Problem) -> DraftRequest {
        let words = try ShellWords.split(command, environment: environment)
        guard let first = words.first, first.literal.map({ $0 == "curl" || $0.hasSuffix("/curl") }) == true else {
            throw Problem(
                message: "the command does not begin with 'curl'", hint: "plumb new from curl 'curl -X POST …'")
        }
        var reader = CurlWords(environment: environment, read: read)
        for (name, value) in words.flatMap(\.names) { reader.names.reserve(name, for: value) }
        try reader.readAll(Array(words.dropFirst()))
        return try reader.finish()
    }

    private init(environment: [String: String], read: @escaping (String) -> [UInt8]?) {
        self.environment = environment
        self.read = read
    }

    // MARK: Words

    private mutating func readAll(_ words: [DraftText]) throws(Problem) {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard let text = word.literal, text.hasPrefix("-"), text != "-" else {
                if word.literal == nil, case .literal(let head)? = word.parts.first, head.hasPrefix("-"),
                    !head.hasPrefix("--")
                {
                    try readCluster(word, &rest)
                } else {
                    try take(url: word)
                }
                continue
            }
            if text == "--" { continue }
            if text.hasPrefix("--") {
                try readLong(String(text.dropFirst(2)), &rest)
            } else {
                try readCluster(word, &rest)
            }
        }
    }

    private mutating func readLong(_ name: String, _ rest: inout ArraySlice<DraftText>) throws(Problem) {
        guard let option = CurlOption.named(name) else {
            let near = NearestName.of(name, in: CurlOption.names).map { "did you mean '--\($0)'?" }
            throw Problem(
                message: "curl's option '--\(name)' is not known here",
                hint: near ?? "leave it out, or write the scenario by hand")
        }
        guard option.takesValue else { return try apply(option.name, DraftText(), "--" + name) }
        guard let value = rest.popFirst() else {
            throw Problem(message: "curl's option '--\(name)' lacks its value", hint: "write it behind the option")
        }
        try apply(option.name, value, "--" + name)
    }

    /// Reads `-sSL`, `-XPOST`, `-d x`.
    private mutating func readCluster(_ word: DraftText, _ rest: inout ArraySlice<DraftText>) throws(Problem) {
        guard var left = word.dropping(prefix: "-") else { return }
        while case .literal(let text)? = left.parts.first, let letter = text.first {
            guard let option = CurlOption.short(letter) else {
                throw Problem(
                    message: "curl's option '-\(letter)' is not known here",
                    hint: "leave it out, or write the scenario by hand")
            }
            left = left.dropping(prefix: String(letter)) ?? DraftText()
            guard option.takesValue else {
                try apply(option.name, DraftText(), "-\(letter)")
                continue
            }
            if !left.parts.isEmpty { return try apply(option.name, left, "-\(letter)") }
            guard let value = rest.popFirst() else {
                throw Problem(message: "curl's option '-\(letter)' lacks its value", hint: "write it behind the option")
            }
            return try apply(option.name, value, "-\(letter)")
        }
    }

    private mutating func take(url: DraftText) throws(Problem) {
        guard request.url.parts.isEmpty else {
            throw Problem(
                message: "the command has two URLs: '\(request.url.shown)' and '\(url.shown)'",
                hint: "give one request a command; a URL with '&' or '?' stands in quotes")
        }
        request.url = url
    }

    // MARK: Options

    private mutating func apply(_ name: String, _ value: DraftText, _ written: String) throws(Problem) {
        switch name {
        case "url": try take(url: value)
        case "request": method = try literal(value, written)
        case "head": isHead = true
        case "get": isGet = true
        case "header": try addHeader(value)
        case "user-agent": request.headers.append(("User-Agent", value))
        case "referer": request.headers.append(("Referer", value))
        case "cookie":
            guard value.shown.contains("=") || value.literal == nil else {
                throw Problem(
                    message: "a file of cookies cannot be read: '\(value.shown)'", hint: "write -b 'name=value'")
            }
            request.headers.append(("Cookie", secret(value, "COOKIE")))
        case "user": addUser(value)
        case "oauth2-bearer": addBearer(value)
        case "data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "json", "url-query":
            try addData(name, value)
        case "form", "form-string": try addPart(name, value)
        case "upload-file":
            data.append(DataPiece(text: try contents(literal(value, written), stripping: false)))
            if method == nil { method = "PUT" }
        case "location": follows = true
        case "max-redirs": redirects = try number(value, written)
        case "max-time": request.timeout = try duration(value, written)
        case "retry": request.retries = try number(value, written)
        default: try applyConnection(name, value, written)
        }
    }

    private mutating func applyConnection(_ name: String, _ value: DraftText, _ written: String) throws(Problem) {
        switch name {
        case "insecure": request.connection.tls.isInsecure = true
        case "cacert": request.connection.tls.ca = try literal(value, written)
        case "cert": request.connection.tls.certificate = try withoutPassword(value, written, mark: ":")
        case "key": request.connection.tls.key = try literal(value, written)
        case "proxy": request.connection.proxy = try withoutPassword(value, written, mark: "@")
        case "unix-socket": request.connection.unixSocket = try literal(value, written)
        case "resolve": request.connection.resolve.append(try literal(value, written))
        case "http1.1": request.connection.httpVersion = .http11
        case "http2": request.connection.httpVersion = .http2
        case "http2-prior-knowledge": request.connection.httpVersion = .http2PriorKnowledge
        default: break
        }
    }

    private func literal(_ value: DraftText, _ option: String) throws(Problem) -> String {
        guard let text = value.literal, !text.isEmpty else {
            throw Problem(
                message: "the value of '\(option)' has to be written out", hint: "put it in the place of the variable")
        }
        return text
    }

    /// A value that may hold a password behind a mark, which would stand in the file.
    private func withoutPassword(_ value: DraftText, _ option: String, mark: Character) throws(Problem) -> String {
        let text = try literal(value, option)
        guard !text.contains(mark) else {
            throw Problem(
                message: "the value of '\(option)' holds a password, which is not written down",
                hint: "leave it out, and say it in plumb.yaml, in a target that the scenario uses")
        }
        return text
    }

    private func number(_ value: DraftText, _ option: String) throws(Problem) -> Int {
        guard let text = value.literal, let number = Int(text), (0...1000).contains(number) else {
            throw Problem(message: "'\(option)' takes a number, not '\(value.shown)'", hint: "write one from 0 to 1000")
        }
        return number
    }

    /// Seconds, with a fraction where there is one, as a duration of the language.
    private func duration(_ value: DraftText, _ option: String) throws(Problem) -> String {
        guard let text = value.literal, let seconds = Double(text), seconds > 0, seconds < 1e6 else {
            throw Problem(message: "'\(option)' takes seconds, not '\(value.shown)'", hint: "write a number such as 5")
        }
        let milliseconds = Int((seconds * 1000).rounded())
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(max(1, milliseconds))ms"
    }

    private mutating func addHeader(_ value: DraftText) throws(Problem) {
        if let text = value.literal, text.hasPrefix("@") {
            throw Problem(message: "headers from a file are not read: '\(text)'", hint: "write each with -H")
        }
        // `Name;` sends an empty header, `Name:` takes curl's own away.
        if let text = value.literal, text.hasSuffix(";"), !text.contains(":") {
            return request.headers.append((String(text.dropLast()), DraftText()))
        }
        guard let (name, tail) = value.split(at: ":"), !name.isEmpty else {
            throw Problem(message: "'\(value.shown)' is no header", hint: "write -H 'Name: value'")
        }
        let content = tail.trimmedAtStart
        guard !content.parts.isEmpty else { return }
        let lowered = name.lowercased()
        if lowered == "authorization" {
            if let token = content.dropping(prefix: "Bearer ") ?? content.dropping(prefix: "bearer ") {
                return addBearer(token)
            }
            request.headers.append((name, secret(content, "AUTHORIZATION")))
        } else if SecretName.isSecret(name) || SecretName.isSecret(value: content.literal ?? "") {
            request.headers.append((name, secret(content, SecretName.variable(name))))
        } else {
            request.headers.append((name, content))
        }
    }

    private mutating func addBearer(_ token: DraftText) {
        var value = DraftText("Bearer ")
        value.append(secret(token, "API_TOKEN"))
        request.headers.append(("Authorization", value))
    }

    private mutating func addUser(_ value: DraftText) {
        if let (name, password) = value.divided(at: ":") {
            request.user = (name, secret(password, "API_PASSWORD"))
        } else {
            names.reserve("API_PASSWORD", for: environment["API_PASSWORD"])
            request.user = (value, DraftText(named: "API_PASSWORD", value: environment["API_PASSWORD"]))
        }
    }

    /// The text under a name, unless it is read by one already.
    private mutating func secret(_ text: DraftText, _ name: String) -> DraftText {
        guard let literal = text.literal, !literal.isEmpty else { return text }
        return DraftText(named: names.name(name, for: literal), value: literal)
    }

    // MARK: Bodies

    private mutating func addData(_ name: String, _ value: DraftText) throws(Problem) {
        if name == "json" { isJSON = true }
        if name == "data-urlencode" || name == "url-query" {
            if name == "url-query" { isGet = true }
            return data.append(DataPiece(text: try encoded(value), isEncoded: true))
        }
        guard name != "data-raw", let text = value.literal, text.hasPrefix("@") else {
            return data.append(DataPiece(text: value))
        }
        data.append(
            DataPiece(
                text: try contents(String(text.dropFirst()), stripping: name.hasPrefix("data") && name != "data-binary")
            ))
    }

    /// `content`, `=content`, `name=content`, `@file`, `name@file`.
    private func encoded(_ value: DraftText) throws(Problem) -> DraftText {
        guard let text = value.literal else { return value }
        if let mark = text.firstIndex(where: { $0 == "=" || $0 == "@" }) {
            let name = text[..<mark]
            let rest = String(text[text.index(after: mark)...])
            let content = text[mark] == "@" ? try contents(rest, stripping: false).sent : rest
            return DraftText((name.isEmpty ? "" : name + "=") + FormText.encode(content))
        }
        return DraftText(FormText.encode(text))
    }

    private func contents(_ path: String, stripping: Bool) throws(Problem) -> DraftText {
        guard path != "-" else {
            throw Problem(message: "a body from standard input cannot be kept in a scenario", hint: "put it in a file")
        }
        guard let bytes = read(path), bytes.count <= 1 << 20, let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(
                message: "the file '\(path)' cannot be taken into the scenario",
                hint: "it has to be there, be text, and have at most 1 MiB; else write 'file: \(path)' by hand")
        }
        return DraftText(stripping ? text.filter { !$0.isNewline } : text)
    }

    private mutating func addPart(_ option: String, _ value: DraftText) throws(Problem) {
        guard let (name, tail) = value.split(at: "="), !name.isEmpty else {
            throw Problem(
                message: "'\(value.shown)' is no field of a form", hint: "write -F 'name=value' or -F 'name=@file'")
        }
        var part = DraftRequest.Part(name: name, value: tail)
        if option == "form", let text = tail.literal {
            let pieces = text.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
            for piece in pieces.dropFirst() {
                if piece.hasPrefix("type=") { part.contentType = String(piece.dropFirst(5)) }
                if piece.hasPrefix("filename=") {
                    part.filename = String(piece.dropFirst(9).filter { $0 != "\"" })
                }
            }
            if pieces[0].hasPrefix("@") {
                part.file = String(pieces[0].dropFirst())
                part.filename = part.filename ?? part.file?.split(separator: "/").last.map(String.init)
            } else if pieces[0].hasPrefix("<") {
                part.value = try contents(String(pieces[0].dropFirst()), stripping: false)
            } else if part.contentType != nil || part.filename != nil {
                part.value = DraftText(pieces[0])
            }
        }
        let isSecret = SecretName.isSecret(name) || SecretName.isSecret(value: part.value.literal ?? "")
        if part.file == nil, isSecret { part.value = secret(part.value, SecretName.variable(name)) }
        parts.append(part)
    }

    // MARK: The end

    private mutating func finish() throws(Problem) -> DraftRequest {
        guard !request.url.parts.isEmpty else {
            throw Problem(message: "the command has no URL", hint: "give the whole command, quotes included")
        }
        request.url = try CurlURL.cleaned(request.url, &request.user, &names)
        if isGet, !data.isEmpty {
            var query = request.url.shown.contains("?") ? DraftText("&") : DraftText("?")
            for (index, piece) in data.enumerated() {
                if index > 0 { query.append("&") }
                query.append(piece.text)
            }
            request.url.append(query)
            data = []
        }
        request.url = CurlURL.hidingSecrets(in: request.url, &names)
        guard parts.isEmpty || data.isEmpty else {
            throw Problem(message: "the command has both -F and -d", hint: "a request has one body")
        }
        let hasBody = !data.isEmpty || !parts.isEmpty
        request.method = method ?? (isHead ? "HEAD" : hasBody ? "POST" : "GET")
        if follows { request.followsRedirects = min(redirects, 50) }
        if !parts.isEmpty { request.body = .multipart(parts) }
        if !data.isEmpty { request.body = try body() }
        return request
    }

    private mutating func body() throws(Problem) -> DraftRequest.Body {
        var whole = DraftText()
        for (index, piece) in data.enumerated() {
            if index > 0, !isJSON { whole.append("&") }
            whole.append(piece.text)
        }
        let typeIndex = request.headers.firstIndex { $0.name.lowercased() == "content-type" }
        let type = typeIndex.map { request.headers[$0].value.shown.lowercased() }
        let says = isJSON || type.map { DraftBody.isJSON($0) } == true
        if says, let (tree, bytes) = DraftBody.json(whole, &names) {
            if type == "application/json", let typeIndex { request.headers.remove(at: typeIndex) }
            if isJSON, !request.headers.contains(where: { $0.name.lowercased() == "accept" }) {
                request.headers.append(("Accept", DraftText("application/json")))
            }
            return .json(tree, bytes: bytes)
        }
        let isForm = type == nil || type == "application/x-www-form-urlencoded"
        if !says, isForm, let pairs = DraftBody.form(whole, &names) {
            if let typeIndex { request.headers.remove(at: typeIndex) }
            return .form(pairs)
        }
        if type == nil {
            let name = isJSON ? "application/json" : "application/x-www-form-urlencoded"
            request.headers.append(("Content-Type", DraftText(name)))
        }
        return .text(whole)
    }
}
