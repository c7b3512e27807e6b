/// An error in the form of the OpenAI API.
///
/// ```json
/// {"error": {"message": "…", "type": "invalid_request_error", "param": "model", "code": "model_not_found"}}
/// ```
struct APIError: Error, Sendable {
    var status: Int
    var message: String
    var type = "invalid_request_error"
    var param: String?
    var code: String?
    var headers: [(String, String)] = []

    var outgoing: Outgoing { .json(body, status: status, headers: headers) }

    var body: JSON {
        ["error": ["message": .string(message), "type": .string(type), "param": JSON(param), "code": JSON(code)]]
    }

    static func invalid(_ message: String, param: String, code: String? = nil) -> APIError {
        APIError(status: 400, message: message, param: param, code: code)
    }

    static func missing(_ param: String) -> APIError {
        .invalid("Missing required parameter: '\(param)'.", param: param, code: "missing_required_parameter")
    }

    static func wrongType(_ param: String, expected: String, found: JSON) -> APIError {
        .invalid(
            "Invalid type for '\(param)': expected \(expected), but got \(found.typeName) instead.", param: param,
            code: "invalid_type")
    }

    static func notJSON(_ error: JSONError) -> APIError {
        APIError(
            status: 400,
            message: "We could not parse the JSON body of your request: \(error.reason) at byte \(error.offset).",
            code: "invalid_json")
    }

    static var tooLarge: APIError {
        APIError(
            status: 413, message: "The request body is larger than \(Incoming.defaultBodyLimit) bytes.",
            code: "request_too_large")
    }

    static func unknownPath(_ method: String, _ path: String) -> APIError {
        APIError(status: 404, message: "Invalid URL (\(method) \(path))", code: "unknown_url")
    }

    static func wrongMethod(_ method: String, _ path: String, allowed: String) -> APIError {
        APIError(
            status: 405, message: "Not allowed to \(method) on \(path). Allowed: \(allowed).",
            code: "method_not_allowed", headers: [("Allow", allowed)])
    }

    static func unknownModel(_ name: String) -> APIError {
        APIError(
            status: 404, message: "The model '\(name)' does not exist.", param: "model", code: "model_not_found")
    }
}

extension Incoming {
    /// Reads the body as JSON.
    func json() throws(APIError) -> JSON {
        guard case .bytes(let bytes) = body else { throw .tooLarge }
        do {
            return try JSON(parsing: bytes)
        } catch {
            throw .notJSON(error)
        }
    }

    /// Demands one of the methods that a path knows.
    func demand(_ allowed: String...) throws(APIError) {
        guard allowed.contains(method) else {
            throw .wrongMethod(method, path, allowed: allowed.joined(separator: ", "))
        }
    }
}
