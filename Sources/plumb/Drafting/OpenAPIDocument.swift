import Diagnostics
import Expressions
import ScenarioCompiler
import ScenarioSyntax

/// A description of an HTTP service by OpenAPI 3.0 or 3.1.
struct OpenAPIDocument {
    /// What makes it unusable, with what to do.
    struct Problem: Error {
        var message: String
        var hint: String?
        /// What is wrong with the text, told at its places.
        var diagnostics: [Diagnostic] = []
    }

    let root: Value
    private static let refs = 32

    /// Reads a file of YAML or JSON.
    static func load(_ path: String) throws(Problem) -> OpenAPIDocument {
        let absolute = FilePath.absolute(path, in: Streams.workingFolder)
        let bytes: [UInt8]
        do throws(FileProblem) {
            bytes = try DiskFiles().read(absolute, limit: YAMLLimits.standard.fileBytes)
        } catch {
            throw Problem(
                message: "'\(path)': \(error.phrase)", hint: "name the description: plumb new from openapi FILE")
        }
        return try OpenAPIDocument(SourceFile(path: path, bytes: bytes))
    }

    /// Reads a text of YAML or JSON.
    init(_ file: SourceFile) throws(Problem) {
        let value: Value
        if file.bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{"),
            let document = try? JSON.parse(file.bytes)
        {
            value = document.value
        } else {
            var diagnostics: [Diagnostic] = []
            guard let node = YAMLReader.read(file, noun: "description", into: &diagnostics) else {
                throw Problem(message: "'\(file.path)' cannot be read", diagnostics: diagnostics)
            }
            value = Self.value(node)
        }
        root = value
        if value["swagger"] != nil {
            throw Problem(
                message: "'\(file.path)' is Swagger 2.0; OpenAPI 3.0 and 3.1 are read",
                hint: "convert it, as with 'swagger2openapi', and try again")
        }
        // Without quotes YAML makes a number of `3.1`.
        let version = value["openapi"].map { $0.string ?? $0.json() } ?? ""
        guard version.hasPrefix("3.") else {
            throw Problem(
                message: version.isEmpty
                    ? "'\(file.path)' is no OpenAPI file: it lacks the key 'openapi'"
                    : "'\(file.path)' is OpenAPI \(version); 3.0 and 3.1 are read",
                hint: "name the description that has 'openapi: 3.0.0' or higher at its top")
        }
        guard let paths = value["paths"]?.object, !paths.isEmpty else {
            throw Problem(
                message: "'\(file.path)' describes no operation: 'paths' is empty",
                hint: "name the file that has the paths")
        }
    }

    private static func value(_ node: YAMLNode) -> Value {
        switch node.content {
        case .sequence(let elements): .array(elements.map(value))
        case .mapping(let members): .object(Value.Object(members.map { ($0.name, value($0.value)) }))
        case .scalar(let scalar):
            switch scalar.resolved {
            case .null: .null
            case .bool(let bool): .bool(bool)
            case .integer(let digits): Int(digits).map { Value($0) } ?? .string(digits)
            case .float(let number): .number(number)
            case .string: .string(scalar.text)
            }
        }
    }

    /// What a value stands for where it is a `$ref`, and the refs that led there.
    func resolved(_ value: Value, trail: [String] = []) throws(Problem) -> (value: Value, trail: [String]) {
        guard let ref = value["$ref"]?.string else { return (value, trail) }
        guard !trail.contains(ref), trail.count < Self.refs else {
            throw Problem(
                message: "'$ref' leads in a circle: \((trail + [ref]).joined(separator: " -> "))",
                hint: "one of them has to be written out")
        }
        guard ref.hasPrefix("#") else {
            throw Problem(
                message: "'$ref: \(ref)' leads out of the file",
                hint: "bundle the description into one file, as with 'redocly bundle', and try again")
        }
        var target = root
        for part in ref.dropFirst().split(separator: "/") {
            let key = (FormText.decode(part.replacing("+", with: "%2B")) ?? String(part)).replacing("~1", with: "/")
                .replacing("~0", with: "~")
            guard let next = target[key] ?? Int(key).flatMap({ target.array?[checked: $0] }) else {
                throw Problem(
                    message: "'$ref: \(ref)' leads to nothing: there is no '\(key)'",
                    hint: "write what it is to lead to, or bundle the description anew")
            }
            target = next
        }
        return try resolved(target, trail: trail + [ref])
    }

    /// The first server's address with its variables' defaults, without a slash at the end.
    var server: String? {
        guard let server = root["servers"]?.array?.first, var url = server["url"]?.string else { return nil }
        for (name, variable) in server["variables"]?.object ?? .init() {
            if let text = variable["default"]?.string { url = url.replacing("{\(name)}", with: text) }
        }
        while url.hasSuffix("/") { url.removeLast() }
        return url.isEmpty ? nil : url
    }
}

extension Array {
    /// The element at a place, if there is one.
    fileprivate subscript(checked index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
