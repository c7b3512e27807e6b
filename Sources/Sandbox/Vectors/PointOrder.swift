/// An order of points by the values of one payload field.
struct PointOrder: Sendable {
    let key: String
    let isAscending: Bool
    /// The value where it begins, itself included.
    let start: OrderValue?

    /// Reads `order_by`: the name of a field, or `{key, direction, start_from}`.
    init(_ json: JSON) throws(VectorError) {
        guard let key = json.string ?? json["key"]?.string else { throw .format("missing field `key` of `order_by`") }
        self.key = key
        switch json["direction"] {
        case nil, .null?, "asc"?: isAscending = true
        case "desc"?: isAscending = false
        case .some(let other):
            let text = String(decoding: other.encoded.prefix(40), as: UTF8.self)
            throw .format("unknown variant `\(text)`, expected `asc` or `desc`")
        }
        if let start = json["start_from"], !start.isNull {
            guard let value = OrderValue(start) ?? start.string.flatMap({ Moment($0) }).map({ .moment($0) }) else {
                throw .format("`start_from` is neither a number nor a date and time")
            }
            self.start = value
        } else {
            start = nil
        }
    }

    /// Whether a value stands in front of another.
    func isOrdered(_ left: OrderValue, before right: OrderValue) -> Bool { isAscending ? left < right : right < left }

    /// The values of a payload that count under an index of some type, at or behind the start.
    func values(_ payload: JSON, type: String) -> [OrderValue] {
        payload.values(at: key, flat: true).compactMap { json -> OrderValue? in
            if type == "datetime" { return json.string.flatMap { Moment($0) }.map { .moment($0) } }
            if type == "integer", json.integer == nil { return nil }
            return OrderValue(json)
        }.filter { value in start.map { !isOrdered(value, before: $0) } ?? true }
    }

    /// The types of indexes that order points.
    static let indexTypes: Set<String> = ["integer", "float", "datetime"]
}

/// A value that orders points.
enum OrderValue: Sendable, Comparable {
    case number(Double, JSON)
    case moment(Moment)

    /// Reads a number.
    init?(_ json: JSON) {
        guard let number = json.double else { return nil }
        self = .number(number, json)
    }

    private var size: Double {
        switch self {
        case .number(let number, _): number
        case .moment(let moment): Double(moment.microseconds)
        }
    }

    static func < (left: Self, right: Self) -> Bool {
        if case .number(_, .integer(let left)) = left, case .number(_, .integer(let right)) = right {
            return left < right
        }
        return left.size < right.size
    }

    /// What an answer tells of it: a moment in microseconds since 1970.
    var json: JSON {
        switch self {
        case .number(_, let json): json
        case .moment(let moment): .integer(moment.microseconds)
        }
    }
}
