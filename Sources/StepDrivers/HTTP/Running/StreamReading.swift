internal import Expressions
internal import HTTPTransport

/// What the events of a stream of completions tell, in the form that OpenAI's interface gave them.
///
/// Computed when it is read. An event has content when the joined `choices[].delta.content` of its data, a JSON
/// object, is not empty; events that are no JSON have none.
final class StreamReading {
    private let stream: HTTPResponse.EventStream?
    private(set) lazy var content: Content = read()

    init(_ stream: HTTPResponse.EventStream?) { self.stream = stream }

    /// The joined content, and when each piece of it came.
    struct Content {
        var text = ""
        var times: [Double] = []
    }

    /// The events as objects: `{event, data, id, at_ms}`.
    var events: Value {
        .array(
            (stream?.events ?? []).map { event in
                [
                    "event": .string(event.event), "data": .string(event.data), "id": .string(event.id),
                    "at_ms": .number(event.atMilliseconds.roundedToMicroseconds),
                ]
            })
    }

    /// When the first content came.
    var firstContent: Value { content.times.first.map { .number($0.roundedToMicroseconds) } ?? .null }

    /// The pauses between pieces of content, by nearest rank; null where there are not two pieces.
    var gaps: Value {
        let times = content.times
        let gaps = zip(times, times.dropFirst()).map { ($1 - $0).roundedToMicroseconds }.sorted()
        return [
            "p50": percentile(50, gaps), "p95": percentile(95, gaps), "max": gaps.last.map { .number($0) } ?? .null,
        ]
    }

    /// Pieces of content behind the first, by the seconds from the first to the last.
    var tokensPerSecond: Value {
        guard let first = content.times.first, let last = content.times.last, last > first else { return .null }
        let rate = Double(content.times.count - 1) / ((last - first) / 1000)
        return .number((rate * 100).rounded() / 100)
    }

    private func percentile(_ percent: Int, _ sorted: [Double]) -> Value {
        guard !sorted.isEmpty else { return .null }
        let rank = (percent * sorted.count + 99) / 100
        return .number(sorted[max(1, rank) - 1])
    }

    private func read() -> Content {
        var content = Content()
        for event in stream?.events ?? [] where event.data != "[DONE]" {
            guard let document = try? JSON.parse(event.data) else { continue }
            let pieces = document.value["choices"]?.array?.compactMap { $0["delta"]?["content"]?.string } ?? []
            let piece = pieces.joined()
            guard !piece.isEmpty else { continue }
            content.text += piece
            content.times.append(event.atMilliseconds)
        }
        return content
    }
}
