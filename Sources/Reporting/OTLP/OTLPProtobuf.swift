internal import Expressions

/// The requests of OTLP in the binary form of protobuf, for services that take no JSON.
///
/// Made of the JSON by a table of the messages' fields (opentelemetry-proto 1.x): what is sent is the same in both forms.
public enum OTLPProtobuf {
    /// The content type of both requests and answers.
    public static let contentType = "application/x-protobuf"

    /// A message with its body in this form; nil where it is none of OTLP.
    public static func message(_ message: ReportMessage) -> ReportMessage? {
        let root: Message? =
            switch message.path {
            case "/v1/traces": .traces
            case "/v1/metrics": .metrics
            default: nil
            }
        guard let root, let value = (try? JSON.parse(message.body))?.value else { return nil }
        var binary = message
        binary.contentType = contentType
        binary.body = encoded(value, root)
        return binary
    }

    /// What an answer says, as JSON has it.
    public static func answer(_ bytes: [UInt8]) -> [UInt8] { Array(refusal(in: bytes).json().utf8) }

    /// What an answer says of what was refused; both kinds of answers have it in the same fields.
    static func refusal(in bytes: [UInt8]) -> Value {
        var outer = ProtobufReader(bytes[...])
        while let (number, content) = outer.next() {
            guard number == 1, case .bytes(let partial) = content else { continue }
            var success = Value.Object()
            var inner = ProtobufReader(partial)
            while let (number, content) = inner.next() {
                switch (number, content) {
                case (1, .number(let count)): success["rejectedSpans"] = .number(Double(count))
                case (2, .bytes(let text)): success["errorMessage"] = .string(String(decoding: text, as: UTF8.self))
                default: break
                }
            }
            return ["partialSuccess": .object(success)]
        }
        return [:]
    }

    // MARK: The messages

    private enum Message {
        case traces, resourceSpans, scopeSpans, span, event, link, status
        case metrics, resourceMetrics, scopeMetrics, metric, gauge, point
        case resource, scope, attribute, value, list
    }

    private enum Form {
        case text, identifier, flag, double
        case varint, fixed32, fixed64
        case message(Message)
    }

    private static func field(_ name: String, of message: Message) -> (number: UInt64, form: Form)? {
        switch (message, name) {
        case (.traces, "resourceSpans"): (1, .message(.resourceSpans))
        case (.metrics, "resourceMetrics"): (1, .message(.resourceMetrics))
        case (.resourceSpans, "resource"), (.resourceMetrics, "resource"): (1, .message(.resource))
        case (.resourceSpans, "scopeSpans"): (2, .message(.scopeSpans))
        case (.resourceMetrics, "scopeMetrics"): (2, .message(.scopeMetrics))
        case (.scopeSpans, "scope"), (.scopeMetrics, "scope"): (1, .message(.scope))
        case (.scopeSpans, "spans"): (2, .message(.span))
        case (.scopeMetrics, "metrics"): (2, .message(.metric))
        case (.resource, "attributes"): (1, .message(.attribute))
        case (.scope, "name"): (1, .text)
        case (.scope, "version"): (2, .text)
        case (.attribute, "key"): (1, .text)
        case (.attribute, "value"): (2, .message(.value))
        case (.value, "stringValue"): (1, .text)
        case (.value, "boolValue"): (2, .flag)
        case (.value, "intValue"): (3, .varint)
        case (.value, "doubleValue"): (4, .double)
        case (.value, "arrayValue"): (5, .message(.list))
        case (.list, "values"): (1, .message(.value))
        case (.event, "timeUnixNano"): (1, .fixed64)
        case (.event, "name"): (2, .text)
        case (.event, "attributes"): (3, .message(.attribute))
        case (.link, "traceId"): (1, .identifier)
        case (.link, "spanId"): (2, .identifier)
        case (.status, "message"): (2, .text)
        case (.status, "code"): (3, .varint)
        case (.metric, "name"): (1, .text)
        case (.metric, "description"): (2, .text)
        case (.metric, "unit"): (3, .text)
        case (.metric, "gauge"): (5, .message(.gauge))
        case (.gauge, "dataPoints"): (1, .message(.point))
        case (.point, "timeUnixNano"): (3, .fixed64)
        case (.point, "asDouble"): (4, .double)
        case (.point, "attributes"): (7, .message(.attribute))
        case (.span, _): spanField(name)
        default: nil
        }
    }

