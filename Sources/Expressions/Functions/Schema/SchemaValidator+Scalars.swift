extension SchemaValidator {
    /// `type`, `enum`, `const`, and the keywords for numbers and strings.
    mutating func scalars(
        _ schema: Value.Object, _ value: Value, _ scope: Scope, _ verdict: inout Verdict
    ) throws(EvaluationError) {
        if let types = schema["type"] {
            let names = types.string.map { [$0] } ?? (types.array ?? []).compactMap(\.string)
            if !names.contains(where: { value.isOf(type: $0) }) {
                verdict.fail(scope, "is \(value.described), expected \(names.joined(separator: " or "))")
            }
        }
        if let allowed = schema["enum"]?.array, !allowed.contains(value) {
            let shown = allowed.prefix(8).map { $0.preview(40) }.joined(separator: ", ")
            verdict.fail(
                scope, "is \(value.described), expected one of \(shown)\(allowed.count > 8 ? ", …" : "")")
        }
        if let constant = schema["const"], constant != value {
            verdict.fail(scope, "is \(value.described), expected \(constant.preview(60))")
        }
        switch value {
        case .number(let number): numbers(schema, number, scope, &verdict)
        case .string(let text): try strings(schema, text, scope, &verdict)
        default: break
        }
    }

    private func numbers(_ schema: Value.Object, _ number: Double, _ scope: Scope, _ verdict: inout Verdict) {
        let rules: [(String, String, (Double, Double) -> Bool)] = [
            ("minimum", "at least", { $0 >= $1 }), ("maximum", "at most", { $0 <= $1 }),
            ("exclusiveMinimum", "more than", { $0 > $1 }), ("exclusiveMaximum", "less than", { $0 < $1 }),
            ("multipleOf", "a multiple of", { DecimalNumber($0).isMultiple(of: DecimalNumber($1)) }),
        ]
        for (keyword, words, holds) in rules {
            guard let limit = schema[keyword]?.number, !holds(number, limit) else { continue }
            verdict.fail(scope, "is \(Value.number(number).json()), expected \(words) \(Value.number(limit).json())")
        }
    }

    private func strings(
        _ schema: Value.Object, _ text: String, _ scope: Scope, _ verdict: inout Verdict
    ) throws(EvaluationError) {
        if schema["minLength"] != nil || schema["maxLength"] != nil {
            let length = text.unicodeScalars.count
            if let limit = schema["minLength"]?.number, Double(length) < limit {
                verdict.fail(scope, "has \(length) characters, expected at least \(Value.number(limit).json())")
            }
            if let limit = schema["maxLength"]?.number, Double(length) > limit {
                verdict.fail(scope, "has \(length) characters, expected at most \(Value.number(limit).json())")
            }
        }
        if let pattern = schema["pattern"]?.string, try !matches(text, pattern) {
            verdict.fail(scope, "is \(Value.string(text).described), which does not match '\(pattern)'")
        }
    }
}

extension Value {
    fileprivate func isOf(type name: String) -> Bool {
        if name == "integer", case .number(let number) = self { return number.rounded() == number }
        return type == name
    }
}

/// A number by its shortest decimal digits, for exact remainders.
private struct DecimalNumber {
    var digits: UInt64
    var exponent: Int

    init(_ number: Double) {
        // The description has at most 17 digits.
        let parts = number.magnitude.description.lowercased().split(separator: "e")
        let mantissa = parts.first.map { $0.split(separator: ".", omittingEmptySubsequences: false) } ?? []
        let fraction = mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : ""
        digits = UInt64("\(mantissa.first ?? "0")\(fraction)") ?? 0
        exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) - fraction.count
    }

    func isMultiple(of other: DecimalNumber) -> Bool {
        guard digits != 0 else { return true }
        guard other.digits != 0 else { return false }
        var rest = digits
        var divisor = other.digits
        for _ in 0..<max(0, exponent - other.exponent) {
            let (high, low) = (rest % divisor).multipliedFullWidth(by: 10)
            rest = divisor.dividingFullWidth((high, low)).remainder
            if rest == 0 { return true }
        }
        for _ in 0..<max(0, other.exponent - exponent) {
            let (product, overflow) = divisor.multipliedReportingOverflow(by: 10)
            // The divisor is larger than any number of so few digits.
            if overflow { return false }
            divisor = product
        }
        return rest % divisor == 0
    }
}
