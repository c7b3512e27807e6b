import Expressions
import PlumbTesting
import Testing

/// How a service is reached, and the words for when it is not (bad inputs 45 and 46).
struct HTTPProgramConnectionTests {
    @Test func `each way of not reaching a service is told apart`() async throws {
        let silent = try SilentListener()
        let stalled = try RawServer([[.hang]])
        let plain = try RawServer([[.read(1), .send("HTTP/1.1 400 Bad Request\r\n\r\n")]])
        let project = try HTTPProject(
            "closed: { kind: http, url: \"http://127.0.0.1:1\" }",
            "name: { kind: http, url: \"http://no-such-host.invalid\" }",
            "hole: { kind: http, url: \"http://127.0.0.1:\(silent.port)\" }",
            "stalled: { kind: http, url: \"https://127.0.0.1:\(stalled.port)\" }",
            "plain: { kind: http, url: \"https://127.0.0.1:\(plain.port)\" }",
            "proxy: { kind: http, url: \"http://127.0.0.1:\(plain.port)\", proxy: \"http://127.0.0.1:1\" }",
            "socket: { kind: http, url: \"http://localhost\", unix_socket: gone.sock }")
        let configuration = try project.folder.read("plumb.yaml")
        try project.folder.write("defaults: { timeout: { connect: 600ms } }\n" + configuration, to: "plumb.yaml")
        let names = ["closed", "name", "hole", "stalled", "plain", "proxy", "socket"]
        let run = try await project.run(
            names.map { "  - { id: \($0), target: \($0), http: { get: / }, timeout: 9s }" }.joined(separator: "\n"))
        try run.expect(
            "closed", tells: "error | http.refused", "127.0.0.1:1 refused the connection",
            "the service of target 'closed'",
            "phase: connect")
        try run.expect("name", tells: "error | http.dns", "no-such-host.invalid", "resolve", "phase: dns")
        try run.expect("hole", tells: "error | http.connect-timeout", "within 600 ms", "firewall", "phase: connect")
        try run.expect(
            "stalled", tells: "error | http.connect-timeout",
            "the TLS handshake with 127.0.0.1:\(stalled.port) took over",
            "use http://", "phase: tls")
        try run.expect("plain", tells: "error | http.tls", "does not speak TLS", "use http://")
        try run.expect(
            "proxy", tells: "error | http.refused", "the proxy 'http://127.0.0.1:1' refused", "the 'proxy' of")
        try run.expect("socket", tells: "error | http.unreachable", "there is no socket at", "gone.sock")
        for id in ["hole", "stalled"] { #expect(try run.seconds(of: id) < 4, "\(id)") }
        #expect(plain.requestCount == 0)
    }

    @Test func `a proxy is asked for the whole URL`() async throws {
        let proxy = try SimpleHTTPServer { _ in .json("{}") }
        let run = try await HTTPProject("gw: { kind: http, url: \"http://behind.test/api\", proxy: \"\(proxy.url)\" }")
            .run(
                "  - { http: { get: /x } }")
        run.expectAllPassed()
        #expect(proxy.requests.map(\.target) == ["http://behind.test/api/x"])
    }

    @Test func `a resolve entry stands in for a lookup`() async throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let run = try await HTTPProject(
            "gw: { kind: http, url: \"http://named.test:\(server.port)\", resolve: [\"named.test:\(server.port):127.0.0.1\"] }"
        ).run("  - { http: { get: /x } }")
        run.expectAllPassed()
        #expect(server.requests.first?.header("host") == "named.test:\(server.port)")
    }

    @Test(.enabled(if: HTTPNginx.isInstalled))
    func `TLS is trusted by its authority or on demand, and the error says how`() async throws {
        let server = try await OwnThread.run { try HTTPNginx() }
        let folder = server.folder
        let pair = "cert: \(folder.path("client.pem")), key: \(folder.path("client.key"))"
        func target(_ name: String, _ port: Int, _ tls: String) -> String {
            "\(name): { kind: http, url: \"https://127.0.0.1:\(port)\", tls: { \(tls) } }"
        }
        let trust = "ca: \(server.authority)"
        let project = try HTTPProject(
            target("unknown", server.trusted, ""), target("known", server.trusted, trust),
            target("selfsigned", server.selfSigned, ""), target("insecure", server.selfSigned, "insecure: true"),
            target("without", server.mutual, trust), target("with", server.mutual, "\(trust), \(pair)"),
            target(
                "wrongkey", server.mutual,
                "\(trust), cert: \(folder.path("client.pem")), key: \(folder.path("good.key"))"),
            target("name", server.trusted, trust).replacing("127.0.0.1", with: "localhost"))
        let names = ["unknown", "known", "selfsigned", "insecure", "without", "with", "wrongkey", "name"]
        let run = try await project.run(
            names.map { "  - { id: \($0), target: \($0), http: { get: / } }" }.joined(separator: "\n"))
        for id in ["known", "insecure", "with"] {
            #expect(try run.step(id)["verdict"]?.string == "passed", "\(id): \(run.output)")
        }
        try run.expect(
            "unknown", tells: "error | http.tls", "an authority that is not trusted", "tls: { ca: FILE }",
            "insecure: true",
            "phase: tls")
        try run.expect("selfsigned", tells: "error | http.tls", "self-signed and not trusted", "tls: { ca: FILE }")
        try run.expect("without", tells: "status is 400")
        try run.expect("wrongkey", tells: "error | http.tls", "client.pem", "the key belongs to the certificate")
        try run.expect("name", tells: "error | http.tls", "is not for 'localhost'")
    }

    @Test(.enabled(if: HTTPNginx.isInstalled))
    func `HTTP 2 is spoken over TLS and with prior knowledge, and Unix sockets are`() async throws {
        let server = try await OwnThread.run { try HTTPNginx() }
        let project = try HTTPProject(
            "tls: { kind: http, url: \"https://127.0.0.1:\(server.trusted)\", tls: { ca: \(server.authority) } }",
            "old: { kind: http, url: \"https://127.0.0.1:\(server.trusted)\", tls: { ca: \(server.authority) }, http_version: \"1.1\" }",
            "known: { kind: http, url: \"http://127.0.0.1:\(server.plain)\", http_version: 2-prior-knowledge }",
            "unix: { kind: http, url: \"http://localhost/api\", unix_socket: \(server.socket) }")
        let run = try await project.run(
            """
              - { target: tls, http: { get: / }, assert: ['.version == "2"', '.body.protocol == "HTTP/2.0"', '.timing.tls > 0'] }
              - { target: tls, http: { get: / }, assert: ['.certificate.issuer | test("TestCA")'] }
              - { target: old, http: { get: / }, expect: { version: "1.1", body: { protocol: HTTP/1.1 } } }
              - { target: known, http: { get: / }, expect: { version: "2" } }
              - { target: unix, http: { get: / }, expect: { status: 200 } }
            """)
        run.expectAllPassed()
    }
}
