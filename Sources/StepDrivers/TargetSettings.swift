internal import Diagnostics
internal import Expressions
internal import ScenarioModel
internal import ScenarioSyntax

/// Reads the evaluated settings of a target, as their keys have them.
struct TargetSettings {
    let target: ResolvedTarget
    /// The code of what is wrong with a setting of this kind.
    let code: Diagnostic.Code

    init(_ target: ResolvedTarget, code: Diagnostic.Code) {
        self.target = target
        self.code = code
    }

    /// The text behind some keys, as it is written where that is known: `1.10` stays `1.10`.
    func text(_ keys: String...) throws(StepFailure) -> String? { try text(at: keys) }

    /// The boolean behind some keys; text that reads as one will do.
    func boolean(_ keys: String...) throws(StepFailure) -> Bool? {
        guard let text = try text(at: keys) else { return nil }
        if text == "true" { return true }
        if text == "false" { return false }
        throw failure("wants true or false for '\(keys.joined(separator: "."))'", hint: "found '\(text.prefix(40))'")
    }

    /// A number of bytes behind a key.
    func size(_ key: String) throws(StepFailure) -> Int? {
        guard let text = try text(at: [key]) else { return nil }
        if let size = QuantityText.parseSize(text) ?? Int(text), size >= 0 { return size }
        throw failure("wants a size for '\(key)', found '\(text.prefix(40))'", hint: "write one such as 10MiB")
    }

    /// An integer behind some keys, within bounds.
    func integer(_ keys: String..., in bounds: ClosedRange<Int>) throws(StepFailure) -> Int? {
        guard let text = try text(at: keys) else { return nil }
        if let number = Int(text), bounds.contains(number) { return number }
        throw failure(
            "wants a number for '\(keys.joined(separator: "."))', found '\(text.prefix(40))'",
            hint: "write one from \(bounds.lowerBound) to \(bounds.upperBound)")
    }

    /// A duration behind some keys.
    func duration(_ keys: String...) throws(StepFailure) -> Duration? {
        guard let text = try text(at: keys) else { return nil }
        if let duration = DurationText.parse(text) { return duration }
        throw failure(
            "wants a duration for '\(keys.joined(separator: "."))', found '\(text.prefix(40))'",
            hint: "write a number with a unit, such as 5s")
    }

    /// A path behind some keys, relative to the file that writes it.
    func path(_ keys: String...) throws(StepFailure) -> String? {
        guard let path = try text(at: keys) else { return nil }
        guard !path.hasPrefix("/"), case .file(let span) = keys.first.map(target.origin) ?? target.target.origin,
            let slash = span.file.path.lastIndex(of: "/")
        else { return path }
        return span.file.path[...slash] + path
    }

    /// One text or several.
    func texts(_ key: String) throws(StepFailure) -> [String] {
        let value = target.settings[key] ?? .null
        guard let elements = value.array else { return try text(at: [key]).map { [$0] } ?? [] }
        return elements.filter { !$0.isNull }.map(\.tostring)
    }

    func text(at keys: [String]) throws(StepFailure) -> String? {
        var value: Value = .object(target.settings)
        var written: ValueTemplate? = target.target.settings
        for key in keys {
            guard let inner = value[key] else { return nil }
            value = inner
            written = written?[key]
        }
        switch value {
        case .null: return nil
        case .array, .object:
            throw failure("wants text for '\(keys.joined(separator: "."))', found \(value.type)", hint: "write a text")
        case .bool, .number, .string:
            // A derived target may have another value than the text that is at hand.
            if case .literal(value, let text?, _)? = written { return text }
            return value.tostring
        }
    }

    /// A failure of the target as a whole.
    func failure(_ what: String, hint: String) -> StepFailure {
        var place: SourceSpan?
        if case .file(let span) = target.target.origin { place = span }
        return .refused(code, "target '\(target.name)' \(what)", at: place, hint: hint)
    }
}
