internal import Expressions
internal import ScenarioModel

/// A counter as a look found it.
struct CounterLook {
    var labels: Value
    var value: Double
    /// When it began to count, where that is told.
    var started: Double?

    /// Looks as a result carries them from the first to the last.
    static func value(of looks: [CounterLook]) -> Value {
        .array(
            looks.map { look in
                [
                    "labels": look.labels, "value": MetricValue.of(look.value),
                    "started": look.started.map { .number($0) } ?? .null,
                ]
            })
    }

    /// The looks of a first result.
    static func read(_ result: Value) -> [CounterLook] {
        (result["samples"]?.array ?? []).map { sample in
            CounterLook(
                labels: sample["labels"] ?? .null, value: sample["value"]?.number ?? .nan,
                started: sample["started"]?.number)
        }
    }
}

/// How far a counter moved.
struct CounterChange {
    var labels: Value
    var before: Double?
    var after: Double
    var change: Double
    var resets: Int

    /// The change between two looks: a counter that fell, or began anew, counts from zero.
    init(from before: CounterLook?, to after: CounterLook) {
        labels = after.labels
        self.before = before?.value
        self.after = after.value
        let isReset: Bool
        if let before {
            isReset = after.value < before.value || before.started != nil && before.started != after.started
        } else {
            isReset = false
        }
        resets = isReset ? 1 : 0
        change = after.value - (isReset ? 0 : before?.value ?? 0)
    }

    /// A change that is known from more than two samples.
    init(labels: Value, before: Double?, after: Double, change: Double, resets: Int) {
        self.labels = labels
        self.before = before
        self.after = after
        self.change = change
        self.resets = resets
    }

    /// The result of a delta between two looks.
    static func answer(from first: [CounterLook], to last: [CounterLook], at time: Double) -> MetricAnswer {
        var known: [Value: CounterLook] = [:]
        for look in first { known[look.labels] = look }
        let changes = last.map { CounterChange(from: known.removeValue(forKey: $0.labels), to: $0) }
        return answer(changes, vanished: first.filter { known[$0.labels] != nil }.map(\.labels), at: time)
    }

    /// The result of a delta; the sum is null where there is no counter at all.
    static func answer(_ changes: [CounterChange], vanished: [Value], at time: Double) -> MetricAnswer {
        let sum = changes.reduce(0) { $0 + $1.change }
        let resets = changes.reduce(0) { $0 + $1.resets }
        var answer = MetricAnswer(fields: [
            .init("samples") {
                .array(
                    changes.map { change in
                        [
                            "labels": change.labels, "value": MetricValue.of(change.change), "time": .number(time),
                            "before": change.before.map { MetricValue.of($0) } ?? .null,
                            "after": MetricValue.of(change.after), "resets": Value(change.resets),
                        ]
                    })
            },
            .init("value", changes.isEmpty ? .null : MetricValue.of(sum)),
            .init("resets", Value(resets)),
        ])
        if changes.isEmpty { answer.notes.append("no counter: 'value' is null") }
        for change in changes where change.resets > 0 {
            answer.notes.append(
                "the counter \(change.labels.preview()) began anew: \(change.before.map { MetricValue.of($0).json() } ?? "absent") before, \(MetricValue.of(change.after).json()) after"
            )
        }
        if answer.notes.count > 10 { answer.notes = Array(answer.notes.prefix(10)) }
        for labels in vanished.prefix(5) {
            answer.notes.append("the counter \(labels.preview()) is gone, and its change is not counted")
        }
        return answer
    }
}
