import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

/// Answers that no step can use, each with its reason.
struct QdrantTroubleTests {
    private func outcome(_ reply: HTTPReply, _ step: String = "{ count: c }") async throws -> Outcome {
        let server = try SimpleHTTPServer { _ in reply }
        let url = server.url
        return try await drive { try await $0.run(step, target: "{ url: '\(url)' }", by: VectorStep()) }
    }

    @Test(
        arguments: [
            (.text("Invalid API key or JWT", status: 401), .auth, "401 Unauthorized: Invalid API key or JWT"),
            (.json(#"{"status":{"error":"forbidden"}}"#, status: 403), .auth, "403 Forbidden: forbidden"),
            (.text("<html>Bad Gateway</html>", status: 502), .protocol, "502 Bad Gateway, and not as Qdrant does"),
            (.json(#"{"result":{"count":1}"#), .protocol, "not JSON at byte 21"),
            (.json(#"{"status":{"error":"boom"},"result":null}"#), .rejected, "the server refused: boom"),
            (.json(#"{"status":"ok"}"#), .protocol, "the answer has no 'result'"),
            (.json(#"{"status":"ok","result":{"count":"many"}}"#), .protocol, "lacks 'count'"),
            (.json(#"{"status":"ok","result":[]}"#), .protocol, "lacks 'count'"),
            (.json("[]", status: 500), .rejected, "it answered 500 Internal Server Error"),
        ] as [(HTTPReply, StepError.Kind, String)])
    func `an answer that is none is an error with its reason`(
        _ reply: HTTPReply, _ kind: StepError.Kind, _ words: String
    ) async throws {
        let outcome = try await outcome(reply)
        #expect(outcome.error?.kind == kind)
        #expect(outcome.error?.message.contains(words) == true, "\(outcome.error?.message ?? "")")
        #expect(outcome["count"] == .null)
    }

    @Test(arguments: [
        (#"{"points":[{"id":1,"version":1,"score":null}]}"#, "hit 0 has no id, or a score that is no number"),
        (#"{"points":[{"version":1,"score":1}]}"#, "hit 0 has no id"), (#"{"hits":[]}"#, "lacks 'points'"),
    ]) func `a hit without a score is told`(_ result: String, _ words: String) async throws {
        let outcome = try await outcome(.json(#"{"status":"ok","result":\#(result)}"#), "{ search: c, vector: [0, 0] }")
        #expect(outcome.error?.kind == .protocol)
        #expect(outcome.error?.message.contains(words) == true)
    }

    @Test func `fewer hits than asked are no error`() async throws {
        let reply = HTTPReply.json(#"{"status":"ok","result":{"points":[{"id":1,"version":1,"score":0.5}]}}"#)
        let outcome = try await outcome(reply, "{ search: c, vector: [1, 0], limit: 10 }")
        #expect(outcome["hits"] == [["id": 1, "score": 0.5, "payload": .null, "vector": .null]])
    }

    @Test func `a batch that answers fewer than asked is an error`() async throws {
        let outcome = try await outcome(.json(#"{"status":"ok","result":[]}"#), "{ search: c, vectors: [[1, 0]] }")
        #expect(outcome.error?.message == "1 queries were asked, and 0 answered")
    }

    @Test func `points that are only acknowledged are not taken for written`() async throws {
        let reply = HTTPReply.json(#"{"status":"ok","result":{"operation_id":1,"status":"acknowledged"}}"#)
        let outcome = try await outcome(reply, "{ upsert: c, points: [{ id: 1, vector: [1] }] }")
        #expect(outcome.error?.message.contains("not searchable yet: 'acknowledged'") == true)
        #expect(outcome["affected"] == 0)
    }

    @Test func `silence is a time-out, a closed port is refused`() async throws {
        let server = try RawServer([[.readRequest, .hang]])
        let port = try Loopback.unusedPort()
        let begun = ContinuousClock.now
        try await drive { driving in
            driving.timeout = .milliseconds(200)
            let silent = try await driving.run("{ count: c }", target: "{ url: '\(server.url)' }", by: VectorStep())
            #expect(silent.error?.kind == .timeout)
            let closed = try await driving.run(
                "{ upsert: c, points: [{ id: 1, vector: [1] }] }", target: "{ url: 'http://127.0.0.1:\(port)' }",
                by: VectorStep())
            #expect(closed.error?.kind == .refused)
        }
        #expect(ContinuousClock.now - begun < .seconds(3))
    }

    @Test func `the parameters of the target go along, and the key in its header`() async throws {
        let server = try SimpleHTTPServer { request in
            .json(
                request.method == "PUT"
                    ? #"{"status":"ok","result":{"status":"completed"}}"# : #"{"status":"ok","result":{"count":1}}"#)
        }
        let target =
            "{ url: '\(server.url)/', api_key: secret, consistency: majority, ordering: strong, server_timeout: 7s }"
        try await drive { driving in
            _ = try await driving.run("{ count: 'a b' }", target: target, by: VectorStep())
            _ = try await driving.run(
                "{ upsert: c, points: [{ id: 1, vector: [1] }] }", target: target, by: VectorStep())
        }
        let requests = server.requests
        #expect(requests[0].target == "/collections/a%20b/points/count?timeout=7&consistency=majority")
        #expect(requests[0].header("api-key") == "secret")
        #expect(requests[1].target == "/collections/c/points?wait=true&timeout=7&ordering=strong")
        #expect(requests[1].text == #"{"points":[{"id":1,"vector":[1.0]}]}"#)
    }

    @Test func `a failed batch ends the upsert and says how far it came`() async throws {
        let server = try SimpleHTTPServer { request in
            request.text.contains("\"id\":7,")
                ? .json(#"{"status":{"error":"disk full"}}"#, status: 507)
                : .json(#"{"status":"ok","result":{"status":"completed"}}"#)
        }
        let url = server.url
        let points = (1...100).map { "{ id: \($0), vector: [1] }" }.joined(separator: ", ")
        let outcome = try await drive {
            try await $0.run(
                "{ upsert: c, batch: 1, points: [\(points)] }", target: "{ url: '\(url)' }", by: VectorStep())
        }
        #expect(outcome.error?.kind == .rejected)
        #expect(outcome.error?.message.hasPrefix("the server refused: disk full; ") == true)
        let affected = try #require(outcome["affected"]?.number)
        // What was on its way beside the failed batch is waited for and counted; nothing is sent after it.
        let acknowledged = server.requests.count - 1
        #expect(affected == Double(acknowledged) && acknowledged < 99)
    }
}
