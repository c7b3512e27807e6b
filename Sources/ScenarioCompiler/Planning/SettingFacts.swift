internal import ScenarioModel
internal import ScenarioSyntax

extension Graph.Fact {
    /// A duration and the place that set it.
    init(_ name: String, _ setting: Setting<Duration>) {
        self.init(name, DurationText.format(setting.value), origin: setting.origin.description)
    }

    /// A duration that may wait for a template, and the place that set it.
    init(_ name: String, _ setting: Setting<Late<Duration>>, _ values: KnownValues) {
        self.init(name, setting.value.written(values, DurationText.format), origin: setting.origin.description)
    }

    /// The rules of retrying; one fact where nothing is retried.
    static func retry(_ rules: RetryPart, _ values: KnownValues) -> [Graph.Fact] {
        guard let max = rules.max else { return [] }
        if max.value.known == 0 { return [.init("retry", "none", origin: max.origin.description)] }
        var facts = [Graph.Fact("retry", max.value.written(values) { String($0) }, origin: max.origin.description)]
        if let on = rules.on {
            let causes = on.value.map(\.description).joined(separator: ", ")
            facts.append(.init("retry.on", causes, origin: on.origin.description))
        }
        if let backoff = rules.backoff { facts.append(.init("retry.backoff", backoff)) }
        if let jitter = rules.jitter {
            facts.append(.init("retry.jitter", String(jitter.value), origin: jitter.origin.description))
        }
        return facts
    }
}

extension Late {
    /// The value's text, or its template's as far as that is known.
    func written(_ values: KnownValues, _ text: (Known) -> String) -> String {
        switch self {
        case .known(let value): text(value)
        case .template(let template): values.resolved(template).written
        }
    }
}
