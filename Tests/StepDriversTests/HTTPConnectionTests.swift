import Expressions
import HTTPTransport
import ScenarioModel
import ScenarioSyntax
import Testing

@testable import StepDrivers

struct HTTPConnectionTests {
    @Test func `each key of a target reaches the connection`() throws {
        let connection = try HTTPConnection.of(
            target(
                """
                url: https://host:8443/api/
                headers: { X-V: 1.10, X-L: [a, b], X-N: null }
                tls: { ca: certs/ca.pem, cert: /abs/me.pem, key: me.key, insecure: 'true', min_version: '1.3' }
                proxy: socks5h://127.0.0.1:1080
                http_version: 2
                resolve: ['host:8443:127.0.0.1']
                unix_socket: run/s.sock
                cookies: false
                compressed: true
                follow_redirects: true
                max_bytes: 1MiB
                """))
        #expect(connection.url == "https://host:8443/api")
        #expect(connection.headers == [HTTPHeader("X-V", "1.10"), HTTPHeader("X-L", "a"), HTTPHeader("X-L", "b")])
        let tls = connection.settings.tls
        #expect(tls.ca == "conf/certs/ca.pem" && tls.certificate == "/abs/me.pem" && tls.key == "conf/me.key")
        #expect(tls.isInsecure && tls.minimumVersion == .tls13)
        #expect(connection.settings.proxy == "socks5h://127.0.0.1:1080")
        #expect(connection.settings.httpVersion == .http2)
        #expect(connection.settings.resolve == ["host:8443:127.0.0.1"])
        #expect(connection.settings.unixSocket == "conf/run/s.sock")
        #expect(!connection.keepsCookies && connection.wantsCompression)
        #expect(connection.followRedirects == 10 && connection.maxBytes == 1 << 20)
    }

    @Test func `a target without more than its url has the defaults`() throws {
        let resolved = try target("{ url: http://h }")
        let connection = try HTTPConnection.of(resolved)
        #expect(connection.settings == ConnectionSettings())
        #expect(connection.keepsCookies && !connection.wantsCompression && connection.followRedirects == 0)
        #expect(try HTTPConnection.of(resolved) === connection)
    }

    @Test func `every key that the driver reads is in the table, and the other way round`() {
        let known = Set(HTTPTargetKind.table.keys.map(\.name))
        #expect(
            known == [
                "url", "headers", "auth", "tls", "proxy", "http_version", "resolve", "unix_socket", "cookies",
                "compressed", "follow_redirects", "max_bytes",
            ])
        for key in HTTPTargetKind.table.keys + HTTPStep.table.keys { #expect(key.doc.hasSuffix(".")) }
    }

    @Test(arguments: [
        ("{}", "has no url"), ("{ url: http://h, tls: { min_version: 9 } }", "has no TLS version '9'"),
        ("{ url: http://h, cookies: maybe }", "wants true or false for 'cookies'"),
        ("{ url: http://h, resolve: [a:b] }", "has 'a:b' under 'resolve'"),
        (
            "{ url: http://h, auth: { digest: x } }",
            "has an auth that is neither basic, bearer nor oauth2_client_credentials"
        ),
        ("{ url: http://h, headers: { 'a b': c } }", "has a header 'a b' that cannot be sent"),
        ("{ url: http://h, headers: { a: \"b\\nc\" } }", "has a header 'a' that cannot be sent"),
        ("{ url: [http://h] }", "wants text for 'url', found array"),
    ]) func `a setting that cannot be used is told with its target`(_ yaml: String, _ what: String) throws {
        let resolved = try target(yaml)
        do throws(StepFailure) {
            _ = try HTTPConnection.of(resolved)
            Issue.record("the target was taken")
        } catch {
            #expect(error.report.message == "target 'gateway' \(what)")
            #expect(error.report.hint != nil && error.report.place?.file == "conf/plumb.yaml")
        }
    }
}
