internal import CLibJQ

/// A value in libjq's form, owned.
///
/// Reference counts of libjq are not atomic, so it stays on the thread that made it. The corresponding
/// C type is `jv`.
@safe final class ForeignValue {
    private let raw: jv

    /// Takes over one reference.
    init(consuming raw: jv) {
        unsafe self.raw = unsafe raw
    }

    deinit { unsafe jv_free(raw) }

    /// Another reference to the value, which the caller owns.
    func reference() -> jv { unsafe jv_copy(raw) }

    /// Converts a value; it must not be nested deeper than the stack allows, which parsers and limits see to.
    convenience init(_ value: Value) {
        unsafe self.init(consuming: jv.make(value))
    }

    /// Gathers references into an array.
    convenience init(array elements: [ForeignValue]) {
        var array = unsafe jv_array_sized(CInt(clamping: elements.count))
        for element in elements { unsafe array = jv_array_append(array, element.reference()) }
        unsafe self.init(consuming: array)
    }

    /// Gathers references into an object.
    convenience init(object members: [(String, ForeignValue)]) {
        var object = unsafe jv_object()
        for (name, member) in members { unsafe object = jv_object_set(object, jv.text(name), member.reference()) }
        unsafe self.init(consuming: object)
    }
}

extension jv {
    /// Converts a value; the caller owns the result.
    static func make(_ value: Value) -> jv {
        switch value {
        case .null: return unsafe jv_null()
        case .bool(let bool): return unsafe jv_bool(bool ? 1 : 0)
        case .number(let number): return unsafe jv_number(number)
        case .string(let string): return unsafe text(string)
        case .array(let elements):
            var array = unsafe jv_array_sized(CInt(clamping: elements.count))
            for element in elements { unsafe array = jv_array_append(array, make(element)) }
            return unsafe array
        case .object(let members):
            var object = unsafe jv_object()
            for (name, member) in members { unsafe object = jv_object_set(object, text(name), make(member)) }
            return unsafe object
        }
    }

    /// Converts a text; NUL bytes are kept.
    static func text(_ string: String) -> jv {
        var string = string
        return string.withUTF8 { bytes in
            // The buffer of an empty text may have no address, which libjq would read as a C string.
            guard let start = bytes.baseAddress, !bytes.isEmpty else { return unsafe jv_string_empty(0) }
            return unsafe start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                unsafe jv_string_sized($0, CInt(clamping: bytes.count))
            }
        }
    }
}

/// Converts libjq's values into Swift's, within bounds.
struct ForeignReader {
    /// What may still be converted, in bytes as they are counted here.
    private(set) var remaining: Int
    let maximumDepth: Int
    /// Why the last value could not be converted.
    private(set) var excess: Excess?

    /// A bound that a value is beyond.
    enum Excess: Sendable {
        case size
        case depth
    }

    /// Creates a reader for so many bytes and levels.
    init(bytes: Int, depth: Int) {
        remaining = bytes
        maximumDepth = depth
    }

    /// Reads a value and gives its reference back, or returns nil when it is beyond the bounds.
    ///
    /// A value nested too deep is kept alive for good: libjq frees recursively and would run out of stack.
    mutating func take(_ raw: jv) -> Value? {
        let value = unsafe read(raw, depth: 0)
        if excess == .depth { return nil }
        unsafe jv_free(raw)
        return value
    }

    private mutating func read(_ raw: jv, depth: Int) -> Value? {
        remaining -= 16
        guard remaining >= 0 else { return fail(.size) }
        guard depth <= maximumDepth else { return fail(.depth) }
        switch unsafe jv_get_kind(raw) {
        case JV_KIND_TRUE: return .bool(true)
        case JV_KIND_FALSE: return .bool(false)
        case JV_KIND_NUMBER: return unsafe .number(jv_number_value(raw))
        case JV_KIND_STRING: return unsafe text(raw).map(Value.string)
        case JV_KIND_ARRAY: return unsafe elements(raw, depth: depth)
        case JV_KIND_OBJECT: return unsafe members(raw, depth: depth)
        default: return .null
        }
    }

    private mutating func text(_ raw: jv) -> String? {
        let count = Int(unsafe jv_string_length_bytes(jv_copy(raw)))
        remaining -= count
        guard remaining >= 0 else { return fail(.size) }
        guard let start = unsafe jv_string_value(raw) else { return "" }
        return unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }

    private mutating func elements(_ raw: jv, depth: Int) -> Value? {
        let count = unsafe jv_array_length(jv_copy(raw))
        guard remaining >= Int(count) * 16 else { return fail(.size) }
        var elements: [Value] = []
        elements.reserveCapacity(Int(count))
        for position in 0..<max(0, count) {
            let element = unsafe jv_array_get(jv_copy(raw), position)
            let value = unsafe read(element, depth: depth + 1)
            // The array still holds the element, so this only lowers a count.
            unsafe jv_free(element)
            guard let value else { return nil }
            elements.append(value)
        }
        return .array(elements)
    }

    private mutating func members(_ raw: jv, depth: Int) -> Value? {
        var object = Value.Object()
        var position = unsafe jv_object_iter(raw)
        while unsafe jv_object_iter_valid(raw, position) != 0 {
            let key = unsafe jv_object_iter_key(raw, position)
            let name = unsafe text(key)
            unsafe jv_free(key)
            let member = unsafe jv_object_iter_value(raw, position)
            let value = unsafe read(member, depth: depth + 1)
            unsafe jv_free(member)
            guard let name, let value else { return nil }
            object[name] = value
            position = unsafe jv_object_iter_next(raw, position)
        }
        return .object(object)
    }

    private mutating func fail<T>(_ excess: Excess) -> T? {
        self.excess = excess
        return nil
    }
}
