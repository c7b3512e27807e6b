/// What a URL on curl's command line stands for.
enum CurlURL {
    /// The URL with its scheme, without a user and a password, which are told apart from it.
    static func cleaned(
        _ url: DraftText, _ user: inout (name: DraftText, password: DraftText)?, _ names: inout SecretNames
    ) throws(ShellWords.Problem) -> DraftText {
        guard case .literal(let head)? = url.parts.first else { return url }
        var text = head
        if !text.contains("://") { text = "http://" + text }
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw ShellWords.Problem(message: "'\(scheme)' is not spoken here", hint: "use an http or https URL")
        }
        let authority = text.dropFirst(scheme.count + 3).prefix { !"/?#".contains($0) }
        if url.parts.count == 1, let at = authority.lastIndex(of: "@") {
            let pair = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let name = FormText.decode(pair[0].replacing("+", with: "%2B")) ?? String(pair[0])
            let password = pair.count > 1 ? FormText.decode(pair[1].replacing("+", with: "%2B")) : nil
            if user == nil {
                let variable = names.name("API_PASSWORD", for: password ?? "")
                user = (DraftText(name), DraftText(named: variable, value: password ?? ""))
            }
            text = scheme + "://" + text.dropFirst(scheme.count + 3)[authority.index(after: at)...]
        }
        if let fragment = text.firstIndex(of: "#"), url.parts.count == 1 { text = String(text[..<fragment]) }
        var result = DraftText(text.replacing(" ", with: "%20"))
        guard let rest = url.dropping(prefix: head) else { return result }
        result.append(rest)
        return result
    }

    /// The URL with names in the place of parameters that are credentials.
    static func hidingSecrets(in url: DraftText, _ names: inout SecretNames) -> DraftText {
        guard let text = url.literal, let mark = text.firstIndex(of: "?") else { return url }
        var result = DraftText(String(text[...mark]))
        for (index, pair) in text[text.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false)
            .enumerated()
        {
            if index > 0 { result.append("&") }
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2, SecretName.isSecret(parts[0]) || SecretName.isSecret(value: parts[1]) {
                result.append(parts[0] + "=")
                let variable = names.name(SecretName.variable(parts[0]), for: parts[1])
                result.append(DraftText(named: variable, value: parts[1]))
            } else {
                result.append(String(pair))
            }
        }
        return result
    }
}
