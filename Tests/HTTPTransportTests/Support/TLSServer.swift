import Foundation

/// Keys and certificates of every kind, made anew for each run of the tests.
final class Certificates: Sendable {
    let folder: TemporaryFolder

    var ca: String { folder.path("ca.pem") }

    /// Makes `ca`, `good`, `expired`, `wrong-host` and `client`, signed by `ca`, and `self-signed`.
    init() throws {
        folder = try TemporaryFolder()
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        let here = "subjectAltName=IP:127.0.0.1,DNS:localhost"
        try Tool.run("openssl", in: folder.url, "req -x509 \(key) -keyout ca.key -out ca.pem -days 2 -subj /CN=TestCA")
        try Tool.run(
            "openssl", in: folder.url,
            "req -x509 \(key) -keyout self-signed.key -out self-signed.pem -days 2 -subj /CN=localhost -addext \(here)")
        for (name, alternative, days) in [
            ("good", here, 2), ("expired", here, -1), ("wrong-host", "subjectAltName=DNS:other.test", 2),
            ("client", here, 2),
        ] {
            try alternative.write(toFile: folder.path("ext"), atomically: true, encoding: .utf8)
            try Tool.run("openssl", in: folder.url, "req \(key) -keyout \(name).key -out \(name).csr -subj /CN=\(name)")
            try Tool.run(
                "openssl", in: folder.url,
                "x509 -req -in \(name).csr -CA ca.pem -CAkey ca.key -CAcreateserial -days \(days) -extfile ext -out \(name).pem"
            )
        }
    }

    static let shared = Result { try Certificates() }
}

/// `openssl s_server`, which answers each request with a page and closes.
final class TLSServer {
    let port: Int
    private let process: Process

    var url: String { "https://127.0.0.1:\(port)/" }

    /// Serves a certificate of the folder, with further options of `s_server`.
    init(_ certificate: String, options: String = "") throws {
        let folder = try Certificates.shared.get().folder.url
        process = Tool.make(
            "openssl", in: folder,
            "s_server -accept 127.0.0.1:0 -www -cert \(certificate).pem -key \(certificate).key \(options)"
                .split(separator: " ").map(String.init))
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        // It says `ACCEPT 127.0.0.1:PORT` once it listens.
        var text = ""
        var port: Int?
        while port == nil, case let data = output.fileHandleForReading.availableData, !data.isEmpty {
            text += String(decoding: data, as: UTF8.self)
            port = text.firstMatch(of: /ACCEPT [0-9.]+:(\d+)\n/).flatMap { Int($0.output.1) }
        }
        guard let port else { throw Tool.Failure(words: "s_server: \(text)") }
        self.port = port
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }
}

/// nginx on a free port each for TLS with HTTP/2, and HTTP/2 without TLS.
final class HTTP2Server {
    let port: Int
    let plainPort: Int
    private let folder: TemporaryFolder
    private let process: Process

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
        try configuration.write(toFile: folder.path("nginx.conf"), atomically: true, encoding: .utf8)
        process = Tool.make(
            "nginx", in: folder.url, ["-p", folder.path(""), "-c", "nginx.conf", "-e", folder.path("error.log")])
        try process.run()
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }
}
