internal import Expressions

/// Says why the body of an answer is no JSON value that an assertion could look into.
enum AbsentBody {
    private static let remedy = "'.text | fromjson' reads JSON all the same"

    /// The reason, and how to read the body all the same; nil where it is an object or a list.
    static func explanation(in result: SharedValue) -> String? {
        guard let body = result.field("body")?.value, body.isNull || body.string != nil else { return nil }
        if result.field("bytes")?.value == 0 { return "the answer has no body" }
        let type = result.field("headers")?.value["content-type"]?.string
        if body.string != nil {
            guard let type, !type.contains("json") else { return nil }
            return "its content type is '\(type.prefix(80))', so it is text; \(remedy)"
        }
        guard let type else { return "the answer has no content type; \(remedy)" }
        guard !type.contains("json") else { return nil }
        return "its content type is '\(type.prefix(80))', not JSON; \(remedy)"
    }
}

extension HTTPCall {
    func explanation(ofMember name: String, in result: SharedValue) -> String? {
        name == "body" ? AbsentBody.explanation(in: result) : nil
    }
}
