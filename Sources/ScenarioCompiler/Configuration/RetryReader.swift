internal import Diagnostics
internal import ScenarioModel
internal import ScenarioSyntax

/// Reads a `retry` mapping, of a step, a scenario, a target or the defaults.
enum RetryReader {
    /// Returns what the mapping sets; parts that are wrong are reported and left out.
    static func read(_ node: YAMLNode, _ reader: inout SyntaxReader) -> RetryPart {
        var part = RetryPart()
        guard let mapping = MappingReader(node, ConfigurationKeys.retry, &reader.diagnostics) else { return part }
        if let node = mapping["max"], let max = reader.late(node, count) {
            part.max = Setting(max, .file(node.span))
        }
        if let node = mapping["on"], let causes = causes(node, &reader.diagnostics) {
            part.on = Setting(causes, .file(node.span))
        }
        if let node = mapping["backoff"], let pause = node.duration(&reader.diagnostics) {
            part.backoff = Setting(pause, .file(node.span))
        }
        if let node = mapping["jitter"], let share = share(node, &reader.diagnostics) {
            part.jitter = Setting(share, .file(node.span))
        }
        return part
    }

    private static func count(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Int? {
        guard let count = node.integer(&diagnostics) else { return nil }
        guard (0...1000).contains(count) else {
            diagnostics.append(Diagnostic(.configurationValue, at: node.span, .retries, hint: "write 'max: 3'"))
            return nil
        }
        return count
    }

    private static func share(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Double? {
        guard let share = node.number(&diagnostics) else { return nil }
        guard (0...1).contains(share) else {
            diagnostics.append(
                Diagnostic(.configurationValue, at: node.span, .jitter, hint: "0.5 varies a pause by up to half of it"))
            return nil
        }
        return share
    }

    private static func causes(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> [RetryCause]? {
        let entries = node.elements ?? [node]
        let causes = entries.compactMap { cause($0, &diagnostics) }
        return causes.count == entries.count ? causes : nil
    }

    /// Classes of SQLSTATEs that the same statement meets again: wrong data, names, syntax, credentials.
    private static let permanent = ["0A", "21", "22", "23", "28", "2B", "3D", "3F", "42", "44"]

    private static func cause(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> RetryCause? {
        guard let text = node.scalar?.text else {
            diagnostics.append(Diagnostic(.configurationValue, at: node.span, .causeShape(node.found), hint: .causes))
            return nil
        }
        switch text {
        case "connect": return .connect
        case "reset": return .reset
        case "timeout": return .timeout
        default: break
        }
        let isStatus = text.utf8.count == 3 && (Int(text).map { (100...599).contains($0) } ?? false)
        let isState = text.utf8.count == 5 && text.utf8.allSatisfy { $0.isUppercaseOrDigit }
        if isState, permanent.contains(where: text.hasPrefix) {
            diagnostics.append(
                Diagnostic(
                    .configurationValue, at: node.span, .permanent(text),
                    hint: "what comes with time is waited for by 'until'; 40001, 40P01 and 55P03 may be retried"))
            return nil
        }
        if isStatus || isState { return .code(text) }
        let near = NearestName.of(text, in: ["connect", "reset", "timeout"])
        diagnostics.append(
            Diagnostic(
                .configurationValue, at: node.span, .unknownCause(text),
                hint: near.map { "did you mean '\($0)'?" } ?? .causes))
        return nil
    }
}

extension UInt8 {
    fileprivate var isUppercaseOrDigit: Bool { (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) }
}

extension Diagnostic.Message {
    fileprivate static var retries: Self { "expected a number of retries from 0 to 1000" }
    fileprivate static var jitter: Self { "expected a share from 0 to 1" }
    fileprivate static func causeShape(_ found: String) -> Self {
        "expected a cause of retries, or a list of them, found \(found)"
    }
    fileprivate static func unknownCause(_ text: String) -> Self { "'\(text)' is no cause of a retry" }
    fileprivate static func permanent(_ state: String) -> Self {
        "'\(state)' is permanent: the same statement would meet it again"
    }
    fileprivate static var causes: Self {
        "write connect, reset, timeout, an HTTP status such as 503, or an SQLSTATE such as 40P01"
    }
}
