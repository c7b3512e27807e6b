internal import EventLoop
internal import Expressions
internal import HTTPTransport
internal import ScenarioModel

/// Sends requests of one attempt to a server of Qdrant, within the attempt's time.
struct QdrantEndpoint: Sendable {
    let loop: EventLoop
    let transport: HTTPTransport
    let base: String
    let headers: [HTTPHeader]
    let settings: ConnectionSettings
    let maxBytes: Int
    let reading: String
    let writing: String
    let common: String
    let deadline: Instant
    let connectTimeout: Duration
    let targetName: String

    /// Sends one request; whatever happens is an answer.
    func send(_ request: QdrantRequest) async -> QdrantAnswer {
        let parameters =
            switch request.parameters {
            case .none: ""
            case .common: common
            case .reading: reading
            case .writing: writing
            }
        var sent = HTTPRequest(
            method: request.method, url: base + request.path + parameters, headers: headers,
            body: request.body.map { .bytes($0) } ?? .none)
        if request.body != nil { sent.headers.append(HTTPHeader("Content-Type", "application/json")) }
        sent.settings = settings
        sent.maxBytes = maxBytes
        sent.timeout = max(.milliseconds(1), deadline - .now)
        sent.connectTimeout = min(connectTimeout, sent.timeout)
        // Nothing that a vector step sends does harm when it is done twice, but for those that change collections.
        sent.isIdempotent = request.parameters != .common
        let begun = Instant.now
        switch await transport.send(sent) {
        case .success(let response):
            return QdrantAnswer(sent, response, elapsed: .now - begun)
        case .failure(let error):
            return QdrantAnswer(
                request: sent, response: error.partial, elapsed: .now - begun,
                error: StepError(error, target: targetName))
        }
    }
}

/// What came of one request to Qdrant.
struct QdrantAnswer: Sendable {
    let request: HTTPRequest
    let response: HTTPResponse?
    let elapsed: Duration
    /// The `result` of the answer; null where there is an error.
    var result: Value = .null
    /// How long the server says that it took, in milliseconds.
    var serverMilliseconds: Double?
    var error: StepError?
    /// Numbers that are carried as exact text.
    var exactTexts = 0

    init(request: HTTPRequest, response: HTTPResponse?, elapsed: Duration, error: StepError?) {
        self.request = request
        self.response = response
        self.elapsed = elapsed
        self.error = error
    }

    /// Reads an answer: `{"result": …, "status": "ok", "time": 0.001}`, or an error in one of its forms.
    init(_ request: HTTPRequest, _ response: HTTPResponse, elapsed: Duration) {
        self.init(request: request, response: response, elapsed: elapsed, error: nil)
        let status = response.status
        let document: JSON.Document
        do throws(JSONError) {
            document = try JSON.parse(response.body)
        } catch {
            self.error = Self.notJSON(response, error)
            return
        }
        let body = document.value
        exactTexts = document.exactTexts
        serverMilliseconds = body["time"]?.number.map { ($0 * 1000).roundedToMicroseconds }
        let said = body["status"]?["error"]?.string ?? body["error"]?.string ?? body["status"]?["error"]?.json()
        if status == 401 || status == 403 {
            error = Self.unauthorized(status, said ?? "")
        } else if let said {
            error = Self.rejected(status, said)
        } else if !(200..<300).contains(status) {
            error = Self.rejected(status, "it answered \(HTTPReason.line(status))")
        } else if let result = body["result"] {
            self.result = result
        } else {
            error = StepError(
                .protocol, "the answer has no 'result'", phase: "body", fields: Self.fields(status),
                hint: "is this the REST interface of a Qdrant server?")
        }
    }

    private static func fields(_ status: Int, reason: String? = nil) -> Value.Object {
        var fields = Value.Object()
        fields["status"] = Value(status)
        if let reason { fields["reason"] = .string(reason) }
        return fields
    }

    /// The service understood and said no.
    static func rejected(_ status: Int, _ reason: String) -> StepError {
        let reason = String(reason.prefix(2000))
        return StepError(
            .rejected, "the server refused: \(reason)", phase: "body", fields: fields(status, reason: reason),
            hint: status == 404 ? "'vector: { list: true }' tells which collections are there" : nil)
    }

    private static func unauthorized(_ status: Int, _ said: String) -> StepError {
        let words = said.isEmpty ? "" : ": \(said.prefix(200))"
        return StepError(
            .auth, "the server refused the credentials: \(HTTPReason.line(status))\(words)", phase: "body",
            fields: fields(status, reason: String(said.prefix(200))), hint: "look at 'api_key' of the target")
    }

    /// Qdrant refuses a wrong key in plain text; anything else that is no JSON did not come from it.
    private static func notJSON(_ response: HTTPResponse, _ error: JSONError) -> StepError {
        let status = response.status
        let text = String(decoding: response.body.prefix(200), as: UTF8.self)
        let line = String(text.split(whereSeparator: \.isNewline).first ?? "")
        if status == 401 || status == 403 { return unauthorized(status, line) }
        var fields = fields(status, reason: line)
        fields["offset"] = Value(error.offset)
        return StepError(
            .protocol,
            (200..<300).contains(status)
                ? "the answer is not JSON at byte \(error.offset): \(error.reason)"
                : "the server answered \(HTTPReason.line(status)), and not as Qdrant does", phase: "body",
            fields: fields, hint: "is this the REST interface of a Qdrant server? it begins '\(line.prefix(40))'")
    }

    /// The code that `retry: {on: …}` may name.
    var code: String? { response.map { String($0.status) } }
}
