internal import Diagnostics
internal import Expressions
internal import HTTPTransport
internal import ScenarioModel

/// An answer of Prometheus's HTTP API: data with warnings, or why there is none.
struct PrometheusReply {
    private(set) var data = Value.null
    private(set) var warnings: [String] = []
    private(set) var error: StepError?
    /// What of the scenario the error is about.
    private(set) var span: SourceSpan?
    /// The HTTP status.
    private(set) var code: String?

    /// Reads what came; the query is the text that an error's position speaks of.
    init(_ outcome: HTTPOutcome, _ courier: MetricCourier, _ query: PromQLTemplate.Rendered?) {
        code = outcome.response.map { String($0.status) }
        if let error = outcome.error {
            self.error = error
            return
        }
        guard let response = outcome.response else {
            error = StepError(.protocol, "nothing answered", phase: "first_byte")
            return
        }
        let line = "\(courier.address) answered \(HTTPReason.line(response.status))"
        let body: Value
        do throws(JSONError) {
            body = try JSON.parse(response.body).value
        } catch {
            self.error = Self.foreign(response, line, courier, error)
            return
        }
        switch body["status"]?.string {
        case "success" where (200..<300).contains(response.status):
            data = body["data"] ?? .null
            let notices = (body["warnings"]?.array ?? []) + (body["infos"]?.array ?? [])
            warnings = notices.compactMap(\.string)
        case "error":
            let said = body["error"]?.string ?? "no reason is given"
            let position = query.flatMap { PromQLPosition(said, in: $0.text) }
            error = Self.refusal(body, said, response.status, query, position)
            span = position.flatMap { position in query?.span(at: position.offset) }
        default:
            error = Self.foreign(response, line, courier, nil)
        }
    }

    /// An answer of something else: a proxy, another service, a login page.
    private static func foreign(
        _ response: HTTPResponse, _ line: String, _ courier: MetricCourier, _ json: JSONError?
    ) -> StepError {
        let type = MediaType(response.header("content-type") ?? "")
        var fields = Value.Object([
            ("status", Value(response.status)), ("content_type", .string(type.essence)),
            ("bytes", Value(response.body.count)),
        ])
        if response.status == 401 || response.status == 403 {
            return StepError(
                .auth, line, phase: "body", fields: fields,
                hint: "look at 'auth' and 'headers' of target '\(courier.targetName)'")
        }
        if let json, type.isJSON {
            fields["offset"] = Value(json.offset)
            return StepError(
                .protocol, "\(line) with JSON that is broken at byte \(json.offset): \(json.reason)", phase: "body",
                fields: fields, hint: "the answer was cut or damaged on the way; look at what stands between")
        }
        let what = type.essence.isEmpty ? "something" : String(type.essence.prefix(80))
        return StepError(
            .protocol, "\(line) with \(what), which is no answer of Prometheus", phase: "body", fields: fields,
            hint: response.status >= 500
                ? "a proxy in between may have answered; 'plumb doctor' looks at every target"
                : "'url' of target '\(courier.targetName)' is the server's root, without /api/v1")
    }

    /// An error of Prometheus's own, with the place in the query that it complains of.
    private static func refusal(
        _ body: Value, _ said: String, _ status: Int, _ query: PromQLTemplate.Rendered?, _ position: PromQLPosition?
    ) -> StepError {
        let type = body["errorType"]?.string ?? "error"
        var fields = Value.Object([("error_type", .string(type)), ("status", Value(status)), ("detail", .string(said))])
        // The text of a query is the statement that the service refused; reports have it in the exchange.
        if let query { fields["statement"] = .string(query.text) }
        if let position {
            fields["position"] = ["line": Value(position.line), "column": Value(position.column)]
        }
        return StepError(
            .rejected, "\(type): \(position?.reason ?? said)", phase: "body", fields: fields,
            hint: type == "execution" && said.contains("many-to-many")
                ? "say which labels match: 'on(…)' or 'ignoring(…)' with 'group_left'" : nil)
    }
}

/// A place in a query, as error messages tell it: `invalid parameter "query": 1:12: parse error: …`.
struct PromQLPosition {
    /// From 1, in bytes as Prometheus counts them.
    let line: Int
    let column: Int
    /// In bytes from the start of the query.
    let offset: Int
    /// The message behind the position.
    let reason: String

    init?(_ message: String, in query: String) {
        guard let match = message.firstMatch(of: /(?:^|[ :"])(\d+):(\d+): ((?:parse error: )?.*)/.dotMatchesNewlines()),
            let line = Int(match.1), let column = Int(match.2), line > 0, column > 0
        else { return nil }
        var start = 0
        var current = 1
        for (index, byte) in query.utf8.enumerated() where current < line && byte == 0x0A {
            current += 1
            start = index + 1
        }
        guard current == line else { return nil }
        self.line = line
        self.column = column
        offset = min(start + column - 1, query.utf8.count)
        reason = String(match.3)
    }
}
