internal import EventLoop
internal import Exposition
internal import Expressions
internal import ScenarioModel

/// The change of counters that a Prometheus scrapes, between two of its own scrapes.
///
/// Prometheus knows a counter as of its last scrape. So each look asks for the server's own time first, and waits until
/// all that may have such counters was scraped later (``ScrapeLook``); what the watched step did then lies between the
/// two looks, and nothing that was done before it. All raw samples in between are read, so that no reset is missed.
struct PrometheusDelta {
    let questions: PrometheusQuestions
    let query: PromQLTemplate.Rendered

    /// The pause between two looks at the same question.
    private static let pauses: [Duration] = [.milliseconds(100), .milliseconds(250), .milliseconds(500)]
    private static let longPause: Duration = .seconds(1)
    /// VictoriaMetrics finds a new series only when it has written it to its index, which it does each second.
    private static let indexing: Duration = .seconds(2)
    /// How far back raw samples are asked for beside the first look, in seconds: no scrape is further apart.
    private static let slack = 330.0

    /// The server's clock.
    private struct Clock {
        /// In seconds since 1970.
        var now: Double
        var isVictoriaMetrics: Bool
    }

    /// What came of waiting for scrapes.
    private enum Settled {
        case series([ScrapeLook.Series], down: Set<ScrapeTarget.Name>)
        case refused(MetricAnswer)
    }

    /// The result of the first look, or of the last one with what the first found.
    func answer(_ first: Value?) async -> MetricAnswer {
        switch await serverTime() {
        case .failure(let error): return .failed(error)
        case .success(let clock):
            guard let first else { return await firstLook(clock) }
            return await lastLook(clock, first)
        }
    }

    private func ask(_ query: String) async -> PrometheusReply {
        // Without its cache VictoriaMetrics answers as of now; with it, as of half a minute ago. Others know no such word.
        await questions.ask("query", [("query", query), ("nocache", "1")], about: self.query)
    }

    private func serverTime() async -> Result<Clock, StepError> {
        let reply = await ask("time()")
        if let error = reply.error { return .failure(error) }
        // VictoriaMetrics answers with a vector where Prometheus does with a scalar.
        let result = reply.data["result"]?.array ?? []
        let vector = result.first?["value"]?.array
        let pair = vector ?? result
        guard pair.count == 2, let time = pair[1].string.flatMap({ Double($0) }) else {
            return .failure(StepError(.protocol, "the server does not tell its time", phase: "body"))
        }
        return .success(Clock(now: time, isVictoriaMetrics: vector != nil))
    }

