extension EvaluationError {
    /// The error that a program raised itself or libjq did for it.
    static func jq(_ value: Value) -> Self {
        switch value {
        case .string(let text): EvaluationError(.jq, lowercasingFirst(text))
        case .null: EvaluationError(.jq, "fails with null as its error")
        default: EvaluationError(.jq, "fails with \(value.described)")
        }
    }

    /// The error of an ordering that means nothing.
    static func unordered(_ value: Value, _ range: Range<Int>?) -> Self {
        let sides = [value["a"]?.string ?? "a value", value["b"]?.string ?? "another"].map { side in
            side == "the null null" ? "null" : side
        }
        let symbol = value["op"]?.string ?? "<"
        return EvaluationError(
            .unordered, "'\(symbol)' has \(sides[0]) and \(sides[1])", range: range, hint: hint(onSides: sides))
    }

    /// How services' numbers that JSON lacks are shown.
    private static let notFinite = Set(
        ["NaN", "Infinity", "-Infinity", "+Inf", "-Inf"].map { "the string \"\($0)\"" })

    /// What to do about an ordering that means nothing.
    private static func hint(onSides sides: [String]) -> String {
        if sides.contains("NaN") { return "NaN is neither less nor greater than anything" }
        if sides.contains("null") {
            return "there is no value to compare; '… == null or …' accepts that where it is right"
        }
        if sides.contains(where: notFinite.contains) {
            return "numbers that are not finite come as text; '… == \"NaN\" or …' accepts one where it is right"
        }
        return
            "jq orders by type first, so this says nothing about the values; convert one with 'tonumber' or 'tostring'"
    }

    /// The error of an evaluation that the watchdog halted.
    static func halted(_ stop: EvaluationWatchdog.Stop?, _ limits: EvaluationLimits) -> Self {
        switch stop {
        case .time:
            EvaluationError(
                .budget, "does not end: stopped after \(limits.time.described) of processor time",
                hint: "look for a recursion or a generator without end")
        case .memory:
            EvaluationError(
                .budget, "stopped when the process had used \(bytes(limits.memory / 4 * 3)) of memory",
                hint: "look for a range or a repetition that is larger than meant")
        case nil: EvaluationError(.jq, "the expression ends the program", hint: "'halt' is not available")
        }
    }

    /// The error where the system gives no thread that could halt the evaluation.
    static var unwatched: Self {
        EvaluationError(
            .budget, "is not evaluated: the system gives no thread to watch over it",
            hint: "raise the limit of threads and processes, 'ulimit -u'")
    }

    static func tooManyOutputs(_ limits: EvaluationLimits) -> Self {
        EvaluationError(.budget, "yields more than \(limits.outputs) outputs", hint: "take a part with 'limit'")
    }

    static func beyond(_ excess: ForeignReader.Excess, _ limits: EvaluationLimits) -> Self {
        switch excess {
        case .size: EvaluationError(.budget, "yields more than \(bytes(limits.outputBytes)) of output")
        case .depth: EvaluationError(.budget, "yields a value nested deeper than \(limits.depth) levels")
        }
    }

    private static func bytes(_ count: Int) -> String {
        count >= 1 << 30 && count % (1 << 29) == 0
            ? "\(Double(count) / Double(1 << 30)) GiB" : "\(count >> 20) MiB"
    }

    private static func lowercasingFirst(_ text: String) -> String {
        // A name that begins the sentence, such as 'URI', stays as it is.
        guard let first = text.first, text.dropFirst().first.map({ $0.isLowercase }) ?? false else { return text }
        return first.lowercased() + text.dropFirst()
    }
}

extension Duration {
    /// A time for a message: `1 s`, `250 ms`.
    var described: String {
        let milliseconds = Int(self / .milliseconds(1))
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}

extension Value {
    /// The value in a sentence, cut where it is long: `the string "pong"`, `an array of 3 elements`.
    var described: String {
        switch self {
        case .null: "null"
        case .bool(let bool): bool ? "true" : "false"
        case .number: "the number \(preview(60))"
        case .string: "the string \(preview(60))"
        case .array(let elements):
            elements.count == 1 ? "an array of 1 element" : "an array of \(elements.count) elements"
        case .object(let object): object.count == 1 ? "an object of 1 member" : "an object of \(object.count) members"
        }
    }
}
