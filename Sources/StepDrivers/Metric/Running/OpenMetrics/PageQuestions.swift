internal import Diagnostics
internal import EventLoop
internal import Exposition
internal import Expressions
internal import HTTPTransport
internal import ScenarioModel

/// Answers questions from a page of metrics that is scraped for each.
struct PageQuestions {
    let courier: MetricCourier
    let page: PreparedMetric.Page

    /// OpenMetrics tells more than Prometheus's text: exemplars, units, when a counter began.
    private static let accept =
        "application/openmetrics-text;version=1.0.0;q=0.9, text/plain;version=0.0.4;q=0.5, */*;q=0.1"

    /// Scrapes the page, and answers.
    func answer(_ question: PreparedMetric.Question) async -> MetricAnswer {
        let scraped: MetricsPage
        switch await scrape() {
        case .success(let page): scraped = page
        case .failure(let error): return .failed(error)
        }
        var answer: MetricAnswer
        do throws(SampleSelector.BadPattern) {
            switch question {
            case .labels(let name): answer = labels(name, scraped)
            case .metadata(let name): answer = metadata(name, scraped)
            case .match: answer = try match(scraped)
            case .exemplars: answer = try exemplars(scraped)
            case .delta(_, let first): answer = try PageDelta(page: page, scraped: scraped).answer(first)
            default: answer = try samples(scraped)
            }
        } catch {
            return .failed(
                StepError(.rejected, "the regular expression '\(error.pattern.prefix(60))' cannot be read"))
        }
        answer.warnings += scraped.complaints.map { "line \($0.line): \($0.reason)" }
        return answer
    }

    /// Fetches and reads the page.
    private func scrape() async -> Result<MetricsPage, StepError> {
        let outcome = await courier.get(page: page.url, accept: Self.accept)
        if let error = outcome.error { return .failure(error) }
        guard let response = outcome.response else {
            return .failure(StepError(.protocol, "nothing answered", phase: "first_byte"))
        }
        let shown = page.url.withoutUserInfo
        guard response.status == 200 else {
            let isRefused = response.status == 401 || response.status == 403
            return .failure(
                StepError(
                    isRefused ? .auth : .protocol, "\(shown) answered \(HTTPReason.line(response.status)), and no page",
                    phase: "body", fields: Value.Object([("status", Value(response.status))]),
                    hint: isRefused
                        ? "look at 'auth' and 'headers' of target '\(courier.targetName)'"
                        : "look at 'url' and 'path' of target '\(courier.targetName)'"))
        }
        let type = MediaType(response.header("content-type") ?? "")
        let isText = type.essence.isEmpty || type.essence == "text/plain" || type.essence.hasSuffix("openmetrics-text")
        guard isText || type.essence == "application/octet-stream" else {
            return .failure(
                StepError(
                    .protocol, "\(shown) answered with \(type.essence.prefix(80)), which is no page of metrics",
                    phase: "body", hint: "look at 'url' and 'path' of target '\(courier.targetName)'"))
        }
        let format = MetricsPage.Format(contentType: response.header("content-type") ?? "")
        do throws(ExpositionError) {
            return .success(try MetricsPage.parse(response.body, as: format))
        } catch {
            return .failure(Self.broken(error, shown))
        }
    }

    private static func broken(_ error: ExpositionError, _ url: String) -> StepError {
        StepError(
            .protocol, "the page cannot be read at line \(error.line), column \(error.column): \(error.reason)",
            phase: "body",
            fields: Value.Object(
                [
                    ("line", Value(error.line)), ("column", Value(error.column)), ("reason", .string(error.reason)),
                ] + (error.excerpt.isEmpty ? [] : [("excerpt", .string(error.excerpt))])),
            hint: error.excerpt.isEmpty ? nil : "the line is: \(error.excerpt)")
    }