    private static func spanField(_ name: String) -> (number: UInt64, form: Form)? {
        switch name {
        case "traceId": (1, .identifier)
        case "spanId": (2, .identifier)
        case "parentSpanId": (4, .identifier)
        case "name": (5, .text)
        case "kind": (6, .varint)
        case "startTimeUnixNano": (7, .fixed64)
        case "endTimeUnixNano": (8, .fixed64)
        case "attributes": (9, .message(.attribute))
        case "events": (11, .message(.event))
        case "droppedEventsCount": (12, .varint)
        case "links": (13, .message(.link))
        case "status": (15, .message(.status))
        case "flags": (16, .fixed32)
        default: nil
        }
    }

    // MARK: Writing

    private static func encoded(_ value: Value, _ message: Message) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, member) in value.object ?? .init() {
            guard let (number, form) = field(name, of: message) else { continue }
            // A list is its field again and again.
            for element in member.array ?? [member] { append(element, number, form, to: &bytes) }
        }
        return bytes
    }

    private static func append(_ value: Value, _ number: UInt64, _ form: Form, to bytes: inout [UInt8]) {
        func tag(_ type: UInt64) { appendVarint(number << 3 | type, to: &bytes) }
        func appendSized(_ content: [UInt8]) {
            tag(2)
            appendVarint(UInt64(content.count), to: &bytes)
            bytes += content
        }
        switch form {
        case .text: appendSized(Array((value.string ?? "").utf8))
        case .identifier: appendSized(hexadecimal(value.string ?? ""))
        case .message(let message): appendSized(encoded(value, message))
        case .flag:
            tag(0)
            appendVarint(value == true ? 1 : 0, to: &bytes)
        case .varint:
            tag(0)
            appendVarint(UInt64(bitPattern: Int64(whole(value))), to: &bytes)
        case .double:
            tag(1)
            appendFixed((value.number ?? 0).bitPattern, count: 8, to: &bytes)
        case .fixed64:
            tag(1)
            appendFixed(UInt64(clamping: whole(value)), count: 8, to: &bytes)
        case .fixed32:
            tag(5)
            appendFixed(UInt64(clamping: whole(value)), count: 4, to: &bytes)
        }
    }

    /// A whole number, which is text where it has 64 bits.
    private static func whole(_ value: Value) -> Int {
        value.string.flatMap { Int($0) } ?? value.number.flatMap { Int(exactly: $0) } ?? 0
    }

    private static func appendVarint(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func appendFixed(_ number: UInt64, count: Int, to bytes: inout [UInt8]) {
        for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
    }

    private static func hexadecimal(_ text: String) -> [UInt8] {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue.map { UInt8($0) } }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

/// Reads the fields of a message of protobuf as far as they are well formed.
private struct ProtobufReader {
    enum Content {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next field; nil at the end, and where the bytes are no message.
    mutating func next() -> (number: UInt64, content: Content)? {
        guard let tag = varint() else { return nil }
        switch tag & 7 {
        case 0: return varint().map { (tag >> 3, .number($0)) }
        case 1: return take(8).map { (tag >> 3, .bytes($0)) }
        case 2: return varint().flatMap { take($0) }.map { (tag >> 3, .bytes($0)) }
        case 5: return take(4).map { (tag >> 3, .bytes($0)) }
        default: return nil
        }
    }

    private mutating func varint() -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return number }
        }
        return nil
    }

    private mutating func take(_ count: UInt64) -> ArraySlice<UInt8>? {
        guard count <= UInt64(rest.count) else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return rest.prefix(Int(count))
    }
}
