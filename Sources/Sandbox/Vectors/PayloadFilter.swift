/// A filter in Qdrant's form, checked, and what it says of a point.
indirect enum PayloadFilter: Sendable {
    case all([PayloadFilter])
    case any([PayloadFilter])
    case none([PayloadFilter])
    case atLeast(Int, [PayloadFilter])
    case match(key: String, MatchRule)
    case range(key: String, RangeRule)
    case valuesCount(key: String, RangeRule)
    case isEmpty(key: String)
    case isNull(key: String)
    case hasID(Set<PointKey>)
    case nested(key: String, PayloadFilter)
    case geo(key: String, GeoRule)

    enum MatchRule: Sendable {
        case anyOf([JSON])
        case except([JSON])
        case text(String)
        case anyWord([String])
        case prefix(String)
    }

    /// Bounds of numbers, or of moments.
    struct RangeRule: Sendable {
        var bounds: [(name: String, bound: JSON)]

        func holds(_ value: JSON) -> Bool {
            bounds.allSatisfy { name, bound in
                let order: Int
                if let value = value.double, let bound = bound.double {
                    order = value < bound ? -1 : value > bound ? 1 : 0
                } else if let value = value.string.flatMap({ Moment($0) }),
                    let bound = bound.string.flatMap({ Moment($0) })
                {
                    order = value < bound ? -1 : value > bound ? 1 : 0
                } else {
                    return false
                }
                return switch name {
                case "gt": order > 0
                case "gte": order >= 0
                case "lt": order < 0
                default: order <= 0
                }
            }
        }
    }

    init(_ json: JSON) throws(VectorError) {
        guard case .object(let members) = json else { throw .format("a filter is no object") }
        var parts: [PayloadFilter] = []
        for member in members where !member.value.isNull {
            switch member.key {
            case "must": parts.append(.all(try Self.conditions(member.value)))
            case "should":
                let conditions = try Self.conditions(member.value)
                if !conditions.isEmpty { parts.append(.any(conditions)) }
            case "must_not": parts.append(.none(try Self.conditions(member.value)))
            case "min_should":
                guard let count = member.value["min_count"]?.integer, let list = member.value["conditions"] else {
                    throw .format("min_should wants conditions and min_count")
                }
                parts.append(.atLeast(count, try Self.conditions(list)))
            default:
                throw .format(
                    "unknown field `\(member.key)`, expected one of `should`, `min_should`, `must`, `must_not`")
            }
        }
        self = .all(parts)
    }

    private static func conditions(_ json: JSON) throws(VectorError) -> [PayloadFilter] {
        var conditions: [PayloadFilter] = []
        for element in json.array ?? [json] { conditions.append(try condition(element)) }
        return conditions
    }

    private static func condition(_ json: JSON) throws(VectorError) -> PayloadFilter {
        if let ids = json["has_id"]?.array {
            var keys: Set<PointKey> = []
            for id in ids {
                guard let key = PointKey(id) else { throw .format("a bad point id in has_id") }
                keys.insert(key)
            }
            return .hasID(keys)
        }
        if let key = json["is_empty"]?["key"]?.string { return .isEmpty(key: key) }
        if let key = json["is_null"]?["key"]?.string { return .isNull(key: key) }
        if let nested = json["nested"], let key = nested["key"]?.string, let filter = nested["filter"] {
            return .nested(key: key, try PayloadFilter(filter))
        }
        guard let key = json["key"]?.string else {
            if ["must", "should", "must_not", "min_should"].contains(where: { json[$0] != nil }) {
                return try PayloadFilter(json)
            }
            throw .format("data did not match any variant of untagged enum Condition")
        }
        if let match = json["match"], !match.isNull { return .match(key: key, try rule(match)) }
        if let range = json["range"], !range.isNull { return .range(key: key, try bounds(range)) }
        if let count = json["values_count"], !count.isNull { return .valuesCount(key: key, try bounds(count)) }
        for word in GeoRule.words {
            if let rule = json[word], !rule.isNull { return .geo(key: key, try GeoRule(word, rule)) }
        }
        throw .format("a condition on '\(key)' says nothing")
    }

    private static func rule(_ match: JSON) throws(VectorError) -> MatchRule {
        if let value = match["value"] { return .anyOf([value]) }
        if let values = match["any"]?.array { return .anyOf(values) }
        if let values = match["except"]?.array { return .except(values) }
        if let text = match["text"]?.string ?? match["phrase"]?.string { return .text(text) }
        if let text = match["text_any"]?.string { return .anyWord(text.split(separator: " ").map(String.init)) }
        if let text = match["prefix"]?.string { return .prefix(text) }
        throw .format("data did not match any variant of untagged enum MatchInterface")
    }

    private static func bounds(_ json: JSON) throws(VectorError) -> RangeRule {
        guard case .object(let members) = json else { throw .format("a range is no object") }
        let bounds = members.filter { !$0.value.isNull }.map { (name: $0.key, bound: $0.value) }
        for bound in bounds where !["gt", "gte", "lt", "lte"].contains(bound.name) {
            throw .format("unknown field `\(bound.name)`, expected one of `lt`, `gt`, `gte`, `lte`")
        }
        return RangeRule(bounds: bounds)
    }

    /// Every payload field that the filter looks at.
    var keys: [String] {
        switch self {
        case .all(let parts), .any(let parts), .none(let parts), .atLeast(_, let parts): parts.flatMap(\.keys)
        case .match(let key, _), .range(let key, _), .valuesCount(let key, _), .isEmpty(let key), .isNull(let key),
            .geo(let key, _):
            [key]
        case .nested(let key, let filter): filter.keys.map { "\(key)[].\($0)" }
        case .hasID: []
        }
    }

    /// Whether a point passes.
    func holds(_ id: PointKey, _ payload: JSON) -> Bool {
        switch self {
        case .all(let parts): return parts.allSatisfy { $0.holds(id, payload) }
        case .any(let parts): return parts.contains { $0.holds(id, payload) }
        case .none(let parts): return !parts.contains { $0.holds(id, payload) }
        case .atLeast(let count, let parts): return parts.count { $0.holds(id, payload) } >= count
        case .hasID(let ids): return ids.contains(id)
        case .match(let key, let rule): return payload.values(at: key, flat: true).contains { rule.holds($0) }
        case .range(let key, let rule): return payload.values(at: key, flat: true).contains { rule.holds($0) }
        case .valuesCount(let key, let rule):
            let found = payload.values(at: key, flat: false)
            let count = found.reduce(0) { $0 + ($1.array?.count ?? ($1.isNull ? 0 : 1)) }
            return rule.holds(.integer(count))
        case .isEmpty(let key):
            return payload.values(at: key, flat: false).allSatisfy { $0.isNull || $0.array?.isEmpty == true }
        case .geo(let key, let rule):
            return payload.values(at: key, flat: true).contains { GeoPoint($0).map { rule.holds($0) } ?? false }
        case .isNull(let key): return payload.values(at: key, flat: true).contains { $0.isNull }
        case .nested(let key, let filter):
            return payload.values(at: key, flat: true).contains { filter.holds(id, $0) }
        }
    }
}

