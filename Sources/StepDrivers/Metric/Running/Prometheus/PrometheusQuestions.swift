internal import EventLoop
internal import Expressions
internal import HTTPTransport
internal import ScenarioModel

/// Answers questions by Prometheus's HTTP API, which Thanos, Mimir and VictoriaMetrics have too.
struct PrometheusQuestions {
    let courier: MetricCourier

    /// Asks, and makes the result's members of the answer.
    func answer(_ question: PreparedMetric.Question) async -> MetricAnswer {
        switch question {
        case .instant(let query, let time):
            let parameters = [("query", query.text)] + (time.map { [("time", $0)] } ?? [])
            return made(await ask("query", parameters, about: query)) { InstantResult($0).answer }
        case .range(let query, let start, let end, let step):
            let parameters = [("query", query.text), ("start", start), ("end", end), ("step", step)]
            return made(await ask("query_range", parameters, about: query)) { RangeResult($0).answer }
        case .match(let query):
            return made(await ask("series", [("match[]", query.text)], about: query)) { data in
                MetricAnswer(fields: [.init("matches", data)])
            }
        case .labels(let name):
            return made(await ask("label/\(PercentEncoding.component(name))/values", [])) { data in
                MetricAnswer(fields: [.init("values", data)])
            }
        case .alerts(let name):
            return made(await ask("alerts", [])) { PrometheusLists.alerts($0, named: name) }
        case .rules(let name):
            return made(await ask("rules", [])) { PrometheusLists.rules($0, of: name) }
        case .targets(let name):
            return made(await ask("targets", [])) { PrometheusLists.targets($0, of: name) }
        case .metadata(let name):
            return made(await ask("metadata", name == "*" ? [] : [("metric", name)])) { PrometheusLists.metadata($0) }
        case .exemplars(let query):
            let now = MetricTime.now
            let parameters = [
                ("query", query.text), ("start", MetricTime.text(now - Self.exemplarAge)),
                ("end", MetricTime.text(now + 1)),
            ]
            return made(await ask("query_exemplars", parameters, about: query)) { PrometheusLists.exemplars($0) }
        case .delta(let query, let first):
            return await PrometheusDelta(questions: self, query: query).answer(first)
        }
    }

    /// How far back exemplars are asked for, in seconds.
    private static let exemplarAge = 3600.0

    private func made(_ reply: PrometheusReply, _ make: (Value) -> MetricAnswer) -> MetricAnswer {
        if let error = reply.error { return .failed(reply, error) }
        var answer = make(reply.data)
        answer.warnings = reply.warnings
        answer.code = reply.code
        return answer
    }

    /// Asks one of the API's addresses; long questions go as a form, which has no limit of length.
    func ask(
        _ path: String, _ parameters: [(String, String)], about query: PromQLTemplate.Rendered? = nil
    ) async -> PrometheusReply {
        let form = parameters.map { PercentEncoding.formComponent($0.0) + "=" + PercentEncoding.formComponent($0.1) }
            .joined(separator: "&")
        let outcome: HTTPOutcome
        if form.utf8.count > Self.longForm, Self.takesForms(path) {
            outcome = await courier.post("/api/v1/\(path)", form: form, accept: Self.accept)
        } else {
            outcome = await courier.get("/api/v1/\(path)" + (form.isEmpty ? "" : "?\(form)"), accept: Self.accept)
        }
        return PrometheusReply(outcome, courier, query)
    }

    private static let accept = "application/json"
    /// Longer questions than this may not fit the line of a request on the way.
    private static let longForm = 2000

    private static func takesForms(_ path: String) -> Bool {
        ["query", "query_range", "series", "query_exemplars"].contains(path)
    }

    /// What is behind the target, for `plumb doctor`.
    func examine() async -> Examination {
        let reply = await ask("query", [("query", "vector(1)")])
        if let error = reply.error {
            return Examination(
                isReachable: error.phase == "body" || error.kind == .rejected || error.kind == .auth,
                facts: [error.message], advice: error.hint ?? "look at 'url' of target '\(courier.targetName)'")
        }
        let latency = ((Instant.now - courier.begun) / .milliseconds(1) * 10).rounded() / 10
        var facts = ["\(courier.address) answers queries", "latency \(latency) ms"]
        // Not every server with this API tells its version.
        let build = await ask("status/buildinfo", [])
        if let version = build.data["version"]?.string, !version.isEmpty { facts.append("version \(version)") }
        return Examination(isReachable: true, facts: facts)
    }
}
