import Foundation
import HTTPTransport
import PlumbTesting
import Testing

/// Trust, and what is said when it is missing.
@Suite(.enabled(if: Tool.path("openssl") != nil)) struct TLSTests {
    private func settings(_ change: (inout ConnectionSettings.TLS) -> Void = { _ in }) throws -> ConnectionSettings {
        var settings = ConnectionSettings()
        settings.tls.ca = try Certificates.shared.get().ca
        change(&settings.tls)
        return settings
    }

    private func path(_ name: String) throws -> String { try Certificates.shared.get().folder.path(name) }

    private func failure(_ url: String, _ settings: ConnectionSettings) async throws -> HTTPError {
        try #require(try await send(HTTPRequest(url: url, settings: settings)).error)
    }

    @Test func `a trusted certificate is accepted and reported`() async throws {
        let server = try TLSServer("good")
        let response = try await send(HTTPRequest(url: server.url, settings: settings())).get()
        #expect(response.status == 200)
        #expect(response.timing.tls > 0)
        let certificate = try #require(response.certificate)
        #expect(certificate.subject == "CN = good")
        #expect(certificate.issuer == "CN = TestCA")
        #expect(certificate.notBefore < certificate.notAfter)
        #expect(certificate.notAfter.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
    }

    @Test func `a certificate of an unknown authority is told, with the way to trust it`() async throws {
        let server = try TLSServer("good")
        let error = try await failure(server.url, ConnectionSettings())
        #expect(error.kind == .tls)
        #expect(error.phase == .tls)
        #expect(error.message.contains("authority that is not trusted"))
        #expect(error.hint?.contains("ca: FILE") == true)
    }

    @Test(arguments: [
        ("self-signed", "is self-signed and not trusted", "ca: FILE"), ("expired", "has expired", "renew it"),
        ("wrong-host", "is not for '127.0.0.1'", "name in the certificate"),
    ])
    func `each fault of a certificate has its own words`(name: String, words: String, hint: String) async throws {
        let server = try TLSServer(name)
        let error = try await failure(server.url, settings())
        #expect(error.kind == .tls)
        #expect(error.message.contains(words), "\(error.message)")
        #expect(error.hint?.contains(hint) == true)
    }

    @Test(arguments: ["self-signed", "expired", "wrong-host"])
    func `an insecure target accepts any certificate`(name: String) async throws {
        let server = try TLSServer(name)
        let response = try await send(HTTPRequest(url: server.url, settings: settings { $0.isInsecure = true })).get()
        #expect(response.status == 200)
        #expect(response.certificate != nil)
    }

    @Test func `plain HTTP on the port is told`() async throws {
        let server = try ScriptedServer(answering: "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        let plain = try ScriptedServer { connection in
            connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.waitForClose()
        }
        _ = server
        let error = try await failure("https://127.0.0.1:\(plain.port)/", settings())
        #expect(error.kind == .tls)
        #expect(error.message.contains("does not speak TLS"))
        #expect(error.hint?.contains("http://") == true)
    }

    @Test func `TLS on the port of plain HTTP is told`() async throws {
        let server = try TLSServer("good")
        let error = try await failure("http://127.0.0.1:\(server.port)/", settings())
        #expect(error.kind == .protocol || error.kind == .reset)
    }

    @Test func `a server with only an old protocol is told`() async throws {
        let server = try TLSServer("good", options: "-tls1_2")
        let error = try await failure(server.url, settings { $0.minimumVersion = .tls13 })
        #expect(error.kind == .tls)
        #expect(error.message.contains("no TLS version from 1.3 on"), "\(error.message)")
    }

    @Test func `a server that wants a client certificate gets it`() async throws {
        let server = try TLSServer("good", options: "-Verify 1 -CAfile ca.pem -verify_return_error")
        let certificate = try path("client.pem")
        let key = try path("client.key")
        let client = try settings {
            $0.certificate = certificate
            $0.key = key
        }
        #expect(try await send(HTTPRequest(url: server.url, settings: client)).get().status == 200)
        let error = try await failure(server.url, settings())
        #expect(error.kind == .tls)
        #expect(error.message.contains("wants a client certificate"), "\(error.message)")
    }

    @Test(arguments: [("client.pem", "good.key"), ("client.pem", "missing.key"), ("missing.pem", "client.key")])
    func `an unusable client certificate is told`(certificate: String, key: String) async throws {
        let server = try TLSServer("good")
        let (certificate, key) = (try path(certificate), try path(key))
        let client = try settings {
            $0.certificate = certificate
            $0.key = key
        }
        let error = try await failure(server.url, client)
        #expect(error.kind == .tls)
        #expect(error.message.contains("client certificate"), "\(error.message)")
    }

    @Test func `an authority file that is none is told`() async throws {
        let server = try TLSServer("good")
        let file = try path("ext")
        let error = try await failure(server.url, settings { $0.ca = file })
        #expect(error.kind == .tls)
        #expect(error.message.contains("authority file"), "\(error.message)")
    }

    @Test func `a handshake that stalls is a connect time-out`() async throws {
        let server = try ScriptedServer { $0.waitForClose() }
        let request = HTTPRequest(
            url: "https://127.0.0.1:\(server.port)/", settings: try settings(), connectTimeout: .milliseconds(300))
        let error = try #require(try await send(request).error)
        #expect(error.kind == .connectTimeout)
        #expect(error.phase == .tls)
        #expect(error.message.contains("TLS handshake"))
    }

    @Test(.enabled(if: Tool.path("nginx") != nil))
    func `HTTP2 is spoken over TLS, without it, and not when 1_1 is wanted`() async throws {
        let server = try HTTP2Server()
        let secure = "https://127.0.0.1:\(server.port)/x"
        let plain = "http://127.0.0.1:\(server.plainPort)/x"
        let tls = try settings().tls
        let settings = { @Sendable (version: ConnectionSettings.Version) in
            ConnectionSettings(tls: tls, httpVersion: version)
        }
        let responses = try await withTransport { transport in
            // nginx says nothing when it is ready.
            for _ in 0..<500 {
                if await transport.send(HTTPRequest(url: secure, settings: settings(.http11))).error == nil { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            var responses: [HTTPResponse] = []
            for (url, version) in [
                (secure, ConnectionSettings.Version.automatic), (secure, .http2), (secure, .http11), (plain, .http2),
                (plain, .http2PriorKnowledge), (secure, .automatic),
            ] {
                responses.append(try await transport.send(HTTPRequest(url: url, settings: settings(version))).get())
            }
            return responses
        }
        #expect(responses.map(\.version) == ["2", "2", "1.1", "2", "2", "2"])
        #expect(responses.map(\.text) == ["2.0", "2.0", "1.1", "2.0", "2.0", "2.0"].map { "HTTP/\($0) /x" })
        #expect(responses.last?.reusedConnection == true)
        #expect(responses.last?.certificate?.subject == "CN = good")
    }
}
