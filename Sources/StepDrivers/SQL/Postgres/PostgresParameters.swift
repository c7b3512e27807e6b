internal import Expressions

/// Writes values as PostgreSQL reads parameters: as text, whose type the server finds out.
///
/// Text, numbers and booleans are written as they are, and null as NULL, whatever the parameter's type. An array is an
/// array literal where the parameter is of an array type; everywhere else (`json`, `jsonb`, `vector`, `text`, …) an
/// array is JSON text, as an object always is.
enum PostgresParameters {
    /// Whether the types of the parameters have to be known.
    static func needTypes(_ values: [Value]) -> Bool {
        values.contains { if case .array = $0 { true } else { false } }
    }

    /// The texts of values; `types` may be shorter, or empty where no array is among them.
    static func texts(of values: [Value], _ types: [UInt32], _ catalogue: PostgresTypes) -> [String?] {
        values.enumerated().map { index, value in
            let type = index < types.count ? catalogue[types[index]] : nil
            return text(of: value, type, catalogue)
        }
    }

    private static func text(of value: Value, _ type: PostgresType?, _ catalogue: PostgresTypes) -> String? {
        switch value {
        case .null: return nil
        case .bool(let bool): return bool ? "true" : "false"
        case .number(let number): return digits(of: number)
        case .string(let text): return text
        case .object: return value.tojson
        case .array(let elements):
            guard case .array(let element, let delimiter)? = type?.form else { return value.json }
            var bytes: [UInt8] = []
            append(elements, catalogue[element], delimiter, to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// A whole number is written without an exponent, which no integer type reads.
    private static func digits(of number: Double) -> String {
        if number == number.rounded(.towardZero), number.magnitude < 0x1p63 { return String(Int(number)) }
        return Value.number(number).json
    }

    private static func append(
        _ elements: [Value], _ type: PostgresType?, _ delimiter: UInt8, to bytes: inout [UInt8]
    ) {
        bytes.append(UInt8(ascii: "{"))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(delimiter) }
            switch element {
            case .null: bytes += "NULL".utf8
            case .bool(let bool): bytes += (bool ? "true" : "false").utf8
            case .number(let number): bytes += digits(of: number).utf8
            case .array(let inner) where type?.form != .json: append(inner, type, delimiter, to: &bytes)
            case .string(let text): appendQuoted(text, to: &bytes)
            case .array, .object: appendQuoted(element.tojson, to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