    /// What is behind the target, for `plumb doctor`.
    func examine() async -> Examination {
        switch await scrape() {
        case .failure(let error):
            return Examination(
                isReachable: error.phase == "body", facts: [error.message],
                advice: error.hint ?? "look at 'url' of target '\(courier.targetName)'")
        case .success(let scraped):
            let form = scraped.format == .openMetrics ? "OpenMetrics" : "Prometheus text"
            let latency = ((Instant.now - courier.begun) / .milliseconds(1) * 10).rounded() / 10
            return Examination(
                isReachable: true,
                facts: [
                    "\(page.url.withoutUserInfo) answered with \(scraped.sampleCount) samples in \(form)",
                    "latency \(latency) ms",
                ])
        }
    }

    // MARK: Answers

    private func picked(_ scraped: MetricsPage) throws(SampleSelector.BadPattern) -> [MetricSample] {
        guard let selector = page.selector else { return [] }
        return try scraped.samples(selector)
    }

    private func samples(_ scraped: MetricsPage) throws(SampleSelector.BadPattern) -> MetricAnswer {
        let picked = try picked(scraped)
        let now = MetricTime.now
        var answer = MetricAnswer(fields: [
            .init("samples") { .array(picked.map { $0.value(scraped: now) }) },
            .init("value", picked.count == 1 ? picked[0].plainValue : .null),
        ])
        answer.notes = SampleNotes.of(picked.count, isHistogram: picked.first?.histogram != nil)
        if picked.isEmpty { answer.notes += advice(scraped) }
        return answer
    }

    /// Why nothing was picked, as far as the page tells.
    private func advice(_ scraped: MetricsPage) -> [String] {
        guard let name = page.selector?.name else { return [] }
        var names: Set<String> = []
        for number in 0..<min(scraped.sampleCount, 20_000) { names.insert(scraped.name(number)) }
        if names.contains(name) { return ["the page has '\(name)', with other labels"] }
        let near = NearestName.of(name, in: names.sorted())
        return ["the page has no '\(name)'" + (near.map { "; the nearest name is '\($0)'" } ?? "")]
    }

    private func match(_ scraped: MetricsPage) throws(SampleSelector.BadPattern) -> MetricAnswer {
        let picked = try picked(scraped)
        return MetricAnswer(fields: [.init("matches") { .array(picked.map { $0.labelValue }) }])
    }

    private func exemplars(_ scraped: MetricsPage) throws(SampleSelector.BadPattern) -> MetricAnswer {
        let picked = try picked(scraped).filter { $0.exemplar != nil }
        return MetricAnswer(fields: [
            .init("exemplars") {
                .array(
                    picked.compactMap { sample in
                        sample.exemplar.map { exemplar in
                            [
                                "series": sample.labelValue, "labels": exemplar.labels.value,
                                "value": MetricValue.of(exemplar.value),
                                "time": exemplar.time.map { .number($0) } ?? .null,
                            ]
                        }
                    })
            }
        ])
    }

    private func labels(_ name: String, _ scraped: MetricsPage) -> MetricAnswer {
        MetricAnswer(fields: [
            .init("values") {
                var values: Set<String> = []
                for number in 0..<scraped.sampleCount {
                    let sample = scraped.sample(number)
                    if name == "__name__" { values.insert(sample.name) }
                    for label in sample.labels where label.name == name { values.insert(label.value) }
                }
                return .array(values.sorted().map { .string($0) })
            }
        ])
    }

    private func metadata(_ name: String, _ scraped: MetricsPage) -> MetricAnswer {
        MetricAnswer(fields: [
            .init("metadata") {
                .array(
                    scraped.families.filter { name == "*" || $0.name == name }.map { family in
                        [
                            "metric": .string(family.name), "type": .string(family.kind.rawValue),
                            "help": .string(family.help ?? ""), "unit": .string(family.unit ?? ""),
                        ]
                    })
            }
        ])
    }
}

/// What a report says of how many samples there are.
enum SampleNotes {
    static func of(_ count: Int, isHistogram: Bool) -> [String] {
        switch count {
        case 0: ["no sample: 'value' is null"]
        case 1 where isHistogram: ["the sample is a native histogram: 'value' is null"]
        default: []
        }
    }
}
