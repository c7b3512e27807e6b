internal import Diagnostics
internal import Expressions
public import ScenarioModel
public import ScenarioSyntax

extension HTTPStep {
    public func parse(_ node: YAMLNode, _ reader: inout SyntaxReader) -> (any StepRequest)? {
        if node.scalar != nil {
            reader.diagnostics.append(
                Diagnostic(
                    .httpMethod, at: node.span, "expected a mapping with a method, found \(node.found)",
                    hint: "write 'http: { get: /path }'"))
            return nil
        }
        guard let mapping = MappingReader(node, Self.lenientTable, &reader.diagnostics) else { return nil }
        for member in node.members ?? [] where Self.misplaced.contains(member.name) {
            reader.diagnostics.append(
                Diagnostic(
                    .httpMisplaced, at: member.key.span, .misplaced(member.name),
                    hint: "indent '\(member.name)' as far as 'http'"))
        }
        let line = requestLine(mapping, &reader)
        let body = body(mapping, &reader)
        let query = mapping["query"].flatMap { PairList($0, "query", &reader) }
        let headers = mapping["headers"].flatMap { PairList($0, "headers", &reader) }
        if let headers { checkHeaders(headers, &reader.diagnostics) }
        let auth = mapping["auth"].flatMap { AuthTemplate($0, &reader) }
        if let span = mapping.keySpan("auth"), mapping["auth"]?.scalar?.text != "none",
            let header = headers?.pairs?.first(where: { $0.name.isAuthorization })
        {
            reader.diagnostics.append(
                Diagnostic(
                    .httpAuth, at: header.nameSpan, "the step has both 'auth' and the header '\(header.name)'",
                    secondary: [.init(span: span, text: "'auth' sends that header")], hint: "keep one of them"))
        }
        let maxEvents = StepOption(mapping["max_events"], &reader) { $0.count(&$1) }
        let isStream = stream(mapping, &reader.diagnostics)
        let follow = StepOption(mapping["follow_redirects"], &reader) { $0.redirects(&$1) }
        let maxBytes = StepOption(mapping["max_bytes"], &reader) { $0.size(&$1) }
        let cookies = StepOption(mapping["cookies"], &reader) { $0.boolean(&$1) }
        guard let (method, url) = line else { return nil }
        if case .known("HEAD") = method, let span = Self.bodyKeys.compactMap({ mapping.keySpan($0) }).first {
            reader.diagnostics.append(
                Diagnostic(.httpBody, at: span, "a HEAD request has no body", hint: "remove it, or use another method"))
        }
        var call = HTTPCall(method: method, url: url, span: node.span)
        call.query = query
        call.headers = headers
        call.body = body
        call.auth = auth
        call.isStream = isStream
        call.maxEvents = maxEvents
        call.followRedirects = follow
        call.maxBytes = maxBytes
        call.cookies = cookies
        return call
    }

    private static let misplaced = Set(stepKeys)
    /// The table that takes a step's keys too, so that they are told with a better reason.
    private static let lenientTable = KeyTable(
        name: table.name, summary: table.summary, keys: table.keys + stepKeys.map { Key($0, .any, "") },
        foreign: table.foreign)

    private func requestLine(
        _ mapping: MappingReader, _ reader: inout SyntaxReader
    ) -> (HTTPCall.Method, URLTemplate)? {
        let present = (Self.shortcuts + ["method"]).filter { mapping.has($0) }
        guard let first = present.first else {
            // A mistyped method is told already, with the word that was meant.
            let unknown = (mapping.node.members ?? []).map(\.name).filter { mapping.table[$0] == nil }
            if unknown.contains(where: { NearestName.of($0, in: Self.shortcuts + ["method"]) != nil }) { return nil }
            reader.diagnostics.append(
                Diagnostic(
                    .httpMethod,
                    at: mapping.keySpan("path") ?? mapping.node.members?.first?.key.span ?? mapping.node.span,
                    "the request has no method", hint: "write 'get: /path', or 'method' with 'path'"))
            return nil
        }
        if present.count > 1, let second = mapping.keySpan(present[1]), let span = mapping.keySpan(first) {
            reader.diagnostics.append(
                Diagnostic(
                    .httpMethod, at: second, "a request has one method; this one has '\(first)' and '\(present[1])'",
                    secondary: [.init(span: span, text: "the first is here")], hint: "make two steps of it"))
            return nil
        }
        guard first == "method" else {
            if let span = mapping.keySpan("path") {
                reader.diagnostics.append(
                    Diagnostic(
                        .httpPath, at: span, "the path stands behind '\(first)' already",
                        hint: "remove 'path', or write 'method' in place of '\(first)'"))
            }
            return mapping[first].flatMap { URLTemplate($0, &reader) }.map { (.known(first.uppercased()), $0) }
        }
        let method = mapping["method"].flatMap { self.method($0, &reader) }
        guard let path = mapping["path"] else {
            reader.diagnostics.append(
                Diagnostic(
                    .httpPath, at: mapping.keySpan("method") ?? mapping.node.span, "'method' stands without 'path'",
                    hint: "add 'path: /…'"))
            return nil
        }
        let url = URLTemplate(path, &reader)
        guard let method, let url else { return nil }
        return (method, url)
    }

