import Testing

@testable import PostgresTransport

struct ConnectFailureTests {
    private let entry = HostEntry(host: "db", address: "10.0.0.1", port: "5433")

    private func error(_ text: String, _ stage: PQHandle.Stage = .connecting) -> PostgresError {
        ConnectFailure.error(text, at: entry, stage: stage)
    }

    @Test(arguments: [
        ("57P03", "the database system is starting up", PostgresError.Kind.refused),
        ("53300", "sorry, too many clients already", .refused),
        ("3D000", #"database "x" does not exist"#, .rejected),
        ("28P01", #"password authentication failed for user "x""#, .auth),
        ("28000", #"no pg_hba.conf entry for host "10.0.0.2", user "x", database "x", no encryption"#, .tls),
        ("28000", #"no pg_hba.conf entry for host "10.0.0.2", user "x", database "x", SSL encryption"#, .auth),
    ])
    func `a server's refusal is classed by its SQLSTATE`(_ state: String, _ message: String, _ kind: PostgresError.Kind)
    {
        let text = """
            connection to server at "db" (10.0.0.1), port 5433 failed: FATAL:  \(state): \(message)
            DETAIL:  more of it
            HINT:  do something
            LOCATION:  InitPostgres, postinit.c:885

            """
        let found = error(text)
        #expect(found.kind == kind)
        #expect(found.message == "db:5433: \(message)")
        #expect(found.complaint?.sqlstate == state)
        #expect(found.complaint?.severity == "FATAL")
        #expect(found.complaint?.detail == "more of it")
    }

    @Test(arguments: [
        ("Connection refused\n\tIs the server running on that host", PostgresError.Kind.refused),
        ("Network is unreachable", .unreachable),
        ("server does not support SSL, but SSL was required", .tls),
        ("server closed the connection unexpectedly", .reset),
        ("fe_sendauth: no password supplied", .auth),
        ("session is read-only", .rejected),
        ("expected authentication request from server, but received H", .protocol),
        (#"invalid sslmode value: "perhaps""#, .invalidRequest),
    ])
    func `libpq's own words are classed`(_ words: String, _ kind: PostgresError.Kind) {
        #expect(error("connection to server at \"db\" (10.0.0.1), port 5433 failed: \(words)\n").kind == kind)
    }

    @Test func `what libpq says of the address is not repeated`() {
        let text = "connection to server at \"db\" (10.0.0.1), port 5433 failed: Network is unreachable\n"
        #expect(error(text).message == "no connection to db:5433: Network is unreachable")
    }
}

struct RedactionTests {
    @Test func `passwords are taken out, given ones and those of URLs`() {
        let redaction = Redaction(PostgresSettings([.init("password", "s3cret"), .init("sslpassword", "key")]))
        #expect(redaction.clean("user x with s3cret, s3crets3cret") == "user x with ***, ******")
        #expect(
            redaction.clean(#"database "postgres://bob:hunter2@db/x" does not exist"#)
                == #"database "postgres://***@db/x" does not exist"#)
        #expect(redaction.clean("postgres://bob:p@ss@db/x http://plain/x") == "postgres://***@db/x http://plain/x")
        #expect(redaction.clean("a key is a key") == "a key is a key")
    }
}
