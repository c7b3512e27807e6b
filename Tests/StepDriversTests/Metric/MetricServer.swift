import FoundationEssentials
import Glibc
import PlumbTesting
import Testing

/// A real Prometheus or VictoriaMetrics for one test: its own folder and port, ended by its process id.
///
/// `scripts/unpack-metrics-servers` fetches both; without them such tests are skipped.
final class MetricServer {
    let url: String
    let folder: TemporaryFolder
    private let process: RunningCommand

    /// The path of a program: in `PLUMB_PROMETHEUS_BIN`, `PATH`, or where the script unpacks it.
    static func program(_ name: String) -> String? {
        let environment = ProcessInfo.processInfo.environment
        let folders =
            (environment["PLUMB_PROMETHEUS_BIN"].map { [$0] } ?? [])
            + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
            + ["/usr/bin", PackageFolder.path + "/.build/metrics-servers/usr/bin"]
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    static func has(_ name: String) -> Bool { program(name) != nil }

    /// Starts a Prometheus; `history` in OpenMetrics is in its database from the start.
    static func prometheus(scraping targets: [String: String] = [:], rules: String = "", history: String = "") throws
        -> MetricServer
    {
        let folder = try TemporaryFolder()
        let port = try Loopback.unusedPort()
        let jobs = targets.sorted { $0.key < $1.key }.map { job, address in
            "{ job_name: \(job), static_configs: [{ targets: ['\(address)'] }] }"
        }
        try folder.write(rules.isEmpty ? "groups: []\n" : rules, to: "rules.yml")
        try folder.write(
            """
            global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 200ms }
            rule_files: [rules.yml]
            scrape_configs: [\(jobs.joined(separator: ", "))]

            """, to: "prometheus.yml")
        if !history.isEmpty {
            try folder.write(history, to: "history.txt")
            let tool = try #require(program("promtool"))
            let made = try RunningCommand(
                tool, ["tsdb", "create-blocks-from", "openmetrics", "history.txt", "data"],
                environment: RunningCommand.plainEnvironment, in: folder.path)
            #expect(made.finish(within: .seconds(30)).exitStatus == 0)
        }
        return try MetricServer(
            "prometheus",
            [
                "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--storage.tsdb.retention.time=100y",
                "--web.listen-address=127.0.0.1:\(port)", "--enable-feature=exemplar-storage,native-histograms",
                "--log.level=error",
            ], port, folder)
    }

    /// Starts a VictoriaMetrics; one that scrapes keeps its own idea of how late an answer is.
    static func victoriaMetrics(scraping address: String? = nil) throws -> MetricServer {
        let port = try Loopback.unusedPort()
        let folder = try TemporaryFolder()
        var arguments = ["-storageDataPath=data", "-httpListenAddr=127.0.0.1:\(port)"]
        if let address {
            try folder.write(
                """
                global: { scrape_interval: 1s, scrape_timeout: 1s }
                scrape_configs: [{ job_name: app, static_configs: [{ targets: ['\(address)'] }] }]

                """, to: "scrape.yml")
            arguments.append("-promscrape.config=scrape.yml")
        } else {
            arguments.append("-search.latencyOffset=1ms")
        }
        return try MetricServer("victoria-metrics", arguments, port, folder)
    }

    private init(_ name: String, _ arguments: [String], _ port: Int, _ folder: TemporaryFolder) throws {
        self.folder = folder
        url = "http://127.0.0.1:\(port)"
        process = try RunningCommand(
            try #require(Self.program(name)), arguments, environment: RunningCommand.plainEnvironment,
            in: folder.path)
    }

    deinit {
        process.signal(SIGKILL)
        _ = process.finish(within: .seconds(10))
    }

    /// Asks until an answer is as wanted, at most for a while; returns the last answer.
    func ask(_ yaml: String, until isEnough: (Outcome) -> Bool = { $0.error == nil }) async throws -> Outcome {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let outcome = try await asked(yaml, of: "prometheus", at: url)
            if isEnough(outcome) || ContinuousClock.now > deadline { return outcome }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
