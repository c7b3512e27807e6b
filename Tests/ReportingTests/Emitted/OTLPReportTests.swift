import Expressions
import ScenarioModel
import Testing

@testable import Reporting

@Suite struct OTLPReportTests {
    /// All requests of a run, as JSON, by path.
    private func requests(_ result: RunResult) throws -> [(path: String, body: Value)] {
        let courier = RecordingCourier()
        try ReportFormat.otlp.service?.make(courier).finish(result)
        #expect(courier.messages.allSatisfy { $0.method == "POST" && $0.contentType == "application/json" })
        return try courier.messages.map { ($0.path, try JSON.parse($0.body).value) }
    }

    private func spans(_ result: RunResult) throws -> [Value] {
        try requests(result).filter { $0.path == "/v1/traces" }.flatMap { request in
            let scopes = request.body["resourceSpans"]?.array?.first?["scopeSpans"]?.array
            return scopes?.first?["spans"]?.array ?? []
        }
    }

    private func attribute(_ span: Value?, _ key: String) -> Value? {
        span?["attributes"]?.array?.first { $0["key"]?.string == key }?["value"]?.object?.values.first
    }

    @Test func `what a collector gets is as recorded`() throws {
        let sink = MemorySink()
        try ReportFormat.otlp.make(sink).finish(SampleRun.result)
        #expect(sink.isCommitted)
        let lines = sink.bytes.split(separator: 0x0A)
        let texts = try lines.map { try JSON.parse(Array($0)).value.json(pretty: true) }
        try expectGolden(texts.joined(separator: "\n") + "\n", "report.otlp")
    }

    @Test func `each span has an id of its own, and a parent in its own trace`() throws {
        let spans = try spans(SampleRun.result)
        let ids = spans.compactMap { $0["spanId"]?.string }
        #expect(Set(ids).count == spans.count)
        let traces = Dictionary(
            spans.map { ($0["spanId"]?.string ?? "", $0["traceId"]?.string) }, uniquingKeysWith: { a, _ in a })
        for span in spans {
            guard let parent = span["parentSpanId"]?.string else { continue }
            #expect(traces[parent] == span["traceId"]?.string, "\(span["name"]?.string ?? "")")
        }
        let roots = spans.filter { $0["parentSpanId"] == nil }
        #expect(roots.count == SampleRun.tests.count + 1)
        // Every test leads to the run.
        let run = roots.first { $0["name"]?.string == "plumb run" }
        for root in roots where root != run {
            #expect(root["links"]?.array?.first?["spanId"] == run?["spanId"])
        }
    }

    @Test func `an attempt is a client's span below its step, with the ids that the service was told`() throws {
        let spans = try spans(SampleRun.result)
        let attempt = try #require(spans.first { $0["spanId"]?.string == SampleRun.trace.attemptSpanID })
        #expect(attempt["name"] == "POST" && attempt["kind"] == 3)
        #expect(attempt["parentSpanId"]?.string == SampleRun.trace.spanID)
        #expect(attribute(attempt, "http.request.method") == "POST")
        #expect(attribute(attempt, "http.response.status_code") == "200")
        let step = try #require(spans.first { $0["spanId"]?.string == SampleRun.trace.spanID })
        #expect(step["status"]?["code"] == 2)
        #expect(attribute(step, "error.type") == "assert.false")
        #expect(step["events"]?.array?.count == 2)
    }

    @Test func `the steps of a needed scenario stand below the test that was the first to need it`() throws {
        var result = SampleRun.result
        let place = Place(file: "_login.yaml", line: 1, column: 1, endColumn: 2, text: "a")
        var need = StepReport(id: "auth", name: nil, kind: "need", place: place, verdict: .passed)
        need.startedMs = 3
        need.children = [StepReport(id: "in", name: nil, kind: "http", place: place, verdict: .passed)]
        let before = try spans(result)
        result.tests[0].needs = [need]
        let spans = try spans(result)
        #expect(spans.count == before.count + 2)
        let outer = try #require(spans.first { $0["name"] == "auth" })
        let inner = try #require(spans.first { $0["name"] == "in" && $0["parentSpanId"] == outer["spanId"] })
        let root = spans.first { $0["spanId"] == outer["parentSpanId"] }
        #expect(root?["name"]?.string == result.tests[0].test.name && inner["traceId"] == root?["traceId"])
    }

