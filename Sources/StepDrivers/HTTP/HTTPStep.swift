public import ScenarioModel
public import ScenarioSyntax

/// The `http` step: one request, and its answer as a result.
///
/// ```yaml
/// http: { post: /v1/users, json: { name: Ada } }
/// ```
public struct HTTPStep: StepKind {
    /// Creates the kind.
    public init() {}

    public var name: String { "http" }
    public var keys: KeyTable { Self.table }
    public var targetKinds: [TargetKind] { [HTTPTargetKind.kind] }
    public var resultFields: [ResultField] { Self.answerFields + Self.streamFields }

    /// The methods that have a key of their own.
    static let shortcuts = ["get", "post", "put", "patch", "delete", "head", "options"]
    /// The keys of which a request has at most one.
    static let bodyKeys = ["json", "form", "multipart", "text", "base64", "file", "graphql"]

    /// The members of every result.
    static let answerFields: [ResultField] = [
        ResultField("status", "The HTTP status, such as 200; null where no answer came."),
        ResultField(
            "headers", "The answer's headers by lower-case name; the last value where a name came several times.",
            isText: true, foldsCase: true),
        ResultField(
            "headers_all", "Every value of each header, as lists by lower-case name.", isText: true, foldsCase: true),
        ResultField("body", "The value of a JSON body, the text of a text/* one, else null."),
        ResultField("text", "The body as text, whatever its type.", isText: true),
        ResultField("bytes", "The number of bytes of the decoded body."),
        ResultField("cookies", "The cookies that the answer sets, by name.", isText: true),
        ResultField("url", "Where the answer came from, redirects followed.", isText: true),
        ResultField("redirects", "The redirects that were followed: `[{status, url}]`."),
        ResultField("version", "The HTTP version of the answer: `1.1`, `2`.", isText: true),
        ResultField("timing", "Milliseconds by phase: `{dns, connect, tls, first_byte, total}`."),
        ResultField(
            "certificate", "The server's certificate, `{subject, issuer, not_before, not_after}`; null without TLS."),
    ]

    /// The members that a result with `stream: sse` has besides.
    static let streamFields: [ResultField] = [
        ResultField("events", "The events of the stream: `[{event, data, id, at_ms}]`."),
        ResultField("content", "The joined `choices[].delta.content` of the events.", isText: true),
        ResultField("ttft_ms", "When the first event with content came, in ms since the request; null without one."),
        ResultField("gap_ms", "The pauses between events with content: `{p50, p95, max}`."),
        ResultField("tokens_per_second", "Events with content behind the first, by the time that they took."),
        ResultField("done", "Whether the stream said `[DONE]`."),
    ]
}
