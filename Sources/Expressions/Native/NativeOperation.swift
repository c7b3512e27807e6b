/// What jq's operators and functions do to values, as far as it is modelled.
enum NativeOperation {
    /// Orders two values; different types, and NaN, have no order (language.md §1).
    static func order(
        _ infix: JQSyntax.Operator, _ a: Value, _ b: Value, _ range: Range<Int>
    ) throws(NativeStop) -> Bool {
        guard a.type == b.type, !a.isNaN, !b.isNaN else { throw .fails(.unordered(infix, a, b, range)) }
        let order = Value.compare(a, b)
        switch infix {
        case .less: return order < 0
        case .lessOrEqual: return order <= 0
        case .greater: return order > 0
        case .greaterOrEqual: return order >= 0
        default: throw .asksJQ
        }
    }

    static func compute(_ infix: JQSyntax.Operator, _ a: Value, _ b: Value) throws(NativeStop) -> Value {
        switch (a, b) {
        case (.number(let a), .number(let b)):
            let result = try compute(infix, a, b)
            // jq itself treats NaN in several ways, by identity and by place.
            if result.isNaN { throw .asksJQ }
            return .number(result)
        case (.string(let a), .string(let b)) where infix == .plus: return .string(a + b)
        case (.array(let a), .array(let b)) where infix == .plus: return .array(a + b)
        case (.null, let other) where infix == .plus: return other
        case (let other, .null) where infix == .plus: return other
        default: throw .asksJQ
        }
    }

    private static func compute(_ infix: JQSyntax.Operator, _ a: Double, _ b: Double) throws(NativeStop) -> Double {
        switch infix {
        case .plus: return a + b
        case .minus: return a - b
        case .times: return a * b
        case .divide where b != 0: return a / b
        case .modulo:
            guard a.magnitude < 1e18, b.magnitude < 1e18, Int(b) != 0 else { throw .asksJQ }
            return Double(Int(a) % Int(b))
        default: throw .asksJQ
        }
    }

    /// The elements of an array, or the values of an object.
    static func elements(_ value: Value) throws(NativeStop) -> [Value] {
        switch value {
        case .array(let elements): return elements
        case .object(let object): return object.values
        default: throw .asksJQ
        }
    }

    static func search(_ search: NativeSearch, _ value: Value, _ wanted: Value) throws(NativeStop) -> Bool {
        guard case .string(var text) = value, case .string(var wanted) = wanted else { throw .asksJQ }
        // jq looks for a text with strstr, which ends at a NUL.
        if search == .contains, text.utf8.contains(0) || wanted.utf8.contains(0) { throw .asksJQ }
        return text.withUTF8 { text in
            wanted.withUTF8 { wanted in
                guard text.count >= wanted.count else { return false }
                switch search {
                case .startswith: return unsafe text.prefix(wanted.count).elementsEqual(wanted)
                case .endswith: return unsafe text.suffix(wanted.count).elementsEqual(wanted)
                case .contains: return unsafe text.contains(wanted)
                }
            }
        }
    }