extension PayloadFilter.MatchRule {
    func holds(_ value: JSON) -> Bool {
        switch self {
        case .anyOf(let wanted): return wanted.contains { $0.isSame(as: value) }
        case .except(let unwanted): return !unwanted.contains { $0.isSame(as: value) }
        case .text(let text): return value.string?.lowercased().contains(text.lowercased()) ?? false
        case .anyWord(let words):
            let text = value.string?.lowercased() ?? ""
            return words.contains { text.contains($0.lowercased()) }
        case .prefix(let prefix): return value.string?.hasPrefix(prefix) ?? false
        }
    }
}

extension JSON {
    /// Whether two values are the same to a match, which has no fractions.
    fileprivate func isSame(as other: JSON) -> Bool {
        if let mine = double, let theirs = other.double { return mine == theirs }
        return self == other
    }

    /// The values behind a path such as `a.b` or `a[].b`; a list counts as its elements where `flat` says so.
    func values(at path: String, flat: Bool) -> [JSON] {
        var values = [self]
        for part in path.split(separator: ".") {
            let isList = part.hasSuffix("[]")
            let key = isList ? String(part.dropLast(2)) : String(part)
            values = values.flatMap { $0.array ?? [$0] }.compactMap { $0[key] }
            if isList { values = values.flatMap { $0.array ?? [] } }
        }
        return flat ? values.flatMap { $0.array ?? [$0] } : values
    }
}
