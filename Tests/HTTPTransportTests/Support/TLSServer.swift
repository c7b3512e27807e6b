import PlumbTesting

/// Keys and certificates of every kind, made anew for each run of the tests.
final class Certificates: Sendable {
    let folder: TemporaryFolder

    var ca: String { folder.path("ca.pem") }

    /// Makes `ca`, `good`, `expired`, `wrong-host` and `client`, signed by `ca`, and `self-signed`.
    init() throws {
        folder = try TemporaryFolder()
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        let here = "subjectAltName=IP:127.0.0.1,DNS:localhost"
        try Tool.run("openssl", in: folder, "req -x509 \(key) -keyout ca.key -out ca.pem -days 2 -subj /CN=TestCA")
        try Tool.run(
            "openssl", in: folder,
            "req -x509 \(key) -keyout self-signed.key -out self-signed.pem -days 2 -subj /CN=localhost -addext \(here)")
        for (name, alternative, days) in [
            ("good", here, 2), ("expired", here, -1), ("wrong-host", "subjectAltName=DNS:other.test", 2),
            ("client", here, 2),
        ] {
            try folder.write(alternative, to: "ext")
            try Tool.run("openssl", in: folder, "req \(key) -keyout \(name).key -out \(name).csr -subj /CN=\(name)")
            try Tool.run(
                "openssl", in: folder,
                "x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -days \(days) -extfile ext -out \(name).pem"
            )
        }
    }

    static let shared = Result { try Certificates() }
}

/// `openssl s_server`, which answers each request with a page and closes.
final class TLSServer {
    let port: Int
    private let process: RunningCommand

    var url: String { "https://127.0.0.1:\(port)/" }

    /// Serves a certificate of the folder, with further options of `s_server`.
    init(_ certificate: String, options: String = "") throws {
        process = try Tool.start(
            "openssl", in: try Certificates.shared.get().folder,
            "s_server -accept 127.0.0.1:0 -www -cert \(certificate).pem -key \(certificate).key \(options)"
                .split(separator: " ").map(String.init))
        // It says `ACCEPT 127.0.0.1:PORT` once it listens.
        let deadline = ContinuousClock.now + .seconds(20)
        var port: Int?
        while port == nil, .now < deadline, process.waitForOutput("ACCEPT ") {
            _ = process.waitForOutput("\n", within: .milliseconds(20))
            port = process.standardOutput.firstMatch(of: /ACCEPT [0-9.]+:(\d+)\n/).flatMap { Int($0.output.1) }
        }
        guard let port else {
            throw Tool.Failure(words: "s_server: \(process.standardOutput)\(process.standardError)")
        }
        self.port = port
    }
}

/// nginx on a free port each for TLS with HTTP/2, and HTTP/2 without TLS.
final class HTTP2Server {
    let port: Int
    let plainPort: Int
    private let folder: TemporaryFolder
    private let process: RunningCommand

    init() throws {
        folder = try TemporaryFolder()
        (port, plainPort) = (try ScriptedServer { _ in }.port, try ScriptedServer { _ in }.port)
        let certificates = try Certificates.shared.get().folder
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path t;" }.joined()
        let configuration = """
            daemon off; master_process off; pid nginx.pid; error_log error.log; events {}
            http { access_log off; \(temporary)
            server { listen 127.0.0.1:\(port) ssl http2; listen 127.0.0.1:\(plainPort) http2;
            ssl_certificate \(certificates.path("good.pem")); ssl_certificate_key \(certificates.path("good.key"));
            location / { add_header x-protocol $server_protocol; return 200 "$server_protocol $request_uri"; } } }
            """
        try folder.write(configuration, to: "nginx.conf")
        process = try Tool.start(
            "nginx", in: folder, ["-p", folder.path(""), "-c", "nginx.conf", "-e", folder.path("error.log")])
    }
}
