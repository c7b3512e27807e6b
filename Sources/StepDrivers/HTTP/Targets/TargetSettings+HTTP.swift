internal import Expressions
internal import HTTPTransport
internal import ScenarioModel

extension TargetSettings {
    /// A number of redirects; `true` is ten.
    func redirects(_ key: String) throws(StepFailure) -> Int? {
        guard let text = try text(at: [key]) else { return nil }
        if text == "true" { return HTTPCall.manyRedirects }
        if text == "false" { return 0 }
        if let count = Int(text), count >= 0 { return count }
        throw failure("wants a number for '\(key)', found '\(text.prefix(40))'", hint: "write true, false or a number")
    }

    /// The headers behind a key, a list once per element, null left out.
    func headers(_ key: String) throws(StepFailure) -> [HTTPHeader] {
        let value = target.settings[key] ?? .null
        if value.isNull { return [] }
        guard let members = value.object else {
            throw failure("wants a mapping for '\(key)', found \(value.type)", hint: "write '\(key): { name: value }'")
        }
        var headers: [HTTPHeader] = []
        for (name, value) in members {
            let single = value.array == nil ? try text(at: [key, name]) : nil
            for text in value.array?.map(\.tostring) ?? single.map({ [$0] }) ?? [] {
                guard HTTPToken.isToken(name), !HTTPToken.breaksHeader(text) else {
                    throw failure(
                        "has a header '\(name.prefix(60))' that cannot be sent",
                        hint: "a name has letters, digits and '-'; a value has no line break and no NUL")
                }
                headers.append(HTTPHeader(name, text))
            }
        }
        return headers
    }
}