    static func apply(_ function: NativeFunction, _ value: Value) throws(NativeStop) -> Value {
        switch (function, value) {
        case (.length, .array(let elements)): return .number(Double(elements.count))
        case (.length, .object(let object)): return .number(Double(object.count))
        case (.length, .string(let text)): return .number(Double(text.unicodeScalars.count))
        case (.length, .null): return 0
        case (.length, .number(let number)): return .number(number.magnitude)
        case (.keys, .object(let object)): return .array(object.sortedKeys.map { .string($0) })
        case (.keys, .array(let elements)): return .array(elements.indices.map { .number(Double($0)) })
        case (.type, _): return .string(value.type)
        case (.tostring, _): return .string(value.tostring)
        case (.tojson, _): return .string(value.tojson)
        case (.tonumber, .number): return value
        case (.tonumber, .string(let text)):
            // jq takes more than JSON's numbers, such as `nan` and `01`.
            guard let document = try? JSON.parse(text), case .number = document.value,
                text.utf8.allSatisfy({ $0 > 0x20 })
            else { throw .asksJQ }
            return document.value
        case (.not, _): return .bool(!value.isTruthy)
        case (.first, .array(let elements)): return elements.first ?? .null
        case (.last, .array(let elements)): return elements.last ?? .null
        case (.first, .null), (.last, .null): return .null
        case (.floor, .number(let number)): return .number(number.rounded(.down))
        case (.downcase, .string(let text)): return .string(mapASCII(text, UInt8(ascii: "A"), 0x20))
        case (.upcase, .string(let text)): return .string(mapASCII(text, UInt8(ascii: "a"), 0x20))
        case (.sort, .array(let elements)): return .array(elements.stablySorted)
        case (.unique, .array(let elements)): return .array(elements.stablySorted.withoutRepetition)
        case (.min, .array(let elements)): return elements.min { Value.compare($0, $1) < 0 } ?? .null
        case (.max, .array(let elements)):
            return elements.reduce(nil) { best, value in
                best.map { Value.compare(value, $0) >= 0 ? value : $0 } ?? value
            }
                ?? .null
        case (.reverse, .array(let elements)): return .array(elements.reversed())
        case (.add, .array(let elements)):
            var sum = Value.null
            for element in elements { sum = try compute(.plus, sum, element) }
            return sum
        default: throw .asksJQ
        }
    }

    /// Changes the case of the ASCII letters from `first` on.
    private static func mapASCII(_ text: String, _ first: UInt8, _ bit: UInt8) -> String {
        String(decoding: text.utf8.map { $0 &- first < 26 ? $0 ^ bit : $0 }, as: UTF8.self)
    }

    // MARK: - Errors

    static func cannotIndex(_ value: Value, _ step: NativePath.Step.Kind) -> EvaluationError {
        let with: String
        switch step {
        case .key(let key): with = key.utf8.count < 30 ? "string \"\(key)\"" : "string"
        case .index, .iterate: with = "number"
        }
        return .jq(.string("Cannot index \(value.type) with \(with)"))
    }

    static func absence(_ path: NativePath, _ root: NativePlace) -> EvaluationError {
        let shared: SharedValue =
            switch root {
            case .shared(let shared): shared
            case .value(let value): SharedValue(value)
            }
        guard let absence = Absence(of: path.strictElements, in: shared) else {
            return EvaluationError(.missingPath, "a path is missing", range: path.range)
        }
        return path.reference.map { absence.missingName($0) } ?? absence.missingPath(at: path.range)
    }
}

extension Value {
    /// Whether a condition takes it as true: all but null and false.
    var isTruthy: Bool {
        switch self {
        case .null, .bool(false): false
        default: true
        }
    }

    var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }

    var isNaN: Bool { if case .number(let number) = self { number.isNaN } else { false } }
}

extension [Value] {
    /// In jq's order; equal values keep their places.
    fileprivate var stablySorted: [Value] {
        // The standard library's sort is stable, though it does not promise it.
        enumerated().sorted { a, b in
            let order = Value.compare(a.element, b.element)
            return order == 0 ? a.offset < b.offset : order < 0
        }.map(\.element)
    }

    /// The first of each run of equal values.
    fileprivate var withoutRepetition: [Value] {
        reduce(into: []) { kept, value in
            if kept.last.map({ Value.compare($0, value) != 0 }) ?? true { kept.append(value) }
        }
    }
}

extension EvaluationError {
    /// The error of an ordering, in the words that jq's evaluation uses.
    fileprivate static func unordered(
        _ infix: JQSyntax.Operator, _ a: Value, _ b: Value, _ range: Range<Int>
    ) -> Self {
        let sides = [a, b].map { value in
            let text = String(String.UnicodeScalarView(value.tojson.unicodeScalars.prefix(60)))
            return Value.string(value.isNaN ? "NaN" : "the \(value.type) \(text)")
        }
        return .unordered(["op": .string(infix.rawValue), "a": sides[0], "b": sides[1]], range)
    }
}
