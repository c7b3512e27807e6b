internal import Expressions

/// A span of a trace.
struct OTLPSpan {
    /// On whose side of a call it stands.
    enum Kind: Int {
        case `internal` = 1
        case client = 3
    }

    var traceID: String
    var spanID: String
    var parentID: String?
    var name: String
    var kind = Kind.internal
    /// In milliseconds since 1970.
    var start: Double
    var ms: Double
    var attributes: [(String, Value)] = []
    var events: [Event] = []
    /// Spans of other traces that it belongs to.
    var links: [(traceID: String, spanID: String)] = []
    /// What went wrong, or nil.
    var problem: String?

    /// Something that happened in it.
    struct Event {
        var name: String
        var attributes: [(String, Value)]
    }

    /// The most events of a span.
    private static let mostEvents = 20

    /// Its JSON form.
    var value: Value {
        var object = Value.Object()
        object["traceId"] = .string(traceID)
        object["spanId"] = .string(spanID)
        if let parentID { object["parentSpanId"] = .string(parentID) }
        // Bit 0: recorded.
        object["flags"] = 1
        object["name"] = .string(OTLPValue.cut(name))
        object["kind"] = Value(kind.rawValue)
        object["startTimeUnixNano"] = OTLPValue.time(start)
        object["endTimeUnixNano"] = OTLPValue.time(start + max(0, ms))
        object["attributes"] = OTLPValue.attributes(attributes)
        if !events.isEmpty {
            let end = OTLPValue.time(start + max(0, ms))
            object["events"] = .array(
                events.prefix(Self.mostEvents).map { event in
                    [
                        "timeUnixNano": end, "name": .string(event.name),
                        "attributes": OTLPValue.attributes(event.attributes),
                    ]
                })
            if events.count > Self.mostEvents {
                object["droppedEventsCount"] = Value(events.count - Self.mostEvents)
            }
        }
        if !links.isEmpty {
            object["links"] = .array(
                links.map { ["traceId": .string($0.traceID), "spanId": .string($0.spanID)] })
        }
        // 2 is an error; what is well is left unset, as the conventions want it.
        if let problem { object["status"] = ["code": 2, "message": .string(OTLPValue.cut(problem))] }
        return .object(object)
    }
}
