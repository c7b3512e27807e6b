import Expressions
import ScenarioModel

/// A run that has one test of every kind that a report must show.
enum SampleRun {
    static let result = RunResult(
        start: start, tests: tests,
        notes: ["the worker was restarted after 'gateway/timeouts'", "suite 'vector' is disabled (plumb.yaml:40)"],
        end: RunEnd(ms: 8421.5, isInterrupted: false, status: 1, requests: 1204))

    /// The events that a run with this result sends, tests finishing in reverse.
    static let events: [RunEvent] = {
        var events: [RunEvent] = [.runStarted(start)]
        for test in tests { events.append(.testStarted(test: test.test.index, ms: test.startedMs)) }
        for test in tests.reversed() {
            for step in test.steps {
                events.append(
                    .stepStarted(
                        test: test.test.index, id: step.id, trail: step.id, kind: step.kind, ms: step.startedMs))
                events.append(
                    .stepFinished(
                        test: test.test.index, id: step.id, trail: step.id, verdict: step.verdict, ms: step.ms))
            }
            events.append(.testFinished(test))
        }
        events += result.notes.map { .note($0) }
        return events + [.runFinished(result.end)]
    }()

    /// What only some steps tell while they run.
    static let progress: [RunEvent] = [100_000, nil].map {
        .stepProgressed(
            test: 0, trail: "chat", progress: StepProgress(done: 2560, of: $0, unit: "points"), ms: 9.5)
    }

    /// What only runs with needs tell, after their tests have ended.
    static let cleanedNeeds: [RunEvent] = {
        let place = Place(
            file: "main.yaml", line: 2, column: 5, endColumn: 9, text: "    auth: { file: _login.yaml }")
        var cleanup = StepReport(id: "auth", name: "cleanup", kind: "need", place: place, verdict: .passed)
        cleanup.startedMs = 8000
        cleanup.ms = 4
        cleanup.children = [StepReport(id: "out", name: nil, kind: "http", place: place, verdict: .passed)]
        return [.needCleaned(test: 0, cleanup: cleanup)]
    }()

    static let start: RunStart = {
        var start = RunStart(
            id: "7f3a", version: "0.1.0", seed: "42", profile: "embedded", started: "2026-01-31T12:00:00.250Z", jobs: 4,
            tests: tests.map(\.test))
        start.suites = [
            ConfiguredSuite(
                suite: "gateway", scenarios: ["routing", "timeouts", "streaming", "limits"], missing: ["limits"]),
            ConfiguredSuite(suite: "load", scenarios: ["steady"]),
        ]
        return start
    }()

    static let tests: [TestResult] = [
        passed, failed, timedOut, skipped, flaky, repeated, elements, cleanupFailed, hostile, ranOut,
    ]

    private static func name(_ index: Int, _ suite: String, _ scenario: String, row: String? = nil) -> TestName {
        let path = suite.isEmpty ? scenario : "\(suite)/\(scenario)"
        return TestName(
            index: index, name: path + (row.map { "[\($0)]" } ?? ""), file: "scenarios/\(path).yaml", suite: suite,
            scenario: scenario, row: row)
    }

    private static func step(
        _ id: String, kind: String = "http", _ verdict: Verdict, ms: Double, line: Int = 3, name: String? = nil,
        with change: (inout StepReport) -> Void = { _ in }
    ) -> StepReport {
        let place = Place(
            file: "scenarios/gateway/routing.yaml", line: line, column: 5, endColumn: 5 + 4 + id.utf8.count,
            text: "  - id: \(id)")
        var step = StepReport(id: id, name: name, kind: kind, place: place, verdict: verdict)
        step.startedMs = 1.25
        step.ms = ms
        change(&step)
        return step
    }

