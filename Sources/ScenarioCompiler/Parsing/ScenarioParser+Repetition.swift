import Diagnostics
import Expressions
import ScenarioModel
import ScenarioSyntax

extension ScenarioParser {
    mutating func parseRetry(_ node: YAMLNode) -> RetryPart {
        RetryReader.read(node, &reader)
    }

    mutating func parseEach(_ mapping: MappingReader) -> Each? {
        guard let node = mapping["each"] else {
            for key in ["as", "parallel"] {
                if let span = mapping.keySpan(key) {
                    reader.diagnostics.append(
                        Diagnostic(
                            .loopKeyWithoutEach, at: span, "'\(key)' has no effect without 'each'",
                            hint: key == "parallel" ? "inside 'group' or 'repeat' it has its own place" : nil))
                }
            }
            return nil
        }
        var list = node
        var variable = mapping["as"]?.identifier(&reader.diagnostics)
        var parallel = mapping["parallel"].flatMap { reader.late($0) { $0.integer(&$1) } }
        var minimum = 1
        if node.members != nil {
            guard let long = MappingReader(node, ScenarioKeys.each, &reader.diagnostics), let inner = long["in"] else {
                return nil
            }
            list = inner
            variable = long["as"]?.identifier(&reader.diagnostics) ?? variable
            parallel = long["parallel"].flatMap { reader.late($0) { $0.integer(&$1) } } ?? parallel
            minimum = long["min"]?.integer(&reader.diagnostics) ?? 1
        }
        guard let expression = reader.expression(list, .each) else { return nil }
        return Each(
            list: expression, variable: variable ?? "item", parallel: parallel ?? .known(1), minimum: minimum)
    }

    mutating func parseRepetition(_ node: YAMLNode) -> Repetition? {
        if let scalar = node.scalar {
            guard let load = library.loads[scalar.text] else {
                let nearest = NearestName.of(scalar.text, in: library.loads.keys)
                reader.diagnostics.append(
                    Diagnostic(
                        .unknownLoad, at: node.span, "there is no load '\(scalar.text)' in the configuration",
                        hint: nearest.map { "did you mean '\($0)'?" }
                            ?? "declare it under 'loads', or write '{ times: 10 }'"))
                return nil
            }
            reader.expressions += load.assertions.map(\.expression)
            return load
        }
        return RepetitionReader.read(node, &reader) { parser, reader in
            var inner = self
            inner.reader = reader
            let assertions = inner.parseAssertions(parser, .aggregate)
            reader = inner.reader
            return assertions
        }
    }
}

/// Reads a `retry` mapping, in scenarios and configurations alike.
public enum RetryReader {
    /// Returns what the mapping sets; a bare number is its `max`.
    public static func read(_ node: YAMLNode, _ reader: inout SyntaxReader) -> RetryPart {
        var part = RetryPart()
        if let scalar = node.scalar, case .integer = scalar.resolved {
            part.max = node.integer(&reader.diagnostics).map { Setting(.known($0), .file(node.span)) }
            return part
        }
        guard let mapping = MappingReader(node, ScenarioKeys.retry, &reader.diagnostics) else { return part }
        if let max = mapping["max"] {
            part.max = reader.late(max) { $0.integer(&$1) }.map { Setting($0, .file(max.span)) }
            if let known = part.max?.value.known, !(0...100).contains(known) {
                reader.diagnostics.append(
                    Diagnostic(.retryRange, at: max.span, "'max' is a number of retries from 0 to 100, not \(known)"))
            }
        }
        if let on = mapping["on"], let nodes = on.list(&reader.diagnostics) {
            part.on = Setting(nodes.compactMap { cause($0, &reader) }, .file(on.span))
        }
        part.backoff = mapping["backoff"].flatMap { node in
            node.duration(&reader.diagnostics).map { Setting($0, .file(node.span)) }
        }
        if let node = mapping["jitter"], let jitter = node.number(&reader.diagnostics) {
            part.jitter = Setting(jitter, .file(node.span))
            if !(0...1).contains(jitter) {
                reader.diagnostics.append(Diagnostic(.retryRange, at: node.span, "'jitter' is a share from 0 to 1"))
            }
        }
        return part
    }

