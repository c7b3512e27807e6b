import Expressions
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

    /// A panel's query, whether it is asked for a range, and the labels by which its series are named.
    private struct Query {
        var text: String
        var isRange: Bool
        var labels: [String]
    }

    /// The queries of the dashboard, with a profile chosen as Grafana chooses several.
    private static func dashboard() throws -> [Query] {
        let dashboard = try JSON.parse(TextFile.bytes(PackageFolder.path + "/docs/monitoring/grafana-dashboard.json"))
        let targets = (dashboard.value["panels"]?.array ?? []).flatMap { $0["targets"]?.array ?? [] }
        return targets.compactMap { target in
            target["expr"]?.string.map { text in
                Query(
                    text: text.replacing("$profile", with: "(nightly|other)"), isRange: target["instant"] != true,
                    labels: (target["legendFormat"]?.string ?? "").matches(of: #/\{\{([a-z]+)\}\}/#).map {
                        String($0.output.1)
                    })
            }
        }
    }

    @Test(
        .enabled(
            if: program("prometheus") != nil, "no prometheus here: scripts/unpack-metrics-servers fetches it"))
    func `each query of the dashboard has an answer where a Prometheus scraped a run's page`() throws {
        let port = try Loopback.unusedPort()
        let project = try TestProject([
            "plumb.yaml": """
            profiles:
              nightly:
                targets: { monitor: { kind: prometheus, url: "http://127.0.0.1:\(port)" } }
            """,
            "shop/good.yaml": "steps: [{ assert: ['$run.id != null'] }]\n",
            "shop/bad.yaml": "steps: [{ assert: ['$run.id == null'] }]\n",
            "shop/away.yaml": "requires: { database: postgres }\nsteps: [{ assert: ['$run.id != null'] }]\n",
        ])
        let report = "openmetrics=reports/plumb.prom"
        #expect(try project.run("run", "shop", "--report", report).status == .exit(1))
        let page = try project.read("reports/plumb.prom")
        let server = try SimpleHTTPServer { _ in .text(page) }
        try project.write(
            """
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs: [{ job_name: plumb, static_configs: [{ targets: ['127.0.0.1:\(server.port)'] }] }]

            """, to: "prometheus.yml")
        let prometheus = try RunningCommand(
            try #require(Self.program("prometheus")),
            [
                "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                "--web.listen-address=127.0.0.1:\(port)", "--log.level=error",
            ], environment: RunningCommand.plainEnvironment, in: project.path("."))
        defer {
            prometheus.signal(SIGKILL)
            _ = prometheus.finish(within: .seconds(30))
        }
        let queries = try Self.dashboard()
        #expect(queries.count > 12)
        let steps = queries.map { query -> Value in
            let found = query.isRange ? ".series" : ".samples"
            let asked: Value =
                query.isRange
                ? ["query": .string(query.text), "range": ["last": "1m", "step": "1s"]] : ["query": .string(query.text)]
            let number = query.isRange ? "\(found)[0].values[-1][1]" : "\(found)[0].value"
            return [
                "metric": asked, "until": .string("\(found) | length > 0"), "within": "60s",
                "assert": .array(
                    [.string("\(number) | type == \"number\"")]
                        + query.labels.map { .string("all(\(found)[]; .labels | has(\"\($0)\"))") }),
            ]
        }
        let scenario: Value = ["steps": .array(steps)]
        try project.write(scenario.json(), to: "ask.yaml")
        let run = try project.run("run", "ask.yaml", limit: .seconds(120))
        #expect(run.status == .exit(0), "\(run.standardOutput)")
    }
}
