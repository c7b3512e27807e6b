import Expressions
import PlumbTesting
import ScenarioModel
import StepDrivers
import Synchronization
import Testing

struct OAuthTests {
    private static func settings(_ url: String, _ issuer: String, _ more: String = "") -> String {
        """
        url: \(url)
        auth:
          oauth2_client_credentials: { token_url: '\(issuer)/token', client_id: me, client_secret: 's:ecret'\(more) }
        """
    }

    /// A server that hands out the tokens `t1`, `t2` and so on.
    private static func issuer(expiresIn seconds: Int = 3600) throws -> SimpleHTTPServer {
        let count = Mutex(0)
        return try SimpleHTTPServer { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return .json(#"{"access_token": "t\#(number)", "token_type": "Bearer", "expires_in": \#(seconds)}"#)
        }
    }

    @Test func `a token is fetched once and used again`() async throws {
        let issuer = try Self.issuer()
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let outcomes = try await drive { driving in
            let settings = Self.settings(server.url, issuer.url, ", scope: 'a b', audience: api")
            return [
                try await driving.run("{ get: /a }", target: settings),
                try await driving.run("{ get: /b }", target: settings),
            ]
        }
        #expect(server.requests.map { $0.header("authorization") } == ["Bearer t1", "Bearer t1"])
        #expect(issuer.requestCount == 1)
        let asked = try #require(issuer.requests.first)
        #expect(asked.text == "grant_type=client_credentials&scope=a+b&audience=api")
        #expect(asked.header("authorization") == "Basic bWU6cyUzQWVjcmV0")
        #expect(outcomes.map(\.requests) == [2, 1])
        let shown = outcomes[0].exchange
        #expect(!(shown.request + [shown.command ?? ""]).joined().contains("t1"))
        #expect(shown.request.contains("Authorization: Bearer $TOKEN"))
    }

    @Test func `a 401 has the token renewed once`() async throws {
        let issuer = try Self.issuer()
        let server = try SimpleHTTPServer { request in
            request.header("authorization") == "Bearer t2" ? .json("{}") : .json("{}", status: 401)
        }
        let outcome = try await drive { try await $0.run("{ get: /a }", target: Self.settings(server.url, issuer.url)) }
        #expect(outcome["status"] == 200)
        #expect(outcome.requests == 4)
        let never = try SimpleHTTPServer { _ in .json("{}", status: 401) }
        let refused = try await drive { try await $0.run("{ get: /a }", target: Self.settings(never.url, issuer.url)) }
        #expect(refused["status"] == 401)
        #expect(never.requestCount == 2)
    }

    @Test func `a token that has ended is renewed`() async throws {
        let issuer = try Self.issuer(expiresIn: 0)
        let server = try SimpleHTTPServer { _ in .json("{}") }
        try await drive { driving in
            for _ in 0..<2 { _ = try await driving.run("{ get: /a }", target: Self.settings(server.url, issuer.url)) }
        }
        #expect(server.requests.map { $0.header("authorization") } == ["Bearer t1", "Bearer t2"])
    }

    @Test func `a token is asked for again when the kept connection turns out to be closed`() async throws {
        let issuer = try RawServer { connection in
            // The second request on each connection finds it closed.
            guard try connection.readRequest() != nil else { return }
            let token = #"{"access_token": "t", "expires_in": 0}"#
            try connection.send("HTTP/1.1 200 OK\r\ncontent-length: \(token.utf8.count)\r\n\r\n\(token)")
            _ = try connection.readRequest()
            connection.reset()
        }
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let outcomes = try await drive { driving in
            let settings = Self.settings(server.url, issuer.url)
            return [
                try await driving.run("{ get: /a }", target: settings),
                try await driving.run("{ get: /b }", target: settings),
            ]
        }
        #expect(outcomes.map { $0.error } == [nil, nil])
        #expect(issuer.requests.map(\.method) == ["POST", "POST", "POST"])
    }

    @Test func `steps side by side share one fetch`() async throws {
        let issuer = try SimpleHTTPServer { _ in
            var reply = HTTPReply.json(#"{"access_token": "t"}"#)
            reply.delay = .milliseconds(80)
            return reply
        }
        let server = try SimpleHTTPServer { _ in .json("{}") }
        try await drive { driving in
            let settings = Self.settings(server.url, issuer.url)
            async let a = driving.run("{ get: /a }", target: settings)
            async let b = driving.run("{ get: /b }", target: settings)
            async let c = driving.run("{ get: /c }", target: settings)
            _ = try await [a, b, c]
        }
        #expect(issuer.requestCount == 1)
        #expect(server.requestCount == 3)
    }

    @Test func `credentials may go in the form`() async throws {
        let issuer = try Self.issuer()
        let server = try SimpleHTTPServer { _ in .json("{}") }
        _ = try await drive {
            try await $0.run("{ get: /a }", target: Self.settings(server.url, issuer.url, ", credentials: body"))
        }
        #expect(issuer.requests.first?.text == "grant_type=client_credentials&client_id=me&client_secret=s%3Aecret")
        #expect(issuer.requests.first?.header("authorization") == nil)
    }

    @Test func `a refused token is an error of auth, and nothing else is sent`() async throws {
        let issuer = try SimpleHTTPServer { _ in
            .json(#"{"error": "invalid_client", "error_description": "no such client"}"#, status: 401)
        }
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let outcome = try await drive { try await $0.run("{ get: /a }", target: Self.settings(server.url, issuer.url)) }
        #expect(outcome.error?.kind == .auth)
        #expect(
            outcome.error?.message
                == "no token: \(issuer.url)/token answered 401 Unauthorized, invalid_client: no such client")
        #expect(server.requestCount == 0)
    }
}
