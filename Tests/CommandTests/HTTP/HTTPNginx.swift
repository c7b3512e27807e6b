import Glibc
import PlumbTesting

/// nginx with TLS of several kinds, HTTP/2 and a Unix socket, in a folder of its own.
///
/// Unchecked: nothing changes after `init`, and the process is touched by nobody but `deinit`.
final class HTTPNginx: @unchecked Sendable {
    /// Where Debian has it.
    static let isInstalled = access("/usr/sbin/nginx", X_OK) == 0 && access("/usr/bin/openssl", X_OK) == 0

    let folder: TemporaryFolder
    /// Ports by what they serve.
    let trusted, selfSigned, mutual, plain: Int
    private let process: RunningCommand

    var authority: String { folder.path("ca.pem") }
    var socket: String { folder.path("s") }

    init() throws {
        folder = try TemporaryFolder()
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout"
        let script = """
            set -e; printf 'subjectAltName=IP:127.0.0.1' > ext
            openssl req -x509 \(key) ca.key -out ca.pem -days 2 -subj /CN=TestCA
            openssl req -x509 \(key) self.key -out self.pem -days 2 -subj /CN=self -addext subjectAltName=IP:127.0.0.1
            for n in good client; do openssl req \(key) $n.key -out $n.csr -subj /CN=$n; openssl x509 -req -in $n.csr \
            -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out $n.pem; done
            """
        let environment = RunningCommand.plainEnvironment
        let made = try RunningCommand("/bin/sh", ["-c", script], environment: environment, in: folder.path).finish()
        guard made.status == .exit(0) else { throw Failed(words: made.standardError) }
        let ports = try (0..<4).map { _ in try RawServer { _ in } }
        (trusted, selfSigned, mutual, plain) = (ports[0].port, ports[1].port, ports[2].port, ports[3].port)
        for port in ports { port.stop() }
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path t;" }.joined()
        let good = "ssl_certificate good.pem; ssl_certificate_key good.key;"
        let answer = "default_type application/json; location / { return 200 '{\"protocol\":\"$server_protocol\"}'; }"
        try folder.write(
            """
            daemon off; master_process off; pid nginx.pid; error_log error.log; events {}
            http { access_log off; \(temporary)
            server { listen 127.0.0.1:\(trusted) ssl http2; \(good) \(answer) }
            server { listen 127.0.0.1:\(selfSigned) ssl; ssl_certificate self.pem; ssl_certificate_key self.key; \(answer) }
            server { listen 127.0.0.1:\(mutual) ssl; \(good) ssl_verify_client on; ssl_client_certificate ca.pem; \(answer) }
            server { listen 127.0.0.1:\(plain) http2; listen unix:\(folder.path("s")); \(answer) } }
            """, to: "nginx.conf")
        process = try RunningCommand(
            "/usr/sbin/nginx", ["-p", folder.path, "-c", "nginx.conf", "-e", "error.log"], environment: environment,
            in: folder.path)
        // It makes the pid file once all ports are open.
        let end = ContinuousClock.now + .seconds(20)
        while access(folder.path("nginx.pid"), F_OK) != 0, .now < end { usleep(10_000) }
        guard .now < end else {
            throw Failed(words: (try? folder.read("error.log")) ?? process.standardError)
        }
    }

    struct Failed: Error { let words: String }
}
