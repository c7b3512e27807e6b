import Diagnostics
import Expressions
import ScenarioModel

/// Compares an `expect` tree with a result and collects every difference.
struct ExpectationMatch {
    let rendering: Rendering
    let engine: ExpressionEngine
    /// The members of the result whose values can only be text.
    let fields: [ResultField]
    private(set) var differences: [FailureReport.Difference] = []
    /// Templates that could not be evaluated.
    private(set) var failures: [FailureReport] = []

    init(rendering: Rendering, fields: [ResultField]) {
        self.rendering = rendering
        self.engine = rendering.engine
        self.fields = fields
    }

    /// Compares the root, whose members are members of the result.
    mutating func match(_ root: Expectation, _ result: SharedValue) {
        guard case .object(let members, _) = root else { return }
        for member in members {
            let field = fields.first { $0.name == member.key }
            compare(
                member.value, result.field(member.key)?.value ?? result.fieldlessMember(member.key), "." + member.key,
                isText: field?.isText ?? false, foldsCase: field?.foldsCase ?? false)
        }
    }

    private mutating func compare(
        _ expected: Expectation, _ actual: Value?, _ path: String, isText: Bool, foldsCase: Bool
    ) {
        switch expected {
        case .absent:
            if let actual {
                differences.append(
                    .init(
                        path: path, kind: .unexpected, expected: nil, actual: shown(actual), place: Place(expected.span)
                    ))
            }
            return
        case .literal(let value, let text, let span):
            guard let actual else { return missing(path, value.preview(), span) }
            if isText, let text, let string = actual.string {
                if string != text { differ(path, .string(text), actual, span) }
                return
            }
            compare(value, actual, path, span)
        case .template(let template, let span):
            do throws(StepFailure) {
                let value = try rendering.value(of: template)
                guard let actual else { return missing(path, value.preview(), span) }
                if isText, let string = actual.string, !value.isNull {
                    if string != value.tostring { differ(path, .string(value.tostring), actual, span) }
                    return
                }
                compare(value, actual, path, span)
            } catch {
                failures.append(error.report)
            }
        case .predicate(let expression, let span):
            guard let actual else { return missing(path, expression.text, span) }
            judge(expression, actual, path, span)
        case .array(let elements, let span):
            guard let actual else { return missing(path, "an array of \(elements.count)", span) }
            guard let values = actual.array else { return differ(path, .array([]), actual, span) }
            if values.count != elements.count {
                differences.append(
                    .init(
                        path: path, kind: .length, expected: Self.count(elements.count),
                        actual: "\(Self.count(values.count)): \(actual.preview())", place: Place(span)))
            }
            for (index, pair) in zip(elements, values).enumerated() {
                compare(pair.0, pair.1, "\(path)[\(index)]", isText: isText, foldsCase: false)
            }
        case .object(let members, let span):
            guard let actual else { return missing(path, "an object", span) }
            guard let object = actual.object else { return differ(path, .object(.init()), actual, span) }
            for member in members {
                var key = member.key
                if foldsCase, object[key] == nil {
                    key = object.keys.first { $0.lowercased() == member.key.lowercased() } ?? key
                }
                let inner = path + Self.step(member.key)
                compare(member.value, object[key], inner, isText: isText, foldsCase: false)
            }
        }
    }

    /// Compares a value: objects in part, arrays exactly.
    private mutating func compare(_ expected: Value, _ actual: Value, _ path: String, _ span: SourceSpan) {
        switch (expected, actual) {
        case (.object(let wanted), .object(let found)):
            for (key, value) in wanted {
                guard let inner = found[key] else {
                    missing(path + Self.step(key), value.preview(), span)
                    continue
                }
                compare(value, inner, path + Self.step(key), span)
            }
        case (.array(let wanted), .array(let found)):
            if wanted.count != found.count {
                differences.append(
                    .init(
                        path: path, kind: .length, expected: Self.count(wanted.count),
                        actual: "\(Self.count(found.count)): \(actual.preview())", place: Place(span)))
            }
            for (index, pair) in zip(wanted, found).enumerated() {
                compare(pair.0, pair.1, "\(path)[\(index)]", span)
            }
        default:
            if expected != actual { differ(path, expected, actual, span) }
        }
    }

    private mutating func judge(_ expression: Expression, _ actual: Value, _ path: String, _ span: SourceSpan) {
        let context = rendering.frame.context(for: expression, dot: SharedValue(actual), seed: rendering.seed)
        guard case .fails(let failure)? = engine.judge([expression], in: context).first else { return }
        let reason = failure.error.map { "\(shown(actual)): \($0.message)" } ?? shown(actual)
        differences.append(
            .init(path: path, kind: .predicate, expected: expression.text, actual: reason, place: Place(span)))
    }

    private mutating func missing(_ path: String, _ expected: String, _ span: SourceSpan) {
        differences.append(.init(path: path, kind: .missing, expected: expected, actual: nil, place: Place(span)))
    }

    private mutating func differ(_ path: String, _ expected: Value, _ actual: Value, _ span: SourceSpan) {
        let isTyped = expected.type != actual.type
        differences.append(
            .init(
                path: path, kind: isTyped ? .type : .value,
                expected: isTyped ? "\(expected.type) \(expected.preview())" : expected.preview(),
                actual: isTyped ? shown(actual) : actual.preview(), place: Place(span)))
    }

    /// `1 element`, `2 elements`.
    private static func count(_ elements: Int) -> String { "\(elements) element\(elements == 1 ? "" : "s")" }

    private func shown(_ value: Value) -> String {
        value.isNull ? "null" : "\(value.type) \(value.preview())"
    }

    /// A key as a jq path: `.name`, or `["odd name"]`.
    static func step(_ key: String) -> String {
        let isPlain =
            key.utf8.first.map { !(0x30...0x39).contains($0) } ?? false
            && key.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
            }
        return isPlain ? "." + key : "[" + Value.string(key).json() + "]"
    }
}

extension SharedValue {
    /// The member of a whole value, for results that are no computed object.
    func fieldlessMember(_ name: String) -> Value? { fieldNames == nil ? value[name] : nil }
}
