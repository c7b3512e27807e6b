internal import Exposition
internal import Expressions
internal import ScenarioModel

/// The change of counters between two scrapes of a page.
struct PageDelta {
    let page: PreparedMetric.Page
    let scraped: MetricsPage

    /// The result of the first look, or of the last one with what the first found.
    func answer(_ first: Value?) throws(SampleSelector.BadPattern) -> MetricAnswer {
        let picked =
            try page.selector.map { (selector) throws(SampleSelector.BadPattern) in
                try scraped.samples(selector)
            } ?? []
        if let wrong = picked.first(where: { $0.isCounter == false || $0.histogram != nil }) {
            return .failed(
                StepError(
                    .rejected, "'\(wrong.name)' is of type \(wrong.family.kind.rawValue), and no counter",
                    fields: Value.Object([
                        ("metric", .string(wrong.name)), ("type", .string(wrong.family.kind.rawValue)),
                    ]),
                    hint: "'delta' counts what only grows; ask for the value twice, and subtract"))
        }
        let starts = try starts(of: picked)
        let looked = picked.enumerated().map { number, sample in
            CounterLook(labels: sample.labelValue, value: sample.value, started: starts[number])
        }
        guard let first else { return MetricAnswer(fields: [.init("samples", CounterLook.value(of: looked))]) }
        return CounterChange.answer(from: CounterLook.read(first), to: looked, at: MetricTime.now)
    }

    /// When each counter began, where the page says so in a `_created` beside it.
    private func starts(of samples: [MetricSample]) throws(SampleSelector.BadPattern) -> [Double?] {
        var known: [Set<MetricSample.Label>: Double] = [:]
        for name in Set(samples.map { $0.family.name + "_created" }) {
            for created in try scraped.samples(SampleSelector(name: name)) {
                known[Set(created.labels + [MetricSample.Label("__name__", name)])] = created.value
            }
        }
        return samples.map { sample in
            let labels = sample.labels.filter { $0.name != "le" && $0.name != "quantile" }
            return known[Set(labels + [MetricSample.Label("__name__", sample.family.name + "_created")])]
        }
    }
}
