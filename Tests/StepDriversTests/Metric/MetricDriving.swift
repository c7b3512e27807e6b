import EventLoop
import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers

/// The answer to one `metric` step, from a target of a kind at an address.
func asked(
    _ yaml: String, of kind: String, at url: String, _ settings: String = "", scope: FixedScope = FixedScope(),
    timeout: Duration = .seconds(10)
) async throws -> Outcome {
    try await drive { driving in
        driving.scope = scope
        driving.timeout = timeout
        let request = try Parsed.request(yaml, by: MetricStep())
        let target = try target("{ url: '\(url)'\(settings) }", name: "metrics", kind: kind)
        return try await driving.attempt(try request.prepare(scope, target: target), kind: "metric")
    }
}

/// The answer to one `metric` step from a page that a server gives.
func scraped(_ yaml: String, _ page: HTTPReply) async throws -> Outcome {
    let server = try SimpleHTTPServer { _ in page }
    return try await asked(yaml, of: "openmetrics", at: server.url)
}

extension HTTPReply {
    /// A page of OpenMetrics.
    static func openMetrics(_ text: String) -> HTTPReply {
        var reply = HTTPReply.text(text)
        reply.fields = [Field("content-type", "application/openmetrics-text; version=1.0.0; charset=utf-8")]
        return reply
    }

    /// A page of Prometheus's text.
    static func plainMetrics(_ text: String) -> HTTPReply {
        var reply = HTTPReply.text(text)
        reply.fields = [Field("content-type", "text/plain; version=0.0.4; charset=utf-8")]
        return reply
    }
}
