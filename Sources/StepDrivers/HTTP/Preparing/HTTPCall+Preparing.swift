internal import Diagnostics
internal import Expressions
internal import HTTPTransport
internal import ScenarioModel
internal import ScenarioSyntax

extension HTTPCall {
    /// Evaluates every template once: first the address, then query, headers, body and options.
    func prepare(_ scope: any TemplateScope, target: ResolvedTarget?) throws(StepFailure) -> any PreparedStep {
        let method = try evaluatedMethod(scope)
        var address = try url.evaluate(scope)
        var connection: HTTPConnection?
        if !address.isAbsoluteURL {
            guard let target else {
                throw StepFailure.refused(
                    .httpPath, "the path '\(address.prefix(80))' needs a target", at: url.value.span,
                    hint: "name one with 'target', or write a whole URL")
            }
            let made = try HTTPConnection.of(target)
            connection = made
            address = made.url + address
        }
        if let query { address = try Self.address(address, with: query, scope) }

        var headers = try HeaderSet(self.headers, over: connection?.headers ?? [], scope)
        let body = try preparedBody(scope)
        if let body {
            headers.addContentType(body.contentType, boundary: body.boundary)
            if method == "HEAD" {
                throw StepFailure.refused(
                    .httpBody, "a HEAD request has no body", at: span, hint: "remove it, or use another method")
            }
        }
        let ownAuth = try evaluatedAuth(scope)
        if let ownAuth, !ownAuth.isEmpty { headers.list.append(HTTPHeader("Authorization", ownAuth)) }
        if connection?.wantsCompression == true, !headers.written.contains("accept-encoding") {
            let codings = HTTPTransport.contentCodings.joined(separator: ", ")
            headers.list.append(HTTPHeader("Accept-Encoding", codings))
        }

        var request = HTTPRequest(method: method, url: address, headers: headers.list, body: body?.content ?? .none)
        request.bodyVersion = body?.version
        request.settings = connection?.settings ?? ConnectionSettings()
        request.credentialHeaders = (connection?.headers.map(\.name) ?? []) + Self.usualCredentials
        request.followRedirects = try evaluatedRedirects(scope) ?? connection?.followRedirects ?? 0
        if request.followRedirects > 0 { keepSecretsHome(&request, scope) }
        request.maxBytes =
            try maxBytes?.evaluate(
                "a size such as 10MiB", scope, code: .httpSetting, { QuantityText.parseSize($0) ?? Int($0) })
            ?? connection?.maxBytes ?? Self.defaultMaxBytes
        request.isIdempotent = Self.idempotentMethods.contains(method)
        if isStream {
            let most = try maxEvents?.evaluate("a number of events", scope, code: .httpSetting) { Int($0) }
            request.streaming = .init(maxEvents: max(1, most ?? Self.defaultMaxEvents))
        }
        let keepsCookies = try cookies?.evaluate("true or false", scope, code: .httpSetting) { Bool($0) }
        return PreparedRequest(
            request, connection: connection,
            usesTargetAuth: ownAuth == nil && !headers.written.contains("authorization"),
            keepsCookies: keepsCookies ?? connection?.keepsCookies ?? true, droppedDefaults: headers.written,
            bodyNote: body?.note, targetName: connection == nil ? nil : target?.name)
    }

    /// Marks the headers and the body that hold a secret: those do not follow a redirect to another origin.
    private func keepSecretsHome(_ request: inout HTTPRequest, _ scope: any TemplateScope) {
        request.credentialHeaders += request.headers.filter { scope.holdsSecret($0.value) }.map(\.name)
        if case .bytes(let bytes) = request.body {
            request.hasCredentialBody = scope.holdsSecret(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// Headers that are credentials in most services, and stay behind when a redirect leads elsewhere.
    private static let usualCredentials = ["x-api-key", "api-key", "x-auth-token", "x-access-token"]

    private func evaluatedMethod(_ scope: any TemplateScope) throws(StepFailure) -> String {
        switch method {
        case .known(let method): return method
        case .template(let template):
            let text = try scope.text(of: template) ?? ""
            guard HTTPToken.isToken(text) else {
                throw StepFailure.refused(
                    .httpMethod, "'\(text.prefix(40))' is no HTTP method", at: template.span,
                    hint: HTTPToken.culprit(text).text)
            }
            return text
        }
    }

    private static func address(
        _ address: String, with query: PairList, _ scope: any TemplateScope
    ) throws(StepFailure) -> String {
        var text = ""
        for pair in try query.evaluate(scope) {
            for value in pair.values {
                text += text.isEmpty ? "" : "&"
                text += PercentEncoding.component(pair.name) + "=" + PercentEncoding.component(value)
            }
        }
        if text.isEmpty { return address }
        guard let mark = address.firstIndex(of: "?") else { return address + "?" + text }
        let existing = address[address.index(after: mark)...]
        return address + (existing.isEmpty || existing.hasSuffix("&") ? "" : "&") + text
    }

    /// The value of the step's own Authorization header; empty for `none`, nil where the step says nothing.
    private func evaluatedAuth(_ scope: any TemplateScope) throws(StepFailure) -> String? {
        switch auth {
        case nil: return nil
        case .none?: return ""
        case .bearer(let token)?:
            guard let text = try scope.text(of: token), !text.isEmpty, !HTTPToken.breaksHeader(text) else {
                throw StepFailure.refused(
                    .httpAuth, "the bearer token is empty, or has a line break or a NUL", at: token.span,
                    hint: "look at what the template yields")
            }
            return "Bearer \(text)"
        case .basic(let user, let password)?:
            let name = try scope.text(of: user) ?? ""
            guard !name.contains(":") else {
                throw StepFailure.refused(.httpAuth, "a user name cannot hold a colon", at: user.span)
            }
            return "Basic \(Base64.encode("\(name):\(try scope.text(of: password) ?? "")".utf8))"
        }
    }

    private func evaluatedRedirects(_ scope: any TemplateScope) throws(StepFailure) -> Int? {
        try followRedirects?.evaluate("true, false or a number", scope, code: .httpSetting) { text in
            switch text {
            case "true": Self.manyRedirects
            case "false": 0
            default: Int(text).flatMap { $0 >= 0 ? $0 : nil }
            }
        }
    }
}
