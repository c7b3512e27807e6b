import PlumbTesting
import Testing

@testable import PostgresTransport

@Suite(.enabled(if: PrivatePostgres.isInstalled, "\(PrivatePostgres.reason)"))
struct OpeningTests {
    private func keywords(_ changes: [String: String]) throws -> [(String, String)] {
        try PrivatePostgres.shared.keywords.filter { changes[$0.0] == nil } + changes.map { ($0, $1) }
    }

    @Test func `a connection is opened over TCP, by name and by address`() throws {
        try onLoop { loop in
            for host in ["127.0.0.1", "localhost"] {
                let connection = try await PostgresConnection.toTestServer(loop, ["host": host])
                #expect(connection.isReady)
                #expect(try await connection.ask("SELECT 1 + 1") == [["2"]])
                #expect(!connection.serverVersion.isEmpty)
                connection.close()
                #expect(!connection.isReady)
            }
        }
    }

    @Test func `a connection is opened through a socket of the file system`() throws {
        try onLoop { loop in
            let folder = try PrivatePostgres.shared.socketFolder
            let connection = try await PostgresConnection.toTestServer(loop, ["host": folder])
            #expect(try await connection.ask("SELECT inet_client_addr()") == [[nil]])
            connection.close()
        }
    }

    @Test func `values are written in forms that do not depend on the server's settings`() throws {
        try onLoop { loop in
            let options = ["options": "-c TimeZone=Asia/Tokyo -c DateStyle=German"]
            let connection = try await PostgresConnection.toTestServer(loop, options)
            let rows = try await connection.ask(
                "SELECT timestamptz '2024-02-03 04:05:06Z', interval '1 day 2 hours', current_setting('client_encoding')"
            )
            #expect(rows == [["2024-02-03 04:05:06+00", "P1DT2H", "UTF8"]])
            connection.close()
        }
    }

    @Test func `the first address that answers is taken`() throws {
        try onLoop { loop in
            let port = try PrivatePostgres.shared.port
            let hosts = ["host": "127.0.0.1,localhost", "port": "\(try Loopback.unusedPort()),\(port)"]
            let connection = try await PostgresConnection.toTestServer(loop, hosts)
            #expect(try await connection.ask("SELECT 1") == [["1"]])
            connection.close()
        }
    }

    @Test func `a silent address leaves time for the next one`() throws {
        let silent = try SilentListener()
        try onLoop { loop in
            let port = try PrivatePostgres.shared.port
            let hosts = ["host": "127.0.0.1,127.0.0.1", "port": "\(silent.port),\(port)"]
            let connection = try await PostgresConnection.toTestServer(loop, hosts, within: .seconds(4))
            #expect(try await connection.ask("SELECT 1") == [["1"]])
            connection.close()
        }
        withExtendedLifetime(silent) {}
    }

