import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

/// What Thanos and Mimir do otherwise than Prometheus, whose API they have.
struct MetricKinTests {
    private static let vector =
        #""data":{"resultType":"vector","result":[{"metric":{"job":"a"},"value":[1,"1"]}]}"#

    @Test func `Thanos answers in part with a warning, which a scenario and its report see`() async throws {
        let server = try SimpleHTTPServer { _ in
            .json(
                #"{"status":"success",\#(Self.vector),"warnings":["No StoreAPIs matched for this query"],"infos":["slow"]}"#
            )
        }
        let outcome = try await asked("up", of: "prometheus", at: server.url)
        #expect(outcome["value"] == 1)
        #expect(outcome["warnings"] == ["No StoreAPIs matched for this query", "slow"])
        #expect(outcome.notes.first == "warning: No StoreAPIs matched for this query")
    }

    @Test func `Thanos refuses an answer in part by its own error`() async throws {
        let server = try SimpleHTTPServer { _ in
            .json(
                #"{"status":"error","errorType":"execution","error":"expanding series: proxy Series(): rpc error: code = Aborted"}"#,
                status: 422)
        }
        let outcome = try await asked("up", of: "prometheus", at: server.url)
        #expect(outcome.error?.kind == .rejected)
        #expect(outcome.error?.message.hasPrefix("execution: expanding series: proxy Series()") == true)
    }

    @Test func `rules of Thanos have more members, and read as Prometheus's do`() async throws {
        let server = try SimpleHTTPServer { _ in
            .json(
                #"{"status":"success","data":{"groups":[{"name":"g","partialResponseStrategy":"ABORT","rules":[{"state":"firing","name":"Down","query":"up == 0","health":"ok","lastError":"","type":"alerting","alerts":[{"labels":{"replica":"r1"},"partialResponseStrategy":"WARN"}]}]}]},"warnings":["rules of one ruler are missing"]}"#
            )
        }
        let outcome = try await asked("{ rules: g }", of: "prometheus", at: server.url)
        #expect(outcome["rules"]?.array?.first?["state"] == "firing")
        #expect(outcome["warnings"] == ["rules of one ruler are missing"])
    }

    @Test func `Mimir wants a tenant, below a prefix, and says so in plain text`() async throws {
        let server = try SimpleHTTPServer { request in
            guard request.header("x-scope-orgid") == "team-a" else { return .text("no org id\n", status: 401) }
            guard request.path == "/prometheus/api/v1/query" else { return .text("404 page not found\n", status: 404) }
            return .json(#"{"status":"success",\#(Self.vector)}"#)
        }
        let url = server.url + "/prometheus"
        let known = try await asked("up", of: "prometheus", at: url, ", headers: { X-Scope-OrgID: team-a }")
        #expect(known["value"] == 1)
        let unknown = try await asked("up", of: "prometheus", at: url)
        #expect(unknown.error?.kind == .auth)
        #expect(unknown.error?.hint == "look at 'auth' and 'headers' of target 'metrics'")
        // It scrapes nothing by itself.
        let targets = try await asked(
            "{ targets: '*' }", of: "prometheus", at: url, ", headers: { X-Scope-OrgID: team-a }")
        #expect(targets.error?.kind == .protocol)
        #expect(targets.error?.message.contains("404 Not Found") == true)
    }

    @Test func `Mimir's limits are refusals with their type`() async throws {
        let server = try SimpleHTTPServer { _ in
            .json(
                #"{"status":"error","errorType":"too_many_requests","error":"too many outstanding requests"}"#,
                status: 429)
        }
        let outcome = try await asked("up", of: "prometheus", at: server.url)
        #expect(outcome.error?.kind == .rejected)
        #expect(outcome.error?.fields["error_type"] == "too_many_requests")
        #expect(outcome.code == "429")
    }
}
