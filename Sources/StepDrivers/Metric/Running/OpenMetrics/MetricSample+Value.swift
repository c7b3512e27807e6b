internal import Exposition
internal import Expressions

extension MetricSample {
    /// The sample as a result has it; without a time of its own it has that of the scrape.
    func value(scraped: Double) -> Value {
        var object = Value.Object([
            ("labels", labelValue), ("value", plainValue), ("time", .number(time ?? scraped)),
        ])
        if let exemplar {
            object["exemplar"] = [
                "labels": exemplar.labels.value, "value": MetricValue.of(exemplar.value),
                "time": exemplar.time.map { .number($0) } ?? .null,
            ]
        }
        if let histogram {
            object["histogram"] = [
                "count": .number(histogram.count), "sum": MetricValue.of(histogram.sum),
                "schema": .number(histogram.schema), "zero_threshold": .number(histogram.zeroThreshold),
                "zero_count": .number(histogram.zeroCount), "positive": histogram.positive.value,
                "negative": histogram.negative.value,
            ]
        }
        return .object(object)
    }

    /// The number; null for a native histogram.
    var plainValue: Value { histogram == nil ? MetricValue.of(value) : .null }

    /// The labels with the name among them, as Prometheus has it.
    var labelValue: Value {
        var object = Value.Object([("__name__", .string(name))])
        for label in labels where !label.value.isEmpty { object[label.name] = .string(label.value) }
        return .object(object)
    }
}

extension [MetricSample.Label] {
    var value: Value { .object(Value.Object(map { ($0.name, .string($0.value)) })) }
}

extension MetricSample.NativeHistogram.Buckets {
    fileprivate var value: Value {
        [
            "spans": .array(spans.map { [Value($0.offset), Value($0.length)] }),
            "deltas": .array(deltas.map { .number($0) }),
        ]
    }
}
