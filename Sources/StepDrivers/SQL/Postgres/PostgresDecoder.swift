internal import Expressions
internal import Glibc

/// Makes values of PostgreSQL's texts, by their types.
///
/// | type | value |
/// |---|---|
/// | `bool` | a boolean |
/// | `int2`, `int4`, `int8`, `oid` | a number; exact text beyond ±2^53 |
/// | `float4`, `float8` | a number; `NaN`, `Infinity`, `-Infinity` as text |
/// | `numeric` | a number up to 15 significant digits, else exact text; `NaN` and infinities as text |
/// | `bytea` | base64 |
/// | `json`, `jsonb` | what it says |
/// | `date`, `timestamp`, `timestamptz` | RFC 3339 in UTC; see ``PostgresTime`` |
/// | `interval` | ISO 8601 |
/// | arrays | arrays, nested for each dimension |
/// | row types | an object; a row without names an array of texts |
/// | ranges | `{lower, upper, bounds}`, bounds as `"[)"` or `"empty"`; multiranges an array of them |
/// | `vector` | an array of numbers |
/// | all others | the text that PostgreSQL writes |
struct PostgresDecoder {
    private let types: PostgresTypes
    /// How many numbers are carried as text, since a JSON number would round them.
    private(set) var exactTexts = 0
    /// Texts that were not what their type promises.
    private(set) var unread: [String] = []

    init(_ types: PostgresTypes) { self.types = types }

    /// The value of a text.
    mutating func value(_ bytes: UnsafeBufferPointer<UInt8>, _ type: PostgresType) -> Value {
        switch type.form {
        case .text: .string(String(decoding: bytes, as: UTF8.self))
        case .boolean: .bool(bytes.first == UInt8(ascii: "t"))
        case .integer: integer(bytes)
        case .float: float(bytes)
        case .numeric: numeric(bytes)
        case .json: json(bytes)
        case .void: .null
        case .bytes: .string(Self.base64(bytes))
        case .date: .string(PostgresTime.date(String(decoding: bytes, as: UTF8.self)))
        case .time: .string(PostgresTime.time(String(decoding: bytes, as: UTF8.self)))
        case .timestamp: .string(PostgresTime.timestamp(String(decoding: bytes, as: UTF8.self)))
        case .vector: vector(bytes)
        case .array(let element, let delimiter): array(bytes, types[element], delimiter)
        case .composite(let fields): composite(bytes, fields)
        case .record: record(bytes)
        case .range(let inner): range(Array(bytes), types[inner])
        case .multirange(let inner): multirange(bytes, types[inner])
        case .domain(let base):
            if let base = types[base], base != type {
                value(bytes, base)
            } else {
                .string(String(decoding: bytes, as: UTF8.self))
            }
        }
    }

    private mutating func value(_ bytes: [UInt8], _ type: PostgresType?) -> Value {
        guard let type else { return .string(String(decoding: bytes, as: UTF8.self)) }
        return bytes.withUnsafeBufferPointer { value($0, type) }
    }

    private mutating func asText(_ bytes: some Collection<UInt8>, _ what: String) -> Value {
        if unread.count < 5, !unread.contains(what) { unread.append(what) }
        return .string(String(decoding: bytes, as: UTF8.self))
    }

    // MARK: Numbers

