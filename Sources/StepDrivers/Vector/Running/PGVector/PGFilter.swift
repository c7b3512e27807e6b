internal import Expressions
internal import ScenarioModel

/// Writes a filter of Qdrant's form as a condition of SQL, its values bound.
struct PGFilter {
    private(set) var parameters: [Value]
    private let names: PGVectorNames

    /// What a filter asks for that this driver has no SQL for.
    struct Unknown: Error {
        var what: String
    }

    /// Begins with the parameters that stand before in the statement.
    init(_ names: PGVectorNames, after parameters: [Value] = []) {
        self.names = names
        self.parameters = parameters
    }

    /// Operators and conditions that have no translation, for lint.
    static let untranslated: Set<String> = [
        "nested", "has_vector", "geo_bounding_box", "geo_radius", "geo_polygon", "text_any", "phrase",
    ]

    /// The condition of a filter; `true` where there is none.
    mutating func condition(_ json: [UInt8]?) throws(StepError) -> String {
        guard let json else { return "true" }
        do {
            return try clause(try JSON.parse(json).value)
        } catch let unknown as Unknown {
            throw StepError(
                .rejected, "pgvector cannot filter by \(unknown.what)", phase: "request",
                hint: "use 'match' or 'range', or filter with a step of sql")
        } catch {
            throw StepError(.protocol, "the filter is no JSON", phase: "request")
        }
    }

    private mutating func clause(_ filter: Value) throws(Unknown) -> String {
        guard let members = filter.object else { throw Unknown(what: "what is no mapping") }
        var parts: [String] = []
        for (name, value) in members where !value.isNull {
            switch name {
            case "must": parts += try conditions(value)
            case "must_not": parts += try conditions(value).map { "NOT \($0)" }
            case "should":
                let any = try conditions(value)
                if !any.isEmpty { parts.append("(\(any.joined(separator: " OR ")))") }
            case "min_should":
                let counted = try conditions(value["conditions"] ?? .array([])).map { "\($0)::int" }
                let least = Int(value["min_count"]?.number ?? 1)
                parts.append("(\(counted.isEmpty ? "0" : counted.joined(separator: " + ")) >= \(least))")
            default: throw Unknown(what: "'\(name.prefix(40))'")
            }
        }
        return parts.isEmpty ? "true" : "(" + parts.joined(separator: " AND ") + ")"
    }

    private mutating func conditions(_ value: Value) throws(Unknown) -> [String] {
        var parts: [String] = []
        for element in value.array ?? [value] { parts.append("(\(try single(element)))") }
        return parts
    }

