import FoundationEssentials
import Glibc
import PlumbTesting
import Testing

/// A real Pushgateway and a real node_exporter take what a run leaves behind; Plumb itself asks them for it again.
@Suite(.onOwnThreads) struct MonitorServerTests {
    /// A program of Prometheus's, in `PLUMB_PROMETHEUS_BIN`, `PATH` or where `scripts/unpack-metrics-servers` puts it.
    private static func program(_ name: String) -> String? {
        let environment = ProcessInfo.processInfo.environment
        let folders =
            (environment["PLUMB_PROMETHEUS_BIN"].map { [$0] } ?? [])
            + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
            + [PackageFolder.path + "/.build/metrics-servers/usr/bin"]
        return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    private static func project(scraping port: Int) throws -> TestProject {
        try TestProject([
            "plumb.yaml": """
            secrets: [TOKEN]
            profiles:
              nightly:
                targets: { monitor: { kind: openmetrics, url: "http://127.0.0.1:\(port)/metrics" } }
            """,
            "good.yaml": "steps: [{ assert: ['$run.id != null'] }]\n",
            "bad.yaml": "steps: [{ assert: ['$run.id == null'] }]\n",
        ])
    }

    @Test(
        .enabled(
            if: program("prometheus-pushgateway") != nil,
            "no prometheus-pushgateway here: scripts/unpack-metrics-servers fetches it"))
    func `a Pushgateway keeps the last run's figures and none of the run before`() throws {
        let port = try Loopback.unusedPort()
        let gateway = try RunningCommand(
            try #require(Self.program("prometheus-pushgateway")), ["--web.listen-address=127.0.0.1:\(port)"],
            environment: RunningCommand.plainEnvironment)
        defer {
            gateway.signal(SIGTERM)
            _ = gateway.finish(within: .seconds(30))
        }
        let project = try Self.project(scraping: port)
        try project.write(
            "steps:\n  - { metric: pushgateway_build_info, until: '.value == 1', within: 60s }\n", to: "_up.yaml")
        try project.write("steps: [{ use: { file: _up.yaml } }]\n", to: "up.yaml")
        #expect(try project.run("run", "up.yaml", limit: .seconds(90)).status == .exit(0))
        let report = "pushgateway=http://127.0.0.1:\(port)"
        #expect(try project.run("run", "good.yaml", "bad.yaml", "--report", report).status == .exit(1))
        try project.write(
            """
            steps:
              - metric: plumb_run_success{job="plumb",profile="nightly"}
                assert: [.value == 0]
              - metric: plumb_scenario_success{scenario="good"}
                assert: [.value == 1]
            """, to: "first.yaml")
        #expect(try project.run("run", "first.yaml").status == .exit(0))
        #expect(try project.run("run", "good.yaml", "--report", report).status == .exit(0))
        try project.write(
            """
            steps:
              - metric: plumb_run_success
                assert: [.value == 1]
              - metric: plumb_scenario_success{scenario="bad"}
                assert: ['.samples == []']
            """, to: "second.yaml")
        let second = try project.run("run", "second.yaml")
        #expect(second.status == .exit(0), "\(second.standardOutput)")
    }

    @Test(
        .enabled(
            if: program("prometheus-node-exporter") != nil,
            "no prometheus-node-exporter here: scripts/unpack-metrics-servers fetches it"))
    func `the textfile collector of node_exporter reads the page without complaint`() throws {
        let port = try Loopback.unusedPort()
        let project = try Self.project(scraping: port)
        #expect(try project.run("run", "good.yaml", "--report", "openmetrics=reports/plumb.prom").status == .exit(0))
        let exporter = try RunningCommand(
            try #require(Self.program("prometheus-node-exporter")),
            [
                "--collector.disable-defaults", "--collector.textfile",
                "--collector.textfile.directory=\(project.path("reports"))", "--web.listen-address=127.0.0.1:\(port)",
            ], environment: RunningCommand.plainEnvironment)
        defer {
            exporter.signal(SIGTERM)
            _ = exporter.finish(within: .seconds(30))
        }
        try project.write(
            """
            steps:
              - { metric: node_textfile_scrape_error, until: '.value == 0', within: 60s }
              - { metric: plumb_run_success, assert: [.value == 1] }
              - { metric: 'plumb_run_tests{verdict="passed"}', assert: [.value == 1] }
            """, to: "ask.yaml")
        let run = try project.run("run", "ask.yaml", limit: .seconds(90))
        #expect(run.status == .exit(0), "\(run.standardOutput)")
    }
}