    @Test func `a closed port is refused, a silent one is a time-out of connecting`() throws {
        let refused = try #require(try failureToOpen(try keywords(["port": "\(try Loopback.unusedPort())"])))
        #expect(refused.error.kind == .refused)
        #expect(refused.error.message.hasPrefix("nothing listens at 127.0.0.1:"))
        let silent = try SilentListener()
        let late = try #require(
            try failureToOpen(try keywords(["port": "\(silent.port)"]), within: .milliseconds(300)))
        #expect(late.error.kind == .connectTimeout)
        #expect(late.time < .seconds(3))
        #expect(late.error.message.contains("no connection to 127.0.0.1:\(silent.port) after 3"))
    }

    @Test func `a server that takes the connection and says nothing is a time-out of connecting`() throws {
        let server = try RawServer([[.hang]])
        let late = try #require(
            try failureToOpen(try keywords(["port": "\(server.port)"]), within: .milliseconds(300)))
        #expect(late.error.kind == .connectTimeout)
        #expect(late.error.message.contains("says nothing"))
    }

    @Test func `a name without an address and a socket that is not there have their words`() throws {
        let nameless = try #require(try failureToOpen(try keywords(["host": "no-such-host.invalid"])))
        #expect(nameless.error.kind == .dns)
        #expect(nameless.error.message.contains("'no-such-host.invalid' has no address"))
        let folder = try TemporaryFolder()
        let socketless = try #require(try failureToOpen(try keywords(["host": folder.path])))
        #expect(socketless.error.kind == .refused)
    }

    @Test func `a password is checked, and never shown`() throws {
        let guest = ["user": PrivatePostgres.guest]
        try onLoop { loop in
            let connection = try await PostgresConnection.toTestServer(
                loop, guest.merging(["password": PrivatePostgres.password]) { $1 })
            #expect(try await connection.ask("SELECT current_user") == [[PrivatePostgres.guest]])
            connection.close()
        }
        let wrong = try #require(try failureToOpen(try keywords(guest.merging(["password": "not this one"]) { $1 })))
        #expect(wrong.error.kind == .auth)
        #expect(wrong.error.complaint?.sqlstate == "28P01")
        #expect(!"\(wrong.error)".contains("not this one"))
        let none = try #require(try failureToOpen(try keywords(guest)))
        #expect(none.error.kind == .auth)
    }

    @Test func `a password in a URL is never shown`() throws {
        let port = try PrivatePostgres.shared.port
        let url = "postgresql://\(PrivatePostgres.guest):hunter2hunter2@127.0.0.1:\(port)/postgres?sslmode=disable"
        let wrong = try #require(try failureToOpen([("dbname", url)]))
        #expect(wrong.error.kind == .auth)
        #expect(!"\(wrong.error)".contains("hunter2"))
        let broken = try #require(try failureToOpen([("dbname", "postgresql://a:hunter2@[::1/x?y=z")]))
        #expect(broken.error.kind == .invalidRequest)
        #expect(!"\(broken.error)".contains("hunter2"))
    }

    @Test func `a database that is not there is the server's refusal`() throws {
        let missing = try #require(try failureToOpen(try keywords(["dbname": "nowhere"])))
        #expect(missing.error.kind == .rejected)
        #expect(missing.error.complaint?.sqlstate == "3D000")
        #expect(missing.error.message.contains(#"database "nowhere" does not exist"#))
    }

    @Test(.enabled(if: (try? PrivatePostgres.shared.hasTLS) ?? true, "the PostgreSQL of these tests speaks no TLS"))
    func `TLS is spoken where it is asked for, and its lack is told`() throws {
        let server = try PrivatePostgres.shared
        let careful = ["user": PrivatePostgres.careful]
        try onLoop { loop in
            for mode in [["sslmode": "require"], ["sslmode": "verify-full", "sslrootcert": server.certificate]] {
                let more = careful.merging(mode) { $1 }.merging(["host": "localhost"]) { $1 }
                let connection = try await PostgresConnection.toTestServer(loop, more)
                #expect(connection.isEncrypted)
                #expect(try await connection.ask("SELECT repeat('x', 100000)")[0][0]?.count == 100_000)
                connection.close()
            }
        }
        let plain = try #require(try failureToOpen(try keywords(careful)))
        #expect(plain.error.kind == .tls)
        #expect(plain.error.hint?.contains("sslmode: require") == true)
        let unknown = try #require(
            try failureToOpen(
                try keywords([
                    "sslmode": "verify-full", "sslrootcert": try TemporaryFolder().write("", to: "empty.pem"),
                ])))
        #expect(unknown.error.kind == .tls)
    }

    @Test func `TLS with a server that has none is told`() throws {
        let server = try RawServer([[.read(8), .send("N"), .hang]])
        let plain = try #require(
            try failureToOpen(try keywords(["port": "\(server.port)", "sslmode": "require"]), within: .seconds(3)))
        #expect(plain.error.kind == .tls)
        #expect(plain.error.message.contains("server does not support SSL"))
    }

    @Test func `what is no PostgreSQL server is told`() throws {
        let server = try RawServer([[.read(8), .send("HTTP/1.1 400 Bad Request\r\n\r\n"), .close]])
        let other = try #require(try failureToOpen(try keywords(["port": "\(server.port)"]), within: .seconds(3)))
        #expect([.protocol, .reset].contains(other.error.kind))
        #expect(other.error.hint == "is this the port of a PostgreSQL server?")
    }
}
