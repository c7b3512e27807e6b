internal import Expressions
internal import ScenarioModel

/// The change of counters that a Prometheus scrapes, between two of its own scrapes.
///
/// Prometheus knows a counter as of its last scrape. So each look asks for the server's own time first, and waits until
/// every series has a sample that is later; what the watched step did then lies between the two samples, and nothing
/// that was done before it. All raw samples in between are read, so that no reset is missed.
struct PrometheusDelta {
    let questions: PrometheusQuestions
    let query: PromQLTemplate.Rendered

    /// The pause between two looks at the same question.
    private static let pauses: [Duration] = [.milliseconds(100), .milliseconds(250), .milliseconds(500)]
    private static let longPause: Duration = .seconds(1)
    /// How far back raw samples are asked for beside the first look, in seconds: no scrape is further apart.
    private static let slack = 330.0

    /// A series with its raw samples in the order of time.
    private struct Series {
        var labels: Value
        var points: [(time: Double, value: Double)]
        var last: Double { points.last?.time ?? 0 }
    }

    /// What came of waiting for scrapes.
    private enum Settled {
        case series([Series])
        case refused(MetricAnswer)
    }

    /// The result of the first look, or of the last one with what the first found.
    func answer(_ first: Value?) async -> MetricAnswer {
        switch await serverTime() {
        case .failure(let error): return .failed(error)
        case .success(let now):
            guard let first else { return await firstLook(after: now) }
            return await lastLook(after: now, first)
        }
    }

    /// The server's own clock, in seconds since 1970.
    private func serverTime() async -> Result<Double, StepError> {
        let reply = await questions.ask("query", [("query", "time()")])
        if let error = reply.error { return .failure(error) }
        // VictoriaMetrics answers with a vector where Prometheus does with a scalar.
        let result = reply.data["result"]?.array ?? []
        let pair = result.first?["value"]?.array ?? result
        guard pair.count == 2, let time = pair[1].string.flatMap({ Double($0) }) else {
            return .failure(StepError(.protocol, "the server does not tell its time", phase: "body"))
        }
        return .success(time)
    }

    private func firstLook(after now: Double) async -> MetricAnswer {
        switch await settled(after: now, since: now - Self.slack, expectsSome: false) {
        case .refused(let answer): return answer
        case .series(let series):
            return MetricAnswer(fields: [
                .init(
                    "samples",
                    .array(
                        series.map { series in
                            [
                                "labels": series.labels, "value": MetricValue.of(series.points.last?.value ?? .nan),
                                "time": .number(series.last),
                            ]
                        })),
                .init("time", .number(now)),
            ])
        }
    }

    private func lastLook(after now: Double, _ first: Value) async -> MetricAnswer {
        var known: [Value: (value: Double, time: Double)] = [:]
        for sample in first["samples"]?.array ?? [] {
            guard let labels = sample["labels"], let value = sample["value"]?.number, let time = sample["time"]?.number
            else { continue }
            known[labels] = (value, time)
        }
        let since = min(first["time"]?.number ?? now, now) - Self.slack
        switch await settled(after: now, since: since, expectsSome: true) {
        case .refused(let answer): return answer
        case .series(let series):
            var changes: [CounterChange] = []
            for series in series {
                let before = known.removeValue(forKey: series.labels)
                let points = series.points.filter { $0.time > before?.time ?? 0 }
                // A series that only other scrapes know, from before the first look, did not begin since.
                guard before != nil || (series.points.first?.time ?? 0) > since + Self.slack else { continue }
                changes.append(Self.change(series.labels, before?.value, points.map(\.value)))
            }
            return CounterChange.answer(changes, vanished: Array(known.keys), at: now)
        }
    }

    private static func change(_ labels: Value, _ before: Double?, _ values: [Double]) -> CounterChange {
        var last = before ?? 0
        var change = 0.0
        var resets = 0
        for value in values {
            if value < last {
                resets += 1
                change += value
            } else {
                change += value - last
            }
            last = value
        }
        return CounterChange(labels: labels, before: before, after: last, change: change, resets: resets)
    }

    /// Waits until each living series has a sample later than a moment; returns the raw samples since another.
    private func settled(
        after moment: Double, since: Double, expectsSome: Bool
    ) async -> Settled {
        var looks = 0
        let begun = ContinuousClock.now
        while true {
            let living = await questions.ask("query", [("query", query.text)], about: query)
            if let error = living.error { return .refused(.failed(living, error)) }
            // By the server's clock, which this machine's need not agree with.
            let window = (moment - since + (ContinuousClock.now - begun) / .seconds(1)).rounded(.up) + 2
            let raw = await questions.ask("query", [("query", "\(query.text)[\(Int(window))s]")], about: query)
            if let error = raw.error { return .refused(.failed(raw, error)) }
            let labels = Set((living.data["result"]?.array ?? []).compactMap { $0["metric"] })
            let series = Self.series(raw.data)
            let present = series.filter { labels.contains($0.labels) }
            let late = labels.count > present.count || present.contains { $0.last <= moment }
            if !late, !present.isEmpty || !expectsSome { return .series(present) }
            let pause = looks < Self.pauses.count ? Self.pauses[looks] : Self.longPause
            looks += 1
            guard await questions.courier.pause(pause) else {
                return .refused(.failed(tooLate(present, moment)))
            }
        }
    }

    private static func series(_ data: Value) -> [Series] {
        (data["result"]?.array ?? []).map { element in
            Series(
                labels: element["metric"] ?? [:],
                points: (element["values"]?.array ?? []).compactMap { pair in
                    guard let pair = pair.array, pair.count == 2, let time = pair[0].number,
                        let value = pair[1].string.flatMap({ Double($0) })
                    else { return nil }
                    return (time, value)
                })
        }
    }

    private func tooLate(_ series: [Series], _ moment: Double) -> StepError {
        let stale = series.first { $0.last <= moment }
        let what =
            stale.map { "no later scrape of \($0.labels.preview())" } ?? "no sample of '\(query.text.prefix(80))'"
        return StepError(
            .timeout, "\(what) came within the time-out of the attempt", phase: "body",
            hint: stale == nil
                ? "look whether the server scrapes such a metric; a counter that never appears has no change"
                : "raise 'timeout' of the step above the server's scrape interval")
    }
}
