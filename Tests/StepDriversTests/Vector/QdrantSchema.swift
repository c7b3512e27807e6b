import Expressions
import Glibc
import PlumbTesting
import Testing

@testable import Expressions

/// Qdrant's own description of its REST interface, read strictly: a member that it does not know is a fault.
struct QdrantSchema {
    static let file = "data/qdrant/openapi.json.gz"

    private let document: Value
    private var validator: SchemaValidator

    init() throws {
        let path = try #require(SharedData.path(Self.file))
        let written = try JSON.parse(Self.unpacked(path)).value
        let document = Self.strict(written)
        self.document = document
        var registry = SchemaRegistry { (_) throws(EvaluationError) in nil }
        registry.register(document, at: "openapi.json")
        // Patterns do not occur.
        validator = SchemaValidator(registry: registry) { (_, _) throws(EvaluationError) in true }
    }

    /// What is wrong with a request.
    mutating func problems(of request: RecordedRequest) throws -> [String] {
        let operation = try operation(request)
        let known = Set(
            (document["paths"]?[operation.path]?[operation.method]?["parameters"]?.array ?? []).compactMap {
                $0["in"] == "query" ? $0["name"]?.string : nil
            })
        let sent = (request.query ?? "").split(separator: "&").map { String($0.prefix { $0 != "=" }) }
        var problems = sent.filter { !known.contains($0) }.map { "\(operation.path) has no parameter '\($0)'" }
        let place = "/paths/\(operation.path.escaped)/\(operation.method)/requestBody/content/application~1json/schema"
        if request.body.isEmpty { return problems }
        let body = try JSON.parse(request.body).value
        let found = try validator.validate(body, by: SchemaReference("openapi.json#" + place))
        problems += found.map { "\(operation.method) \(operation.path): \($0.description)" }
        return problems
    }

    /// What is wrong with a successful answer to a request.
    mutating func problems(of answer: [UInt8], to request: RecordedRequest) throws -> [String] {
        let operation = try operation(request)
        let place =
            "/paths/\(operation.path.escaped)/\(operation.method)/responses/200/content/application~1json/schema"
        let found = try validator.validate(
            try JSON.parse(answer).value, by: SchemaReference("openapi.json#" + place))
        return found.map { "answer to \(operation.method) \(operation.path): \($0.description)" }
    }

    /// The path as the description has it, with `{collection_name}` and its like.
    private func operation(_ request: RecordedRequest) throws -> (path: String, method: String) {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false)
        let paths = try #require(document["paths"]?.object)
        let fitting = paths.keys.filter { path in
            let known = path.split(separator: "/", omittingEmptySubsequences: false)
            return known.count == parts.count
                && zip(known, parts).allSatisfy { $0 == $1 || $0.hasPrefix("{") && !$1.isEmpty }
        }
        // A path that is written out comes before one with a name in its place.
        let path = try #require(fitting.min { $0.count { $0 == "{" } < $1.count { $0 == "{" } }, "\(request.path)")
        let method = request.method.lowercased()
        try #require(document["paths"]?[path]?[method] != nil, "\(request.method) \(path)")
        return (path, method)
    }

    /// OpenAPI 3.0 written as JSON Schema: `nullable` becomes a type, and objects hold what is described only.
    private static func strict(_ value: Value) -> Value {
        switch value {
        case .array(let elements): return .array(elements.map { strict($0) })
        case .object(let object):
            var changed = Value.Object()
            for (key, inner) in object { changed[key] = strict(inner) }
            // Their validators know formats that JSON Schema does not.
            changed["format"] = nil
            if object["nullable"] == true, object["type"] == nil, object["anyOf"] == nil, object["$ref"] == nil {
                return ["type": "null"]
            }
            if object["nullable"] == true, let type = object["type"]?.string {
                changed["type"] = [.string(type), "null"]
                if let values = object["enum"]?.array { changed["enum"] = .array(values + [.null]) }
            }
            if object["type"] == "object", object["properties"]?.object != nil, object["additionalProperties"] == nil {
                changed["additionalProperties"] = false
            }
            return .object(changed)
        default: return value
        }
    }

    private static func unpacked(_ path: String) throws -> [UInt8] {
        let pipe = try #require(popen("gzip -dc '\(path)'", "r"))
        defer { pclose(pipe) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, pipe), count > 0 { bytes += buffer[..<count] }
        return bytes
    }
}

extension String {
    /// The text as a part of a JSON pointer, in a URI.
    fileprivate var escaped: String {
        var text = ""
        for character in self {
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            case "{": text += "%7B"
            case "}": text += "%7D"
            default: text.append(character)
            }
        }
        return text
    }
}