    static let exchange = StepReport.Exchange(
        summary: "POST http://127.0.0.1:8000/v1/chat/completions",
        request: ["POST /v1/chat/completions HTTP/1.1", "content-type: application/json", "", #"{"model":"hermes"}"#],
        response: ["HTTP/1.1 200 OK", "content-type: application/json"],
        body: #"{"id":"chatcmpl-1","model":"mixtral","choices":[],"usage":{"total_tokens":0}}"#, bodyBytes: 31_457_280,
        command: #"curl -sS -X POST -H 'content-type: application/json' -d '{"model":"hermes"}' "#
            + "http://127.0.0.1:8000/v1/chat/completions",
        timing: .init([("connect", 0.4), ("total", 210.125)]),
        attributes: .init([
            ("http.request.method", "POST"), ("url.full", "http://127.0.0.1:8000/v1/chat/completions"),
            ("server.address", "127.0.0.1"), ("server.port", 8000), ("http.response.status_code", 200),
        ]))

    static let trace = StepReport.Trace(
        traceID: TraceID(run: "7f3a", test: 1).text, spanID: "00f067aa0ba902b7",
        attemptSpanID: "53995c3f42cd8ad8",
        startedMs: 2.5, ms: 208)

    static let passed = TestResult(
        test: name(0, "gateway", "routing", row: "mixtral"), description: "Each model's name reaches its service.",
        tags: ["smoke", "gateway"], verdict: .passed, startedMs: 0.5, ms: 312.4,
        steps: [
            step("chat", .passed, ms: 210) {
                $0.target = "gateway"
                $0.exchange = exchange
                $0.captures = .init([
                    ("completion", "chatcmpl-1"), ("tokens", 12), ("ids", .array([1, 2.5, nil, true])),
                ])
            }
        ])

    static let failed = TestResult(
        test: name(1, "gateway", "routing", row: "hermes"), verdict: .failed, startedMs: 2, ms: 312,
        steps: [
            step("chat", .failed, ms: 210, name: "a completion of the model asked for") {
                $0.target = "gateway"
                $0.trace = trace
                $0.exchange = exchange
                $0.failures = [falseAssertion, mismatch]
                $0.polls = .init(count: 12, ms: 5012, last: "false")
            },
            step("stored", kind: "sql", .skipped, ms: 0, line: 20) {
                $0.reason = "chat failed"
                $0.needs = ["chat"]
            },
        ])

    static let falseAssertion = FailureReport(
        code: "assert.false", verdict: .failed, message: "the comparison is false",
        place: Place(
            file: "scenarios/gateway/routing.yaml", line: 12, column: 9, endColumn: 36,
            text: "      - .body.choices | length == 1"),
        name: "one choice",
        operands: [
            .init(text: ".body.choices | length", type: "number", value: "0"),
            .init(text: "1", type: "number", value: "1"),
        ], hint: "the list '.body.choices' is empty", settings: ["timeout 2s (plumb.yaml:12)"])

    static let mismatch = FailureReport(
        code: "expect.mismatch", verdict: .failed, message: "the result differs from 'expect' in 4 places",
        place: Place(
            file: "scenarios/gateway/routing.yaml", line: 9, column: 7, endColumn: 11, text: "      body:"),
        differences: [
            .init(path: ".body.model", kind: .value, expected: #""hermes""#, actual: #""mixtral""#),
            .init(
                path: ".body.usage.total_tokens", kind: .predicate, expected: ". > 0", actual: "0",
                place: Place(
                    file: "scenarios/gateway/routing.yaml", line: 10, column: 44, endColumn: 50,
                    text: "        usage: { total_tokens: { $: . > 0 } }")),
            .init(path: ".body.created", kind: .missing, expected: "1700000000", actual: nil),
            .init(path: ".body.error", kind: .unexpected, expected: nil, actual: #"{"kind":"x"}"#),
        ])

    static let timedOut = TestResult(
        test: name(2, "gateway", "timeouts"), verdict: .error, startedMs: 3, ms: 2003,
        steps: [
            step("slow", .error, ms: 2000) {
                $0.exchange = .init(
                    summary: "GET http://127.0.0.1:8000/slow", command: "curl -sS http://127.0.0.1:8000/slow")
                $0.retries = [
                    .init(cause: "connect: refused", ms: 1.5, waitedMs: 200),
                    .init(cause: "status 503", ms: 12, waitedMs: 400),
                ]
                $0.failures = [
                    FailureReport(
                        code: "http.timeout", verdict: .error,
                        message: "no answer within 2 s, while waiting for headers",
                        settings: ["timeout 2s (scenarios/gateway/timeouts.yaml:7)"], notes: ["0 bytes received"])
                ]
            }
        ])

    static let skipped = TestResult(
        test: name(3, "metrics", "scrape"), verdict: .skipped, reason: "profile 'embedded' has no target 'prometheus'")

    static let flaky = TestResult(
        test: name(4, "gateway", "streaming"), verdict: .passed, isFlaky: true, startedMs: 5, ms: 95,
        steps: [
            step("stream", .passed, ms: 94) {
                $0.isFlaky = true
                $0.retries = [
                    .init(cause: "status 503", ms: 3, waitedMs: 50, startedMs: 5.5, spanID: "b7ad6b7169203331")
                ]
                $0.notes = ["'id' 9007199254740993 is carried as text"]
            }
        ])

    static let repeated = TestResult(
        test: name(5, "load", "steady"), verdict: .passed, startedMs: 6, ms: 5000,
        steps: [
            step("burst", kind: "group", .passed, ms: 4990) {
                $0.reason = "98/100 passed, p95 412 ms"
                $0.aggregate = [
                    "runs": 100, "passed": 98, "failed": 2, "dropped": 0, "per_second": 20.04,
                    "error_kinds": ["assert.false": 2],
                    "ms": ["min": 35.5, "mean": 171, "p50": 150, "p90": 300, "p95": 412.25, "p99": 480, "max": 500.5],
                ]
                $0.course = [
                    "open": true, "stretch_ms": 640,
                    "over_time": [[60, 0, 140.5, 390, 470], [0, 2, nil, nil, nil], [38, 0, 155, 420, 500.5]],
                    "histogram": [[35500, 1], [150000, 60], [300000, 32], [412000, 5]],
                    "failed_histogram": [[40000, 2]],
                ]
                $0.children = [step("run[17]", .failed, ms: 40) { $0.failures = [falseAssertion] }]
            }
        ])

    static let elements = TestResult(
        test: name(6, "", "users"), verdict: .failed, startedMs: 7, ms: 60,
        steps: [
            step("setup", kind: "group", .failed, ms: 59) {
                $0.children = [
                    step("users", kind: "group", .failed, ms: 58) { users in
                        users.children = (0..<14).map { index in
                            step("users[\(index)]", index == 1 ? .passed : .failed, ms: Double(index)) {
                                if index != 1 { $0.failures = [falseAssertion] }
                            }
                        }
                    }
                ]
            }
        ])

    static let cleanupFailed = TestResult(
        test: name(7, "data", "rows"), verdict: .error, startedMs: 8, ms: 44,
        steps: [step("insert", kind: "sql", .passed, ms: 4)],
        cleanup: [
            step("delete", kind: "sql", .error, ms: 40, line: 31) {
                $0.failures = [
                    FailureReport(code: "cleanup.failed", verdict: .error, message: "the connection was closed")
                ]
                $0.notes = ["may have left something: row 17"]
            }
        ])

    /// Names and texts as an attacker, or a service that is not well, would choose them.
    static let hostile = TestResult(
        test: name(8, "naïve <b> & 'x'", "prüf | `ung` ]]>", row: "\u{1B}[31mred\u{202E}\u{0}\n  two  spaces 😀"),
        verdict: .failed, reason: "a\u{7F}b", ms: 1,
        steps: [
            step("inject", .failed, ms: 1) {
                $0.exchange = .init(
                    summary: "GET http://x/\u{1B}]0;title\u{7}", response: ["HTTP/1.1 200 \u{9B}31m"],
                    body: "```\n</failure>]]>\u{FFFE}\u{1B}[2J\r\n\u{2028}end", bodyBytes: 40)
                $0.failures = [
                    FailureReport(
                        code: "assert.false", verdict: .failed, message: "value is '\u{202E}evil\u{1B}[0m' & \"<tag>\"",
                        place: Place(
                            file: "scénario\u{1B}.yaml", line: 4, column: 12, endColumn: 17,
                            text: "\tprüf 😀 == \"x\"\u{1B}[0m"),
                        operands: [.init(text: ".body", type: "string", value: "\"\u{1B}[31m\u{0}\u{FEFF}\"")])
                ]
            }
        ])

    /// A test that failed as a whole.
    static let ranOut = TestResult(
        test: name(9, "gateway", "slow"), verdict: .error, startedMs: 10, ms: 300_000,
        failures: [
            FailureReport(
                code: "scenario.timeout", verdict: .error, message: "the scenario took longer than 5 min",
                settings: ["scenario timeout 5m (default)"])
        ])
}
