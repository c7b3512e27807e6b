internal import Expressions
internal import Glibc
internal import HTTPTransport
internal import ScenarioModel

/// What one attempt of a `vector` step came to; makes the attempt of it.
struct VectorOutcome {
    let step: PreparedVectorStep
    let elapsed: Duration
    let error: StepError?
    /// The last exchange, which the report shows.
    let last: QdrantAnswer?
    var fields: [(String, Value)] = []
    var serverMilliseconds: Double?
    var requests = 1
    var notes: [String] = []
    /// The last statement, where the collection is a table.
    var statement: String?
    /// What reports must not show: a token that was fetched.
    var secrets: [String] = []

    init(step: PreparedVectorStep, elapsed: Duration, error: StepError?, last: QdrantAnswer?) {
        self.step = step
        self.elapsed = elapsed
        self.error = error
        self.last = last
    }

    func attempt() -> Attempt {
        var members = fields.map { SharedValue.Field($0.0, $0.1) }
        // A result with an error has its members too, so that paths to them exist.
        let isBatch = if case .search(let search) = step.operation { search.isBatch } else { false }
        let known = Set(fields.map(\.0))
        for field in VectorStep.fields(of: step.verb, isBatch: isBatch)
        where !known.contains(field.name) && field.name != "server_ms" {
            members.append(SharedValue.Field(field.name, .null))
        }
        members += [
            .init("server_ms", serverMilliseconds.map { .number($0.roundedToMicroseconds) } ?? .null),
            .init("ms", .number(elapsed.inMilliseconds)),
            .init("attempt", Value(step.attempts)),
            .init("error", error?.value ?? .null),
        ]
        var notes = notes
        if let count = last?.exactTexts, count > 0 {
            notes.append(
                "\(count == 1 ? "1 number of the answer is" : "\(count) numbers of the answer are") carried as exact text"
            )
        }
        let outcome = self
        let retry = last?.response.flatMap { RetryAfter($0.header("retry-after"), now: Int64(time(nil))) }
        return Attempt(
            result: SharedValue(fields: members), error: error, exchange: { outcome.exchange },
            code: error?.fields["status"]?.number.map { String(Int($0)) } ?? last?.code, retryAfter: retry?.pause,
            requests: max(1, requests), notes: notes, secrets: secrets)
    }

    private var exchange: StepReport.Exchange {
        guard let last, case .qdrant(let connection) = step.service else {
            return StepReport.Exchange(
                summary: step.summary, request: statement.map { [$0] } ?? [], attributes: attributes(of: "postgresql"))
        }
        let prepared = PreparedRequest(
            last.request, connection: connection.http, usesTargetAuth: true, keepsCookies: false,
            droppedDefaults: [], bodyNote: nil, targetName: step.target.name)
        let outcome = HTTPOutcome(
            prepared: prepared, request: last.request, token: nil, cookies: nil, error: error, response: last.response,
            requests: requests, elapsed: last.elapsed)
        var exchange = HTTPExchange(outcome: outcome, body: nil, error: error).report()
        for (name, value) in attributes(of: "qdrant") { exchange.attributes[name] = value }
        return exchange
    }

    private func attributes(of system: String) -> Value.Object {
        var attributes = DatabaseAttributes.of(system: system)
        if !step.collection.isEmpty { attributes["db.collection.name"] = .string(String(step.collection.prefix(200))) }
        if let error { attributes["error.type"] = .string(error.kind.rawValue) }
        return attributes
    }
}