    private mutating func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
        var number = 0
        var index = bytes.first == UInt8(ascii: "-") ? 1 : 0
        let isNegative = index == 1
        guard bytes.count - index <= 15 else {
            guard let large = Int(String(decoding: bytes, as: UTF8.self)) else {
                exactTexts += 1
                return .string(String(decoding: bytes, as: UTF8.self))
            }
            let value = Value(large)
            if case .string = value { exactTexts += 1 }
            return value
        }
        while index < bytes.count {
            number = number &* 10 &+ Int(bytes[index] &- UInt8(ascii: "0"))
            index += 1
        }
        return .number(Double(isNegative ? -number : number))
    }

    private func float(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let number = Double(text), number.isFinite else { return .string(text) }
        return .number(number)
    }

    private mutating func numeric(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let number = Double(text), number.isFinite else { return .string(text) }
        var digits = 0
        var trailing = 0
        for byte in bytes where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
            guard digits > 0 || byte != UInt8(ascii: "0") else { continue }
            digits += 1
            trailing = byte == UInt8(ascii: "0") ? trailing + 1 : 0
        }
        let isWhole = !bytes.contains(UInt8(ascii: "."))
        if digits - (isWhole ? 0 : trailing) <= 15 || isWhole && digits == 16 && number.magnitude <= 0x1p53 {
            return .number(number)
        }
        exactTexts += 1
        return .string(text)
    }

    // MARK: Bytes and documents

    private static func base64(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard bytes.starts(with: "\\x".utf8) else { return String(decoding: bytes, as: UTF8.self) }
        func nibble(_ digit: UInt8) -> UInt8 { digit & 0x0F &+ (digit >= UInt8(ascii: "A") ? 9 : 0) }
        var raw: [UInt8] = []
        raw.reserveCapacity(bytes.count / 2)
        var index = 2
        while index + 1 < bytes.count {
            raw.append(nibble(bytes[index]) << 4 | nibble(bytes[index + 1]))
            index += 2
        }
        return Base64.encode(raw)
    }

    private mutating func json(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
        do throws(JSONError) {
            let document = try JSON.parse(bytes)
            exactTexts += document.exactTexts
            return document.value
        } catch {
            return asText(bytes, "a JSON value is carried as text: \(error.reason)")
        }
    }

    private mutating func vector(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
        guard let value = try? JSON.parse(bytes).value else { return asText(bytes, "a vector is carried as text") }
        return value
    }

    // MARK: Values of values

    private mutating func array(
        _ bytes: UnsafeBufferPointer<UInt8>, _ element: PostgresType?, _ delimiter: UInt8
    ) -> Value {
        guard let parts = PostgresArray.elements(of: Array(bytes), delimiter: delimiter) else {
            return asText(bytes, "an array is carried as text")
        }
        return array(parts, element)
    }

    private mutating func array(_ parts: [PostgresArray.Part], _ element: PostgresType?) -> Value {
        var values: [Value] = []
        values.reserveCapacity(parts.count)
        for part in parts {
            switch part {
            case .null: values.append(.null)
            case .text(let text): values.append(value(text, element))
            case .array(let inner): values.append(array(inner, element))
            }
        }
        return .array(values)
    }

    private mutating func composite(_ bytes: UnsafeBufferPointer<UInt8>, _ fields: [PostgresType.Field]) -> Value {
        guard var parts = PostgresArray.fields(of: Array(bytes)) else {
            return asText(bytes, "a row is carried as text")
        }
        // The text of one NULL is that of no field at all.
        if parts.isEmpty, fields.count == 1 { parts = [.null] }
        guard parts.count == fields.count else { return asText(bytes, "a row is carried as text") }
        var object = Value.Object()
        for (part, field) in zip(parts, fields) {
            if case .text(let text) = part {
                object[field.name] = value(text, types[field.type])
            } else {
                object[field.name] = .null
            }
        }
        return .object(object)
    }

    private mutating func record(_ bytes: UnsafeBufferPointer<UInt8>) -> Value {
        guard let parts = PostgresArray.fields(of: Array(bytes)) else {
            return asText(bytes, "a row is carried as text")
        }
        return array(parts, nil)
    }

    private mutating func range(_ bytes: [UInt8], _ inner: PostgresType?) -> Value {
        if bytes.elementsEqual("empty".utf8) { return ["lower": nil, "upper": nil, "bounds": "empty"] }
        guard let first = bytes.first, let last = bytes.last, bytes.count >= 3,
            let parts = PostgresArray.fields(
                of: [UInt8(ascii: "(")] + bytes.dropFirst().dropLast() + [UInt8(ascii: ")")]), parts.count == 2
        else { return asText(bytes, "a range is carried as text") }
        var object = Value.Object()
        for (name, part) in zip(["lower", "upper"], parts) {
            if case .text(let text) = part { object[name] = value(text, inner) } else { object[name] = .null }
        }
        object["bounds"] = .string(String(decoding: [first, last], as: UTF8.self))
        return .object(object)
    }

    private mutating func multirange(_ bytes: UnsafeBufferPointer<UInt8>, _ inner: PostgresType?) -> Value {
        guard let ranges = PostgresArray.ranges(of: Array(bytes)) else {
            return asText(bytes, "a multirange is carried as text")
        }
        var values: [Value] = []
        for text in ranges { values.append(range(text, inner)) }
        return .array(values)
    }
}