    private mutating func single(_ condition: Value) throws(Unknown) -> String {
        if let ids = condition["has_id"]?.array {
            let texts = ids.compactMap { PointID($0)?.text }.map { Value.string($0) }
            return "\(names.id) = ANY(\(bind(.array(texts)))::text[])"
        }
        if let key = condition["is_empty"]?["key"]?.string {
            return "NOT \(exists(key, "@.type() != \"null\""))"
        }
        if let key = condition["is_null"]?["key"]?.string { return exists(key, "@ == null") }
        guard let key = condition["key"]?.string else {
            if ["must", "should", "must_not", "min_should"].contains(where: { condition[$0] != nil }) {
                return try clause(condition)
            }
            throw Unknown(what: condition.object?.keys.first.map { "'\($0.prefix(40))'" } ?? "an empty condition")
        }
        if let match = condition["match"] { return try self.match(key, match) }
        if let range = condition["range"]?.object { return try self.range(key, range) }
        if let count = condition["values_count"]?.object { return try values(key, count) }
        if condition["is_empty"] == true { return "NOT \(exists(key, "@.type() != \"null\""))" }
        if condition["is_null"] == true { return exists(key, "@ == null") }
        let words = (condition.object?.keys ?? []).filter { $0 != "key" }
        throw Unknown(what: "'\(words.first ?? "nothing")'")
    }

    private mutating func match(_ key: String, _ match: Value) throws(Unknown) -> String {
        if let value = match["value"] { return exists(key, "@ == $v[*]", [("v", Self.list([value]))]) }
        if let values = match["any"]?.array { return exists(key, "@ == $v[*]", [("v", Self.list(values))]) }
        if let values = match["except"]?.array { return exists(key, "!(@ == $v[*])", [("v", Self.list(values))]) }
        if let text = match["text"]?.string {
            return matchesText(key, "strpos(lower(x #>> '{}'), lower(\(bind(.string(text)))::text)) > 0")
        }
        if let text = match["prefix"]?.string {
            return matchesText(key, "starts_with(x #>> '{}', \(bind(.string(text)))::text)")
        }
        throw Unknown(what: "a match of '\(match.object?.keys.first ?? "nothing")'")
    }

    private mutating func range(_ key: String, _ range: Value.Object) throws(Unknown) -> String {
        var tests: [String] = []
        var values: [(String, String)] = []
        for (name, bound) in range where !bound.isNull {
            guard let sign = Self.signs[name] else { throw Unknown(what: "a range of '\(name.prefix(40))'") }
            tests.append("@ \(sign) $\(name)")
            values.append((name, Self.number(bound) ?? bound.json()))
        }
        guard !tests.isEmpty else { return "true" }
        return exists(key, tests.joined(separator: " && "), values)
    }

    private func values(_ key: String, _ range: Value.Object) throws(Unknown) -> String {
        let found = "jsonb_path_query_array(\(names.payload), \(Self.path(key).quotedLiteral))"
        var tests: [String] = []
        for (name, bound) in range where !bound.isNull {
            guard let sign = Self.signs[name], let count = bound.number else {
                throw Unknown(what: "a count of '\(name.prefix(40))'")
            }
            tests.append("jsonb_array_length(\(found)) \(sign) \(Int(count))")
        }
        return tests.isEmpty ? "true" : tests.joined(separator: " AND ")
    }

    private static let signs = ["gt": ">", "gte": ">=", "lt": "<", "lte": "<="]

    /// Whether any value at a path passes a test of SQL, in which it is called `x`.
    private func matchesText(_ key: String, _ test: String) -> String {
        "EXISTS (SELECT FROM jsonb_path_query(\(names.payload), \(Self.path(key).quotedLiteral)) AS x "
            + "WHERE jsonb_typeof(x) = 'string' AND \(test))"
    }

    private func exists(_ key: String, _ test: String) -> String {
        "jsonb_path_exists(\(names.payload), \("\(Self.path(key)) ? (\(test))".quotedLiteral))"
    }

    /// The values are variables of the path, each as JSON.
    private mutating func exists(_ key: String, _ test: String, _ values: [(name: String, json: String)]) -> String {
        let path = "\(Self.path(key)) ? (\(test))".quotedLiteral
        let json = "{" + values.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ",") + "}"
        return "jsonb_path_exists(\(names.payload), \(path), \(bind(.string(json)))::jsonb)"
    }

    /// Values to compare with; a number of which a double would lose digits has come as text, and may be meant as either.
    private static func list(_ values: [Value]) -> String {
        let texts = values.flatMap { value in [value.json()] + (number(value).map { [$0] } ?? []) }
        return "[" + texts.joined(separator: ",") + "]"
    }

    /// The digits of a number that is carried as text.
    private static func number(_ value: Value) -> String? {
        guard let text = value.string, ExactNumber.holds(text.utf8) else { return nil }
        return text
    }

    private mutating func bind(_ value: Value) -> String {
        parameters.append(value)
        return "$\(parameters.count)"
    }

    /// A path such as `a.b` or `a[].b` in the words of SQL/JSON; lists count as their elements.
    private static func path(_ key: String) -> String {
        var path = "lax $"
        for part in key.split(separator: ".") {
            let name = part.hasSuffix("[]") ? part.dropLast(2) : part
            path += "." + Value.string(String(name)).json() + (part.hasSuffix("[]") ? "[*]" : "")
        }
        return path.hasSuffix("[*]") ? path : path + "[*]"
    }
}

extension PointID {
    /// The id as a text: the digits, or the UUID.
    var text: String {
        switch self {
        case .number(let number): String(number)
        case .uuid(let text): text
        }
    }
}
