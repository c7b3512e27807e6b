import Expressions

/// An operation of a described service, with the request that calls it.
struct OpenAPIOperation {
    /// Its `operationId`, else its method and path.
    var name: String
    var summary: String
    var tags: [String]
    var request: DraftRequest
    /// What the description says of the answer.
    var expectation: DraftTree
    var status: Int
    /// Parameters whose values nothing in the file gives.
    var invented: [String]

    private static let methods = ["get", "put", "post", "delete", "options", "head", "patch"]

    /// A method of a path, before anything of it is read.
    struct Entry {
        var name: String
        var method: String
        var path: String
        var item: Value
        var operation: Value
    }

    /// The operations of a document, in its order.
    static func entries(of document: OpenAPIDocument) throws(OpenAPIDocument.Problem) -> [Entry] {
        var entries: [Entry] = []
        for (path, item) in document.root["paths"]?.object ?? .init() {
            let (item, _) = try document.resolved(item)
            for method in methods {
                guard let operation = item[method], operation.object != nil else { continue }
                let name = operation["operationId"]?.string ?? "\(method) \(path)"
                entries.append(Entry(name: name, method: method, path: path, item: item, operation: operation))
            }
        }
        return entries
    }

    /// Reads an operation; `base` is put before its path.
    init(
        _ entry: Entry, of document: OpenAPIDocument, base: String, environment: [String: String]
    ) throws(OpenAPIDocument.Problem) {
        name = entry.name
        summary =
            entry.operation["summary"]?.string ?? "\(entry.method.uppercased()) \(entry.path) answers as described."
        tags = (entry.operation["tags"]?.array ?? []).compactMap(\.string)
        request = DraftRequest()
        request.method = entry.method.uppercased()
        invented = []
        (status, expectation) = try Self.answer(entry.operation, document)
        let schemas = OpenAPISchema(document: document)
        var path = entry.path
        var query: [(name: String, value: String)] = []
        for parameter in try Self.parameters(entry, document) {
            guard let name = parameter["name"]?.string, let place = parameter["in"]?.string else { continue }
            let given = try Self.given(parameter, document)
            let isRequired = parameter["required"] == true || place == "path"
            guard given != nil || isRequired else { continue }
            let sample = given == nil ? try schemas.sample(parameter["schema"] ?? .null) : nil
            let value = given ?? sample ?? "text"
            if given == nil { invented.append(name) }
            let text = value.string ?? value.json()
            switch place {
            case "path": path = path.replacing("{\(name)}", with: Self.escaped(text))
            case "query": query.append((name, text))
            case "header" where !["accept", "content-type", "authorization"].contains(name.lowercased()):
                request.headers.append((name, DraftText(text)))
            default: break
            }
        }
        var url = DraftText(base + path)
        for (index, pair) in query.enumerated() {
            url.append("\(index == 0 ? "?" : "&")\(FormText.encode(pair.name))=\(FormText.encode(pair.value))")
        }
        request.url = url
        var names = SecretNames()
        try readBody(entry.operation, document, schemas, &names)
        try readSecurity(entry.operation, document, environment, &names)
    }

    /// The parameters of the operation, with those of its path that it does not set anew.
    private static func parameters(
        _ entry: Entry, _ document: OpenAPIDocument
    ) throws(OpenAPIDocument.Problem) -> [Value] {
        var all: [Value] = []
        for value in (entry.item["parameters"]?.array ?? []) + (entry.operation["parameters"]?.array ?? []) {
            let (parameter, _) = try document.resolved(value)
            all.removeAll { $0["name"] == parameter["name"] && $0["in"] == parameter["in"] }
            all.append(parameter)
        }
        return all
    }

    /// The value that the description gives as an example.
    private static func given(
        _ holder: Value, _ document: OpenAPIDocument
    ) throws(OpenAPIDocument.Problem) -> Value? {
        if let example = holder["example"] { return example }
        if let first = holder["examples"]?.object?.values.first {
            let (example, _) = try document.resolved(first)
            if let value = example["value"] { return value }
        }
        guard let schema = holder["schema"] else { return nil }
        let (resolved, _) = try document.resolved(schema)
        return resolved["example"] ?? resolved["examples"]?.array?.first ?? resolved["default"]
            ?? resolved["enum"]?.array?.first
    }

