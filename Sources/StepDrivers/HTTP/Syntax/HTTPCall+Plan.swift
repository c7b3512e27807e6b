internal import Expressions
internal import ScenarioModel

extension HTTPCall {
    /// The request as far as it is known before the run.
    ///
    ///     POST http://127.0.0.1:8000/v1/chat/completions?trace=${{ $run.id }}    address
    ///     authorization: Bearer ${{ $secrets.KEY }}                              headers
    ///
    ///     {                                                                      bodyLines
    ///       "model": ${{ $case.model }}
    ///     }
    func plan(target: Target?) -> [String] {
        var lines = ["\(methodText) \(address(target))"]
        lines += headerLines(target)
        if let body {
            lines.append("")
            lines += bodyLines(body)
        }
        return lines
    }

    private var methodText: String {
        switch method {
        case .known(let method): method
        case .template(let template): template.written
        }
    }

    private func address(_ target: Target?) -> String {
        var text = url.value.written.withoutUserInfo
        if !url.isAbsolute, !url.value.startsWithTemplate {
            let base = target?.settings["url"]?.written ?? "{target}"
            text = String(base.withoutUserInfo.reversed().drop { $0 == "/" }.reversed()) + text
        }
        guard let query else { return text }
        let pairs = query.planPairs.map { name, value in
            PercentEncoding.component(name) + "=" + (value.constantText.map(PercentEncoding.component) ?? value.written)
        }
        let added = pairs.isEmpty ? query.template?.written ?? "" : pairs.joined(separator: "&")
        return added.isEmpty ? text : text + (text.contains("?") ? "&" : "?") + added
    }

    private func headerLines(_ target: Target?) -> [String] {
        var lines: [String] = []
        let own = Set(headers?.pairs?.map { $0.name.lowercased() } ?? [])
        if !url.isAbsolute, case .object(let members, _)? = target?.settings["headers"] {
            let kept = members.filter { !own.contains($0.key.lowercased()) && !$0.value.isLiteralNull }
            lines += kept.flatMap { member in
                if case .array(let elements, _) = member.value {
                    return elements.map { "\(member.key): \($0.written)" }
                }
                return ["\(member.key): \(member.value.written)"]
            }
        }
        lines += headers?.planLines ?? []
        if let body, !own.contains("content-type") { lines.append("Content-Type: \(body.contentType)") }
        if let line = authLine(target), !own.contains("authorization") { lines.append(line) }
        return lines
    }

    /// How the request shows who sends it; a password written out is not repeated.
    private func authLine(_ target: Target?) -> String? {
        switch auth {
        case .none?: return nil
        case .bearer(let token)?: return "Authorization: Bearer \(token.hidden)"
        case .basic(let user, let password)?:
            return "Authorization: Basic base64(\(user.written):\(password.hidden))"
        case nil: break
        }
        guard !url.isAbsolute, let auth = target?.settings["auth"] else { return nil }
        if let token = auth["bearer"] { return "Authorization: Bearer \(token.hidden)" }
        if let basic = auth["basic"] {
            return "Authorization: Basic base64(\(basic["user"]?.written ?? ""):\(basic["password"]?.hidden ?? ""))"
        }
        if let grant = auth["oauth2_client_credentials"] {
            return "Authorization: Bearer {token from \(grant["token_url"]?.written ?? "token_url")}"
        }
        return auth.constant?.string == "none" ? nil : "Authorization: \(auth.hidden)"
    }

    private func bodyLines(_ body: HTTPBody) -> [String] {
        switch body {
        case .json(let json), .graphql(let json): return json.planLines
        case .form(let pairs): return pairs.planLines
        case .text(let text):
            return text.written.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        case .base64(let text): return ["{bytes of base64 \(text.written.prefix(60))}"]
        case .file(let path): return ["{bytes of the file \(path.written)}"]
        case .multipart(let parts):
            return parts.map { part in
                switch part.content {
                case .text(let text): "\(part.name): \(text.written)"
                case .file(let path): "\(part.name): {bytes of the file \(path.written)}"
                }
            }
        }
    }
}

extension PairList {
    /// The pairs with one value each, as they are written.
    fileprivate var planPairs: [(String, ValueTemplate)] {
        (pairs ?? []).flatMap { pair -> [(String, ValueTemplate)] in
            if case .array(let elements, _) = pair.value { return elements.map { (pair.name, $0) } }
            return pair.value.isLiteralNull ? [] : [(pair.name, pair.value)]
        }
    }
}

extension ValueTemplate {
    /// The text where no template stands in it.
    fileprivate var constantText: String? {
        if case .literal(_, let text?, _) = self { text } else { nil }
    }

    /// The text of a secret: its template, but nothing of what is written out.
    fileprivate var hidden: String { expressions.isEmpty ? "***" : written }

    /// Whether a template decides how it begins.
    fileprivate var startsWithTemplate: Bool {
        switch self {
        case .template(.whole, _): return true
        case .template(.text(let parts), _):
            guard case .value? = parts.first else { return false }
            return true
        default: return false
        }
    }
}
