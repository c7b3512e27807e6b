import Expressions
import PlumbTesting
import Testing

@testable import Reporting

/// The dashboard and the alert rules of `docs/monitoring` ask for nothing that no run leaves behind.
@Suite struct MonitoringFilesTests {
    private static let folder = PackageFolder.path + "/docs/monitoring"

    private static let emitted: [String: Set<String>] = Dictionary(
        uniqueKeysWithValues: RunMetrics(SampleRun.result).families.map { family in
            (family.name, Set(family.samples.flatMap { $0.labels.map(\.name) }))
        })

    /// The metrics of a text: what begins with `plumb_` and is no part of a longer word.
    private static func metrics(in text: String) -> Set<String> {
        Set(text.matches(of: #/\bplumb_[a-z_]+/#).map { String($0.output) })
    }

    private static func text(_ name: String) throws -> String {
        String(decoding: try TextFile.bytes("\(folder)/\(name)"), as: UTF8.self)
    }

    /// Every expression of the dashboard.
    private static func expressions() throws -> [String] {
        let dashboard = try JSON.parse(try text("grafana-dashboard.json")).value
        return (dashboard["panels"]?.array ?? []).flatMap { $0["targets"]?.array ?? [] }.compactMap {
            $0["expr"]?.string
        }
    }

    @Test(arguments: ["alerts.yml", "grafana-dashboard.json"])
    func `each metric that is asked for is one that a run leaves behind`(file: String) throws {
        let asked = Self.metrics(in: try Self.text(file))
        #expect(asked.count > 3)
        #expect(asked.subtracting(Self.emitted.keys) == [])
    }

    @Test func `the dashboard shows every metric but those that say nothing alone`() throws {
        let shown = Self.metrics(in: try Self.expressions().joined(separator: " "))
        #expect(
            Set(Self.emitted.keys).subtracting(shown) == ["plumb_run_status", "plumb_run_start_timestamp_seconds"])
    }

    @Test func `the dashboard sums and draws by labels that its metrics have`() throws {
        for expression in try Self.expressions() {
            let name = try #require(Self.metrics(in: expression).first)
            let labels = try #require(Self.emitted[name])
            for match in expression.matches(of: #/by \(([a-z, ]+)\)/#) {
                let asked = match.output.1.split(whereSeparator: { ", ".contains($0) }).map(String.init)
                #expect(labels.isSuperset(of: asked), "\(expression)")
            }
            if expression.contains("$profile") { #expect(labels.contains("profile"), "\(expression)") }
        }
    }

    /// What Grafana's own description of a dashboard (`kinds/dashboard`) asks of the parts that this one has.
    @Test func `the dashboard has the form that Grafana reads`() throws {
        let dashboard = try JSON.parse(try Self.text("grafana-dashboard.json")).value
        #expect(dashboard["uid"]?.string.map { (1...40).contains($0.utf8.count) } == true)
        #expect(dashboard["title"]?.string != nil && dashboard["schemaVersion"]?.number != nil)
        let variables = dashboard["templating"]?["list"]?.array ?? []
        #expect(variables.compactMap { $0["type"]?.string } == ["datasource", "query"])
        let panels = dashboard["panels"]?.array ?? []
        #expect(Set(panels.compactMap { $0["id"]?.number }).count == panels.count && panels.count > 10)
        var taken: Set<[Int]> = []
        for panel in panels {
            let title = panel["title"]?.string ?? ""
            #expect(["stat", "table", "timeseries", "state-timeline"].contains(panel["type"]?.string), "\(title)")
            #expect(panel["datasource"]?["uid"]?.string == "${datasource}", "\(title)")
            let place = ["x", "y", "w", "h"].map { panel["gridPos"]?[$0]?.number.flatMap { Int(exactly: $0) } ?? -1 }
            #expect(place[0] >= 0 && place[1] >= 0 && place[2] > 0 && place[3] > 0, "\(title)")
            #expect(place[0] + place[2] <= 24, "\(title) is wider than the page")
            for x in place[0]..<place[0] + max(0, place[2]) {
                for y in place[1]..<place[1] + max(0, place[3]) {
                    #expect(taken.insert([x, y]).inserted, "\(title) lies on another panel")
                }
            }
            let targets = panel["targets"]?.array ?? []
            #expect(Set(targets.compactMap { $0["refId"]?.string }).count == targets.count && !targets.isEmpty)
            for mapping in panel["fieldConfig"]?["defaults"]?["mappings"]?.array ?? [] {
                #expect(mapping["type"] == "value" && mapping["options"]?.object != nil, "\(title)")
            }
            for transformation in panel["transformations"]?.array ?? [] {
                #expect(transformation["id"]?.string == "organize" && transformation["options"]?.object != nil)
            }
        }
    }

    @Test(.enabled(if: Promtool.path != nil, "no promtool here: scripts/unpack-metrics-servers fetches it"))
    func `promtool takes the rules`() throws {
        let tool = try #require(Promtool.path)
        let run = try RunningCommand(
            tool, ["check", "rules", "\(Self.folder)/alerts.yml"], environment: RunningCommand.plainEnvironment, in: "/"
        ).finish(within: .seconds(60))
        #expect(run.exitStatus == 0, "\(run.standardError)\(run.standardOutput)")
    }

    /// Each alert on a run that should raise it, and on one that should not.
    @Test(.enabled(if: Promtool.path != nil, "no promtool here: scripts/unpack-metrics-servers fetches it"))
    func `the alerts fire when they should and not before`() throws {
        let tool = try #require(Promtool.path)
        let folder = try TemporaryFolder()
        try folder.write(
            """
            rule_files: [\(Self.folder)/alerts.yml]
            evaluation_interval: 1m
            tests:
              - interval: 1m
                input_series:
                  - { series: 'plumb_run_success{profile="good"}', values: "1x60" }
                  - { series: 'plumb_run_success{profile="bad"}', values: "0x60" }
                  - { series: 'plumb_run_end_timestamp_seconds{profile="good"}', values: "0x3000" }
                  - { series: 'plumb_run_requests{profile="good"}', values: "100x60" }
                  - { series: 'plumb_run_retries{profile="good"}', values: "5x60" }
                  - { series: 'plumb_run_requests{profile="bad"}', values: "100x60" }
                  - { series: 'plumb_run_retries{profile="bad"}', values: "6x60" }
                  - { series: 'plumb_scenario_success{suite="s",scenario="a"}', values: "1x60" }
                  - { series: 'plumb_scenario_success{suite="s",scenario="b"}', values: "0x60" }
                  - { series: 'plumb_scenario_duration_seconds{suite="s",scenario="a"}', values: "2x30 4x30" }
                  - { series: 'plumb_scenario_duration_seconds{suite="s",scenario="b"}', values: "2x30 9x30" }
                promql_expr_test:
                  - { expr: 'count(ALERTS{alertname="PlumbRunFailed"})', eval_time: 30m, exp_samples: [{ labels: "{}", value: 1 }] }
                  - { expr: 'count(ALERTS{alertname="PlumbRunFailed",profile="bad"})', eval_time: 30m, exp_samples: [{ labels: "{}", value: 1 }] }
                  - { expr: 'count(ALERTS{alertname="PlumbRetries",profile="bad"})', eval_time: 30m, exp_samples: [{ labels: "{}", value: 1 }] }
                  - { expr: 'count(ALERTS{alertname="PlumbRetries"})', eval_time: 30m, exp_samples: [{ labels: "{}", value: 1 }] }
                  - { expr: 'count(ALERTS{alertname="PlumbScenarioFailed"})', eval_time: 30m, exp_samples: [{ labels: "{}", value: 1 }] }
                  - { expr: 'count(ALERTS{alertname="PlumbScenarioSlow",scenario="b"})', eval_time: 40m, exp_samples: [{ labels: "{}", value: 1 }] }
                  - { expr: 'count(ALERTS{alertname="PlumbScenarioSlow",scenario="a"})', eval_time: 40m, exp_samples: [] }
                  - { expr: 'count(ALERTS{alertname="PlumbRunMissing"})', eval_time: 60m, exp_samples: [] }
                  - { expr: 'count(ALERTS{alertname="PlumbRunMissing"})', eval_time: 1600m, exp_samples: [{ labels: "{}", value: 1 }] }
                  - { expr: 'count(ALERTS{alertname="PlumbMetricsAbsent"})', eval_time: 60m, exp_samples: [] }

            """, to: "alerts_test.yml")
        let run = try RunningCommand(
            tool, ["test", "rules", "alerts_test.yml"], environment: RunningCommand.plainEnvironment, in: folder.path
        ).finish(within: .seconds(60))
        #expect(run.exitStatus == 0, "\(run.standardError)\(run.standardOutput)")
    }
}