    private static func cause(_ node: YAMLNode, _ reader: inout SyntaxReader) -> RetryCause? {
        guard let text = node.scalar?.text else {
            reader.diagnostics.append(.expected("a cause such as 'connect' or 503", node))
            return nil
        }
        switch text {
        case "connect": return .connect
        case "reset": return .reset
        case "timeout": return .timeout
        default:
            let isStatus = text.count == 3 && text.allSatisfy(\.isNumber)
            let isState = text.count == 5 && text.allSatisfy { $0.isNumber || ("A"..."Z").contains($0) }
            guard isStatus || isState else {
                let nearest = NearestName.of(text, in: ["connect", "reset", "timeout"])
                reader.diagnostics.append(
                    Diagnostic(
                        .retryCause, at: node.span, "'\(text)' is no cause of a retry",
                        hint: nearest.map { "did you mean '\($0)'?" }
                            ?? "write connect, reset, timeout, an HTTP status or an SQLSTATE"))
                return nil
            }
            return .code(text)
        }
    }
}

/// Reads a `repeat` mapping, in scenarios and in the configuration's `loads`.
public enum RepetitionReader {
    /// Returns the repetition; `assertions` reads its `assert`.
    public static func read(
        _ node: YAMLNode, _ reader: inout SyntaxReader,
        assertions: (YAMLNode, inout SyntaxReader) -> [Assertion]
    ) -> Repetition? {
        guard let mapping = MappingReader(node, ScenarioKeys.repetition, &reader.diagnostics) else { return nil }
        let extents = ["times", "for", "while"].filter { mapping.has($0) }
        guard extents.count == 1, let extentNode = mapping[extents[0]] else {
            reader.diagnostics.append(
                Diagnostic(.repeatExtent, at: node.span, "'repeat' needs exactly one of 'times', 'for' and 'while'"))
            return nil
        }
        let extent: Repetition.Extent?
        switch extents[0] {
        case "times": extent = reader.late(extentNode) { $0.integer(&$1) }.map { .times($0) }
        case "for": extent = reader.late(extentNode) { $0.duration(&$1) }.map { .duration($0) }
        default: extent = extentNode.identifier(&reader.diagnostics).map { .whileStep($0, extentNode.span) }
        }
        guard let extent else { return nil }
        if case .times(.known(let times)) = extent, times < 1 {
            reader.diagnostics.append(Diagnostic(.repeatExtent, at: extentNode.span, "'times' is at least 1"))
        }
        var repetition = Repetition(span: node.span, extent: extent)
        if let node = mapping["parallel"], let parallel = reader.late(node, { $0.integer(&$1) }) {
            repetition.parallel = parallel
            if let known = parallel.known, !(1...10_000).contains(known) {
                reader.diagnostics.append(Diagnostic(.repeatExtent, at: node.span, "'parallel' is from 1 to 10000"))
            }
        }
        repetition.rate = mapping["rate"].flatMap { reader.late($0) { $0.rate(&$1) } }
        repetition.warmup = mapping["warmup"].flatMap { reader.late($0) { $0.duration(&$1) } }
        if let node = mapping["pass"] { repetition.pass = pass(node, &reader) ?? .all }
        if let node = mapping["assert"] { repetition.assertions = assertions(node, &reader) }
        return repetition
    }

    private static func pass(_ node: YAMLNode, _ reader: inout SyntaxReader) -> Repetition.Pass? {
        if node.isWholeTemplate { return .template(reader.value(node)) }
        guard let text = node.scalar?.text, let pass = pass(text) else {
            reader.diagnostics.append(.expected("a count or a share such as '99%'", node))
            return nil
        }
        return pass
    }

    /// `98` is a count, `99%` a share.
    public static func pass(_ text: String) -> Repetition.Pass? {
        if text == "all" { return .all }
        if let count = Int(text), count >= 0 { return .count(count) }
        guard text.hasSuffix("%"), let share = Double(text.dropLast()), (0...100).contains(share) else { return nil }
        return .share(share / 100)
    }
}

extension Diagnostic.Code {
    static let loopKeyWithoutEach = Diagnostic.Code("scenario.loop-key", "'as' and 'parallel' belong to 'each'.")
    static let unknownLoad = Diagnostic.Code("scenario.unknown-load", "'repeat: NAME' names one of the configuration's 'loads'.")
    static let retryRange = Diagnostic.Code("scenario.retry-range", "A retry's numbers are bounded, so that a run ends.")
    static let retryCause = Diagnostic.Code(
        "scenario.retry-cause", "A retry answers to connect, reset, timeout, HTTP statuses and SQLSTATEs.")
    static let repeatExtent = Diagnostic.Code("scenario.repeat", "A repetition is bounded by a count, a time or another step.")
}