    private func firstLook(_ clock: Clock) async -> MetricAnswer {
        switch await settled(clock, since: clock.now - Self.slack, earlier: nil) {
        case .refused(let answer): return answer
        case .series(let series, let down):
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
                .init("time", .number(clock.now)),
                .init("down", .array(down.map { ["job": .string($0.job), "instance": .string($0.instance)] })),
            ])
        }
    }

    private func lastLook(_ clock: Clock, _ first: Value) async -> MetricAnswer {
        var earlier = ScrapeLook.Earlier(counters: [:], down: [])
        for sample in first["samples"]?.array ?? [] {
            guard let labels = sample["labels"], let value = sample["value"]?.number, let time = sample["time"]?.number
            else { continue }
            earlier.counters[labels] = (value, time)
        }
        earlier.down = Set((first["down"]?.array ?? []).compactMap { ScrapeTarget.Name($0) })
        let begun = first["time"]?.number ?? clock.now
        switch await settled(clock, since: min(begun, clock.now) - Self.slack, earlier: earlier) {
        case .refused(let answer): return answer
        case .series(let series, _):
            var changes: [CounterChange] = []
            for series in series {
                let before = earlier.counters.removeValue(forKey: series.labels)
                // A series that was not there at the first look counts from 0, whatever it was long before.
                let points = series.points.filter { $0.time > before?.time ?? begun }
                guard before != nil || !points.isEmpty else { continue }
                changes.append(Self.change(series.labels, before?.value, points.map(\.value)))
            }
            var answer = CounterChange.answer(changes, vanished: Array(earlier.counters.keys), at: clock.now)
            for name in earlier.down.sorted(by: { $0.text < $1.text }).prefix(5) {
                answer.notes.append("the target \(name.text) did not answer when the first look was taken")
            }
            return answer
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

    /// Looks until all is later than the server's clock was; returns the raw samples since a time.
    private func settled(_ clock: Clock, since: Double, earlier: ScrapeLook.Earlier?) async -> Settled {
        // What is no plain selector was refused when the step was prepared.
        let selector = (try? PlainSelector.parse(query.text)) ?? SampleSelector(name: nil)
        var look = ScrapeLook(after: clock.now, earlier: earlier)
        var looks = 0
        var isIndexed = !clock.isVictoriaMetrics
        let begun = Instant.now
        while true {
            // The targets first: what a scrape brought is there when its time is told.
            let targets = await ask(ScrapeTarget.query(for: selector))
            if let error = targets.error { return .refused(.failed(targets, error)) }
            // VictoriaMetrics remembers for ten seconds which series a condition picks; one that is new it looks up.
            let asked =
                clock.isVictoriaMetrics ? selector.text(and: "plumb_look", isNot: "\(clock.now) \(looks)") : query.text
            let living = await ask(asked)
            if let error = living.error { return .refused(.failed(living, error)) }
            // By the server's clock, which this machine's need not agree with.
            let window = (clock.now - since + (Instant.now - begun) / .seconds(1)).rounded(.up) + 2
            let raw = await ask("\(asked)[\(Int(window))s]")
            if let error = raw.error { return .refused(.failed(raw, error)) }
            let labels = Set((living.data["result"]?.array ?? []).compactMap { $0["metric"] })
            let pause: Duration
            let missing: ScrapeLook.Missing
            switch look.judge(ScrapeTarget.all(in: targets.data), living: labels, Self.series(raw.data)) {
            case .settled(let series, let down):
                if isIndexed { return .series(series, down: down) }
                isIndexed = true
                pause = Self.indexing
                missing = .anySample
            case .wait(let waitsFor):
                pause = looks < Self.pauses.count ? Self.pauses[looks] : Self.longPause
                missing = waitsFor
            }
            looks += 1
            guard await questions.courier.pause(pause) else { return .refused(.failed(tooLate(missing))) }
        }
    }

    private static func series(_ data: Value) -> [ScrapeLook.Series] {
        (data["result"]?.array ?? []).map { element in
            ScrapeLook.Series(
                labels: element["metric"] ?? [:],
                points: (element["values"]?.array ?? []).compactMap { pair in
                    guard let pair = pair.array, pair.count == 2, let time = pair[0].number,
                        let value = pair[1].string.flatMap({ Double($0) })
                    else { return nil }
                    return (time, value)
                })
        }
    }

    private func tooLate(_ missing: ScrapeLook.Missing) -> StepError {
        let what: String
        let hint: String
        switch missing {
        case .scrape(let target):
            what = "no later scrape of \(target.text)"
            hint = "raise 'timeout' above its scrape interval, or name the 'job' of the counters in the selector"
        case .answer(let target):
            what = "no answer of \(target.text), which is down, to a scrape"
            hint = "what it counted cannot be seen before it answers; look at it, or name another 'job' in the selector"
        case .sample(let labels):
            what = "no later sample of \(labels.preview())"
            hint = "raise 'timeout' of the step above the server's scrape interval"
        case .anySample:
            what = "no sample of '\(query.text.prefix(80))'"
            hint = "look whether the server scrapes such a metric; a counter that never appears has no change"
        }
        return StepError(
            .timeout, "\(what) came within the time-out of the attempt", phase: "body", hint: hint)
    }
}