    @Test func `what cleans up after a need stands there too, though it comes when the test has ended`() throws {
        var result = SampleRun.result
        let place = Place(file: "_login.yaml", line: 1, column: 1, endColumn: 2, text: "a")
        var cleanup = StepReport(id: "auth", name: "cleanup", kind: "need", place: place, verdict: .failed)
        cleanup.startedMs = 8000
        cleanup.ms = 5
        var out = StepReport(id: "out", name: nil, kind: "http", place: place, verdict: .failed)
        out.startedMs = 8001
        out.failures = [FailureReport(code: "assert.false", verdict: .failed, message: "is false")]
        cleanup.children = [out]
        let before = try spans(result)
        result.tests[0].needsCleanup = [cleanup]
        let spans = try spans(result)
        #expect(spans.count == before.count + 2)
        #expect(Set(spans.compactMap { $0["spanId"]?.string }).count == spans.count)
        let outer = try #require(spans.first { $0["name"] == "auth cleanup" })
        let inner = try #require(spans.first { $0["name"] == "out" && $0["parentSpanId"] == outer["spanId"] })
        let root = spans.first { $0["spanId"] == outer["parentSpanId"] }
        #expect(root?["name"]?.string == result.tests[0].test.name && inner["traceId"] == root?["traceId"])
        #expect(outer["status"]?["code"] == 2 && outer["status"]?["message"] == "is false")
        // The test itself had passed by then.
        #expect(root?["status"]?["code"] != 2)
    }

    @Test func `times are nanoseconds, and a span ends no earlier than it begins`() throws {
        for span in try spans(SampleRun.result) {
            let start = try #require(span["startTimeUnixNano"]?.string.flatMap { UInt64($0) })
            let end = try #require(span["endTimeUnixNano"]?.string.flatMap { UInt64($0) })
            #expect(start >= 1_769_860_800_000_000_000 && end >= start && end < start + 3_600_000_000_000)
        }
    }

    @Test func `requests stay bounded, and hold every span once`() throws {
        var result = SampleRun.result
        let long = String(repeating: "é", count: 100_000)
        result.tests = (0..<3000).map { number in
            var test = SampleRun.failed
            test.test.index = number
            test.steps[0].trace = nil
            if number < 50 { test.steps[0].failures = [FailureReport(code: "x", verdict: .failed, message: long)] }
            return test
        }
        let courier = RecordingCourier()
        try ReportFormat.otlp.service?.make(courier).finish(result)
        #expect(courier.messages.allSatisfy { $0.body.count < 2 << 20 })
        let spans = try spans(result)
        #expect(spans.count == 1 + 3000 * 2)
        #expect(Set(spans.compactMap { $0["spanId"]?.string }).count == spans.count)
    }

    @Test func `what a collector refuses in part is an error`() throws {
        let courier = RecordingCourier()
        courier.answer = #"{"partialSuccess": {"rejectedSpans": "3", "errorMessage": "too old"}}"#
        let error = #expect(throws: ReportError.self) {
            try ReportFormat.otlp.service?.make(courier).finish(SampleRun.result)
        }
        #expect(
            error?.description
                == "cannot send the report to 'http://collector:4318': the collector refused 3 of what was sent: too old"
        )
        // A warning without a refusal is none.
        courier.answer = #"{"partialSuccess": {"errorMessage": "deprecated"}}"#
        try ReportFormat.otlp.service?.make(courier).finish(SampleRun.result)
    }

    @Test func `the metrics have the names that a Prometheus makes of them again`() throws {
        let body = try #require(try requests(SampleRun.result).last { $0.path == "/v1/metrics" }?.body)
        let metrics = body["resourceMetrics"]?.array?.first?["scopeMetrics"]?.array?.first?["metrics"]?.array ?? []
        let names = metrics.compactMap { $0["name"]?.string }
        #expect(names.contains("plumb.run.duration") && names.contains("plumb.scenario.success"))
        let duration = metrics.first { $0["name"] == "plumb.run.duration" }
        #expect(duration?["unit"] == "s")
        #expect(duration?["gauge"]?["dataPoints"]?.array?.first?["asDouble"] == 8.4215)
    }
}