    private mutating func readBody(
        _ operation: Value, _ document: OpenAPIDocument, _ schemas: OpenAPISchema, _ names: inout SecretNames
    ) throws(OpenAPIDocument.Problem) {
        guard let written = operation["requestBody"] else { return }
        let (body, _) = try document.resolved(written)
        guard let content = body["content"]?.object else { return }
        let type = content.keys.first { DraftBody.isJSON($0) } ?? content.keys.first
        guard let type, let media = content[type] else { return }
        let given = try Self.given(media, document)
        let sample = given == nil ? try schemas.sample(media["schema"] ?? .null) : nil
        let value = given ?? sample ?? .null
        if DraftBody.isJSON(type) {
            let tree = DraftTree(value) { Self.secret($0, $1, &names) }
            request.body = .json(tree, bytes: Array(value.json().utf8))
            if type != "application/json" { request.headers.append(("Content-Type", DraftText(type))) }
        } else if type == "application/x-www-form-urlencoded" {
            request.body = .form(Self.pairs(value, &names))
        } else if type.hasPrefix("multipart/") {
            request.body = .multipart(
                Self.pairs(value, &names).map { DraftRequest.Part(name: $0.name, value: $0.value) })
        } else {
            request.headers.append(("Content-Type", DraftText(type)))
            request.body = .text(DraftText(value.string ?? value.json()))
        }
    }

    /// A name in the place of an example, which is no credential; examples that differ stand for two of them.
    private static func secret(_ name: String, _ example: String, _ names: inout SecretNames) -> DraftText? {
        guard SecretName.isSecret(name) else { return nil }
        return DraftText(named: names.name(SecretName.variable(name), for: example), value: nil)
    }

    private static func pairs(_ value: Value, _ names: inout SecretNames) -> [(name: String, value: DraftText)] {
        (value.object ?? .init()).map { name, member in
            let text = member.string ?? member.json()
            return (name, secret(name, text, &names) ?? DraftText(text))
        }
    }

    private mutating func readSecurity(
        _ operation: Value, _ document: OpenAPIDocument, _ environment: [String: String], _ names: inout SecretNames
    ) throws(OpenAPIDocument.Problem) {
        let wanted = operation["security"]?.array ?? document.root["security"]?.array ?? []
        for name in wanted.first?.object?.keys ?? [] {
            guard let written = document.root["components"]?["securitySchemes"]?[name] else { continue }
            let (scheme, _) = try document.resolved(written)
            func named(_ wanted: String) -> DraftText {
                let variable = names.name(wanted, for: "the scheme \(name)")
                return DraftText(named: variable, value: environment[variable])
            }
            switch scheme["type"]?.string {
            case "http" where scheme["scheme"]?.string?.lowercased() == "basic":
                request.user = (named("API_USER"), named("API_PASSWORD"))
            case "http", "oauth2", "openIdConnect":
                var value = DraftText("Bearer ")
                value.append(named("API_TOKEN"))
                request.headers.append(("Authorization", value))
            case "apiKey":
                let key = scheme["name"]?.string ?? "X-Api-Key"
                let value = named(SecretName.variable(key))
                switch scheme["in"]?.string {
                case "query":
                    request.url.append((request.url.shown.contains("?") ? "&" : "?") + FormText.encode(key) + "=")
                    request.url.append(value)
                case "cookie":
                    var cookie = DraftText(key + "=")
                    cookie.append(value)
                    request.headers.append(("Cookie", cookie))
                default: request.headers.append((key, value))
                }
            default: break
            }
        }
    }

    /// The status of the first good answer, and what it must be like.
    private static func answer(
        _ operation: Value, _ document: OpenAPIDocument
    ) throws(OpenAPIDocument.Problem) -> (Int, DraftTree) {
        let responses = operation["responses"]?.object ?? .init()
        let key =
            responses.keys.sorted().first { $0.hasPrefix("2") } ?? responses.keys.sorted().first { $0 == "default" }
        let status = key.flatMap { Int($0) } ?? 200
        var members: [(String, DraftTree)] = [("status", .plain(String(status)))]
        guard let key, let written = responses[key] else { return (status, .map(members)) }
        let (response, _) = try document.resolved(written)
        let content = response["content"]?.object ?? .init()
        guard let type = content.keys.first(where: { DraftBody.isJSON($0) }), let schema = content[type]?["schema"]
        else {
            return (status, .map(members))
        }
        let essence = type.prefix { $0 != ";" }
        members.append(
            ("headers", .map([("content-type", .condition("startswith(\(AnswerShape.jqText(String(essence))))"))])))
        if let body = try OpenAPISchema(document: document).expectation(schema) { members.append(("body", body)) }
        return (status, .map(members))
    }

    /// A text in a path: all but the characters that need no escape.
    private static func escaped(_ text: String) -> String {
        FormText.encode(text).replacing("+", with: "%20")
    }
}