    private func method(_ node: YAMLNode, _ reader: inout SyntaxReader) -> HTTPCall.Method? {
        guard let text = node.text(&reader.diagnostics) else { return nil }
        let value = reader.value(node)
        guard value.constant != nil else { return .template(value) }
        guard HTTPToken.isToken(text) else {
            reader.diagnostics.append(
                Diagnostic(
                    .httpMethod, at: node.span, "'\(String(text.prefix(40)))' is no HTTP method",
                    hint: HTTPToken.culprit(text)))
            return nil
        }
        if Self.shortcuts.contains(text.lowercased()), text != text.uppercased() {
            reader.diagnostics.append(
                Diagnostic(
                    .httpMethod, .warning, at: node.span,
                    "methods are case-sensitive, and '\(text)' is not '\(text.uppercased())'",
                    hint: "write '\(text.uppercased())'"))
        }
        return .known(text)
    }

    private func body(_ mapping: MappingReader, _ reader: inout SyntaxReader) -> HTTPBody? {
        let present = Self.bodyKeys.filter { mapping.has($0) }
        if present.count > 1, let second = mapping.keySpan(present[1]), let span = mapping.keySpan(present[0]) {
            reader.diagnostics.append(
                Diagnostic(
                    .httpBody, at: second, "a request has one body; this one has '\(present[0])' and '\(present[1])'",
                    secondary: [.init(span: span, text: "the first is here")], hint: "keep one of them"))
        }
        guard let key = present.first, let node = mapping[key] else { return nil }
        return HTTPBody(key, node, &reader)
    }

    private func checkHeaders(_ headers: PairList, _ diagnostics: inout [Diagnostic]) {
        for pair in headers.pairs ?? [] {
            if !HTTPToken.isToken(pair.name) {
                diagnostics.append(
                    Diagnostic(
                        .httpHeader, at: pair.nameSpan, "'\(String(pair.name.prefix(60)))' is no header name",
                        hint: HTTPToken.culprit(pair.name)))
            }
            if pair.value.literalTexts.contains(where: { HTTPToken.breaksHeader($0) }) {
                diagnostics.append(
                    Diagnostic(
                        .httpHeader, at: pair.value.span, "the value of '\(pair.name)' has a line break or a NUL",
                        hint: "write it in one line; a block scalar ends with '|-' or '>-'"))
            }
        }
    }

    private func stream(_ mapping: MappingReader, _ diagnostics: inout [Diagnostic]) -> Bool {
        guard let node = mapping["stream"] else {
            if let span = mapping.keySpan("max_events") {
                diagnostics.append(
                    Diagnostic(
                        .httpStream, at: span, "'max_events' has no effect without 'stream'", hint: "add 'stream: sse'")
                )
            }
            return false
        }
        guard let text = node.text(&diagnostics) else { return false }
        if text == "sse" { return true }
        diagnostics.append(
            Diagnostic(
                .httpStream, at: node.span, "no stream is called '\(text.prefix(40))'",
                hint: "write 'stream: sse' for server-sent events"))
        return false
    }
}

extension YAMLNode {
    /// A number of redirects: `true` is ten, `false` none.
    fileprivate func redirects(_ diagnostics: inout [Diagnostic]) -> Int? {
        if case .bool(let follows)? = scalar?.resolved { return follows ? HTTPCall.manyRedirects : 0 }
        var unused: [Diagnostic] = []
        if let count = integer(&unused) { return atLeast(0, count, &diagnostics) }
        let written = scalar.map { "'\($0.text.prefix(40))'" } ?? found
        diagnostics.append(
            Diagnostic(
                .httpSetting, at: span, "expected true, false or a number of redirects, found \(written)",
                hint: "true follows up to \(HTTPCall.manyRedirects)"))
        return nil
    }

    /// A number from 1 on.
    fileprivate func count(_ diagnostics: inout [Diagnostic]) -> Int? {
        integer(&diagnostics).flatMap { atLeast(1, $0, &diagnostics) }
    }

    private func atLeast(_ least: Int, _ count: Int, _ diagnostics: inout [Diagnostic]) -> Int? {
        if count >= least { return count }
        diagnostics.append(
            Diagnostic(
                .httpSetting, at: span, "expected a number from \(least) on, found \(count)",
                hint: "write \(least) or more"))
        return nil
    }
}

extension String {
    /// Whether it is the name of the header that carries credentials.
    var isAuthorization: Bool { lowercased() == "authorization" }
}

extension Diagnostic.Message {
    fileprivate static func misplaced(_ key: String) -> Self { "'\(key)' belongs to the step, not to 'http'" }
}
