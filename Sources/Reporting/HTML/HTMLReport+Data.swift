internal import Expressions
internal import ScenarioModel

extension HTMLReport {
    /// The table that the list of tests is drawn from: `{suites: […], tests: [[name, suite, verdict, flaky, ms, remark,
    /// tags, past], …]}`, a suite by its place.
    ///
    /// `past` is `[signs, times, unsteady]`, a sign and a time for each run before this one (`KeptTest.sign`); it is
    /// left out where nothing is known.
    func index(_ result: RunResult) -> Value {
        var places: [String: Int] = [:]
        var suites: [Value] = []
        let unsteady = Set(past?.flaky.map(\.name) ?? [])
        let rows = result.tests.map { test -> Value in
            let place = places[test.test.suite] ?? suites.count
            if place == suites.count {
                places[test.test.suite] = place
                suites.append(.string(test.test.suite))
            }
            var row: [Value] = [
                .string(test.test.name), Value(place), .string(test.verdict.rawValue), Value(test.isFlaky ? 1 : 0),
                .number((test.ms * 1000).rounded() / 1000),
                .string(String(CutText.prefix(of: remark(on: test) ?? "", bytes: 300))),
                .array(test.tags.prefix(20).map { .string($0) }),
            ]
            if let kept = past?.tests[test.test.name] {
                row.append(past(kept, isUnsteady: unsteady.contains(test.test.name)))
            }
            return .array(row)
        }
        return ["suites": .array(suites), "tests": .array(rows)]
    }

    /// What became of a test in the runs before this one.
    private func past(_ kept: [KeptTest?], isUnsteady: Bool) -> Value {
        var signs = ""
        var times: [Value] = []
        for test in kept {
            signs += test?.sign ?? "-"
            guard let test, test.isPassed else {
                times.append(.null)
                continue
            }
            times.append(.number((test.ms * 10).rounded() / 10))
        }
        return .array([.string(signs), .array(times), Value(isUnsteady ? 1 : 0)])
    }

    /// Why a test did not pass or run, in one line.
    private func remark(on test: TestResult) -> String? {
        switch test.verdict {
        case .passed: nil
        case .skipped: test.reason
        case .failed, .error:
            (test.failures + TroubledStep.all(in: test).flatMap(\.step.failures)).first?.remark ?? test.reason
        }
    }

    /// Appends what is known of each test, an element for each, until the bytes are used up.
    func appendDetails(of result: RunResult, to bytes: inout [UInt8]) {
        let numbers = result.tests.indices
        let isTrouble = { (number: Int) in
            let test = result.tests[number]
            return test.verdict == .failed || test.verdict == .error || test.isFlaky
        }
        let start = bytes.count
        var line: [UInt8] = []
        for number in numbers.filter(isTrouble) + numbers.filter({ !isTrouble($0) }) {
            line.removeAll(keepingCapacity: true)
            RunEvent.testFinished(result.tests[number]).appendJSONLine(to: &line)
            guard bytes.count - start + line.count <= mostDetailBytes else { continue }
            bytes += #"<script type="application/json" id="t\#(number)">"#.utf8
            PageText.appendJSON(line, to: &bytes)
            bytes += "</script>\n".utf8
        }
    }
}
