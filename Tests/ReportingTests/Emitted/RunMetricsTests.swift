import Exposition
import Expressions
import PlumbTesting
import ScenarioModel
import Testing

@testable import Reporting

@Suite struct RunMetricsTests {
    private func page(_ result: RunResult) throws -> [UInt8] {
        let sink = MemorySink()
        try ReportFormat.openMetrics.make(sink).finish(result)
        #expect(sink.isCommitted)
        return sink.bytes
    }

    private func value(_ page: [UInt8], _ name: String, _ labels: [String: String] = [:]) throws -> Double? {
        let parsed = try MetricsPage.parse(page, as: .prometheus)
        let found = (0..<parsed.sampleCount).map { parsed.sample($0) }.filter { sample in
            sample.name == name
                && labels.allSatisfy { key, value in sample.labels.contains { $0.name == key && $0.value == value } }
        }
        return found.count == 1 ? found[0].value : nil
    }

    @Test func `the page of metrics is as recorded`() throws {
        try expectGolden(String(decoding: page(SampleRun.result), as: UTF8.self), "report.prom")
    }

    @Test func `the page is one of OpenMetrics and one of Prometheus's text, with the same samples`() throws {
        let page = try page(SampleRun.result)
        let open = try MetricsPage.parse(page, as: .openMetrics, isStrict: true)
        let text = try MetricsPage.parse(page, as: .prometheus, isStrict: true)
        #expect(open.sampleCount == text.sampleCount && open.sampleCount > 30)
        #expect(open.families.allSatisfy { $0.kind == .gauge })
        // A textfile collector refuses a page with times.
        #expect((0..<open.sampleCount).allSatisfy { open.sample($0).time == nil })
    }

    @Test func `tests, retries, failures and scenarios are counted`() throws {
        let page = try page(SampleRun.result)
        #expect(try value(page, "plumb_run_success") == 0)
        #expect(try value(page, "plumb_run_status") == 1)
        #expect(try value(page, "plumb_run_requests") == 1204)
        #expect(try value(page, "plumb_run_duration_seconds") == 8.4215)
        #expect(try value(page, "plumb_run_start_timestamp_seconds") == 1_769_860_800)
        for verdict in Verdict.allCases {
            #expect(
                try value(page, "plumb_run_tests", ["verdict": verdict.rawValue])
                    == Double(SampleRun.result.count(verdict)))
        }
        let labels = ["suite": "gateway", "scenario": "routing"]
        #expect(try value(page, "plumb_scenario_success", labels) == 0)
        #expect(try value(page, "plumb_run_failures", ["code": "expect.mismatch"]) == 1)
        #expect(try value(page, "plumb_run_retries") ?? 0 > 0)
    }

    @Test func `hostile names stay within their labels`() throws {
        var result = SampleRun.result
        let name = TestName(
            index: 0, name: "x", file: "x", suite: "a\"b\\c\nd", scenario: "é# EOF\n\"} 1", row: nil)
        result.tests = [TestResult(test: name, verdict: .passed, ms: 5)]
        let page = try page(result)
        _ = try MetricsPage.parse(page, as: .openMetrics, isStrict: true)
        #expect(try value(page, "plumb_scenario_success", ["suite": name.suite, "scenario": name.scenario]) == 1)
    }

    @Test func `thousands of scenarios keep a bounded page, those in trouble first`() throws {
        var result = SampleRun.result
        result.tests = (0..<5000).map { number in
            TestResult(
                test: TestName(
                    index: number, name: "s\(number)", file: "f", suite: String(repeating: "x", count: 5000),
                    scenario: "s\(number)", row: nil), verdict: number < 4990 ? .passed : .failed,
                failures: [FailureReport(code: "code.c\(number)", verdict: .failed, message: "m")])
        }
        let page = try page(result)
        #expect(page.count < 2 << 20)
        #expect(try value(page, "plumb_run_omitted_scenarios") == 4000)
        #expect(try value(page, "plumb_scenario_success", ["scenario": "s4999"]) == 0)
        #expect(try value(page, "plumb_run_failures", ["code": "other"]) == 4950)
    }

    @Test(.enabled(if: Promtool.path != nil, "no promtool here: scripts/unpack-metrics-servers fetches it"))
    func `promtool finds nothing to complain of`() throws {
        let tool = try #require(Promtool.path)
        let text = String(decoding: try page(SampleRun.result), as: UTF8.self)
        let run = try RunningCommand(
            tool, ["check", "metrics"], environment: RunningCommand.plainEnvironment, input: text, in: "/"
        ).finish(within: .seconds(60))
        #expect(run.exitStatus == 0, "\(run.standardError)\(run.standardOutput)")
    }

    @Test func `a Pushgateway gets the page in the group of the profile`() throws {
        let courier = RecordingCourier()
        try ReportFormat.pushgateway.service?.make(courier).finish(SampleRun.result)
        let message = try #require(courier.messages.first)
        #expect(courier.messages.count == 1)
        #expect(message.method == "PUT" && message.path == "/metrics/job/plumb/profile/embedded")
        #expect(message.body == (try page(SampleRun.result)))
        #expect(PushgatewayGroup.path(profile: nil) == "/metrics/job/plumb")
        #expect(PushgatewayGroup.path(profile: "a/b c") == "/metrics/job/plumb/profile/abc")
    }
}

/// Keeps what is sent, and gives the same answer to all of it.
final class RecordingCourier: ReportCourier {
    let address = "http://collector:4318"
    var messages: [ReportMessage] = []
    var answer = "{}"

    func send(_ message: ReportMessage) throws(ReportError) -> [UInt8] {
        messages.append(message)
        return Array(answer.utf8)
    }
}
