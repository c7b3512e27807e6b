internal import Expressions
internal import ScenarioModel

/// The data of an instant query: a vector, a matrix of raw samples, a scalar or a text.
struct InstantResult {
    private let data: Value

    init(_ data: Value) { self.data = data }

    /// The members of the result.
    var answer: MetricAnswer {
        let elements = samples
        if data["resultType"]?.string == "matrix" {
            // A selector with a range, such as up[5m], has no single moment.
            return RangeResult(data).answer.adding([
                .init("samples", .array([])), .init("value", .null),
            ])
        }
        let isHistogram = elements.first?["histogram"] != nil
        var answer = MetricAnswer(fields: [
            .init("samples", .array(elements)),
            .init("value", elements.count == 1 ? elements[0]["value"] ?? .null : .null),
        ])
        answer.notes = SampleNotes.of(elements.count, isHistogram: isHistogram)
        return answer
    }

    private var samples: [Value] {
        switch data["resultType"]?.string {
        case "vector": (data["result"]?.array ?? []).map(Self.sample)
        case "scalar", "string": data["result"]?.array.map { [Self.sample(labels: [:], pair: $0)] } ?? []
        default: []
        }
    }

    private static func sample(_ element: Value) -> Value {
        let labels = element["metric"] ?? [:]
        guard let pair = element["histogram"]?.array else {
            return sample(labels: labels, pair: element["value"]?.array ?? [])
        }
        return [
            "labels": labels, "value": .null, "time": pair.first ?? .null,
            "histogram": NativeHistogramValue.of(pair.count > 1 ? pair[1] : .null),
        ]
    }

    private static func sample(labels: Value, pair: [Value]) -> Value {
        [
            "labels": labels, "value": pair.count > 1 ? MetricValue.of(pair[1].string ?? "") : .null,
            "time": pair.first ?? .null,
        ]
    }
}

extension MetricAnswer {
    /// The answer with more members.
    func adding(_ fields: [SharedValue.Field]) -> MetricAnswer {
        var answer = self
        answer.fields += fields
        return answer
    }
}

/// The data of a range query.
struct RangeResult {
    private let data: Value

    init(_ data: Value) { self.data = data }

    /// The members of the result; points are read when they are asked for.
    var answer: MetricAnswer {
        let data = self.data
        var answer = MetricAnswer(fields: [
            .init("series") { .array((data["result"]?.array ?? []).map(Self.series)) }
        ])
        let count = data["result"]?.array?.count ?? 0
        if count == 0 { answer.notes = ["no series"] }
        return answer
    }

    private static func series(_ element: Value) -> Value {
        var object = Value.Object([
            ("labels", element["metric"] ?? [:]),
            ("values", .array((element["values"]?.array ?? []).map(point))),
        ])
        if let histograms = element["histograms"]?.array {
            object["histograms"] = .array(
                histograms.map { pair in
                    let pair = pair.array ?? []
                    return [pair.first ?? .null, NativeHistogramValue.of(pair.count > 1 ? pair[1] : .null)]
                })
        }
        return .object(object)
    }

    private static func point(_ pair: Value) -> Value {
        guard let pair = pair.array, pair.count == 2, let text = pair[1].string else { return pair }
        return .array([pair[0], MetricValue.of(text)])
    }
}

/// A native histogram as results have it: numbers where Prometheus writes texts.
enum NativeHistogramValue {
    static func of(_ value: Value) -> Value {
        [
            "count": MetricValue.of(value["count"]?.string ?? ""), "sum": MetricValue.of(value["sum"]?.string ?? ""),
            "buckets": .array(
                (value["buckets"]?.array ?? []).map { bucket in
                    .array((bucket.array ?? []).map { $0.string.map { MetricValue.of($0) } ?? $0 })
                }),
        ]
    }
}
