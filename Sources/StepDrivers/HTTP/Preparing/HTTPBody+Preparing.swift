internal import Diagnostics
internal import Expressions
internal import HTTPTransport
internal import ScenarioModel

/// A body with every byte decided.
struct PreparedBody {
    var content: HTTPRequest.Body
    var contentType: String
    /// Separates the parts of a multipart body.
    var boundary: String?
    /// The file of a `file` body, as it is now.
    var version: FileVersion?
    /// What it is, where it is not shown: `the file data/cat.png`.
    var note: String?
}

extension HTTPCall {
    /// The body with its templates evaluated; files are looked for now, so that nothing is sent where one is missing.
    func preparedBody(_ scope: any TemplateScope) throws(StepFailure) -> PreparedBody? {
        guard let body else { return nil }
        var prepared = PreparedBody(content: .none, contentType: body.contentType)
        switch body {
        case .json(let json), .graphql(let json):
            var bytes: [UInt8] = []
            try json.append(to: &bytes, scope)
            prepared.content = .bytes(bytes)
        case .form(let pairs):
            prepared.content = .bytes(Array(try Self.form(pairs, scope).utf8))
        case .text(let template):
            prepared.content = .bytes(Array((try scope.text(of: template) ?? "").utf8))
        case .base64(let template):
            guard let bytes = Base64.decode(try scope.text(of: template) ?? "") else {
                throw StepFailure.refused(
                    .httpBase64, "this is not base64", at: template.span, hint: "send plain text with 'text'")
            }
            prepared.content = .bytes(bytes)
        case .file(let template):
            let name = try scope.text(of: template) ?? ""
            let path = try scope.file(name, at: template.span)
            guard let version = FileVersion(path: path), version.isPlain else {
                throw StepFailure.refused(
                    .httpFile, "'\(name)' is no plain file", at: template.span, hint: "name a file")
            }
            prepared.content = .file(path: path)
            prepared.version = version
            prepared.note = "the file \(name)"
        case .multipart(let parts):
            let multipart = try Multipart(parts, scope)
            prepared.content = .bytes(multipart.bytes)
            prepared.boundary = multipart.boundary
        }
        return prepared
    }

    private static func form(_ pairs: PairList, _ scope: any TemplateScope) throws(StepFailure) -> String {
        var text = ""
        for pair in try pairs.evaluate(scope) {
            for value in pair.values {
                text += text.isEmpty ? "" : "&"
                text += PercentEncoding.formComponent(pair.name) + "=" + PercentEncoding.formComponent(value)
            }
        }
        return text
    }
}
