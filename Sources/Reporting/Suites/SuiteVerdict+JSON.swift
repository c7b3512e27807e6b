internal import Expressions
internal import ScenarioModel

extension SuiteVerdict {
    /// The verdict as a member of `suites`.
    var value: Value {
        [
            "suite": .string(suite), "valid": .bool(isValid), "reasons": .array(reasons.map { .string($0) }),
            "coverage": [
                "configured": .array(coverage.named.map { .string($0) }), "listed": .bool(coverage.isListed),
                "named": Value(coverage.named.count),
                "present": Value(coverage.present), "run": Value(coverage.run), "passed": Value(coverage.passed),
                "percent": .number((coverage.share * 1000).rounded() / 10),
            ],
            "tests": [
                "passed": Value(tests.passed), "failed": Value(tests.failed), "error": Value(tests.errors),
                "skipped": Value(tests.skipped), "flaky": Value(tests.flaky),
            ],
            "connectivity": .array(connectivity.map(\.value)), "performance": .array(performance.map(\.value)),
            "load": .array(load.map(\.value)),
            "elsewhere": .array(
                elsewhere.map { ["test": .string($0.test), "verdict": .string($0.verdict.rawValue)] }),
            "ms": .number((ms * 1000).rounded() / 1000),
        ]
    }

    /// Reads what `value` wrote; nil where it is no verdict.
    init?(_ value: Value) {
        guard let suite = value["suite"]?.string, let isValid = value["valid"]?.bool else { return nil }
        func number(_ keys: String...) -> Int {
            keys.reduce(value) { $0[$1] ?? .null }.number.flatMap { Int(exactly: $0) } ?? 0
        }
        func texts(_ value: Value?) -> [String] { value?.array?.compactMap(\.string) ?? [] }
        self.suite = suite
        self.isValid = isValid
        reasons = texts(value["reasons"])
        coverage = Coverage(
            named: texts(value["coverage"]?["configured"]), isListed: value["coverage"]?["listed"]?.bool ?? false,
            present: number("coverage", "present"),
            run: number("coverage", "run"), passed: number("coverage", "passed"))
        tests = Tests(
            passed: number("tests", "passed"), failed: number("tests", "failed"), errors: number("tests", "error"),
            skipped: number("tests", "skipped"), flaky: number("tests", "flaky"))
        connectivity = (value["connectivity"]?.array ?? []).compactMap { Connectivity($0) }
        performance = (value["performance"]?.array ?? []).compactMap { Measurement($0) }
        load = (value["load"]?.array ?? []).compactMap { Measurement($0) }
        elsewhere = (value["elsewhere"]?.array ?? []).compactMap { one in
            guard let test = one["test"]?.string, let verdict = Verdict(rawValue: one["verdict"]?.string ?? "") else {
                return nil
            }
            return Elsewhere(test: test, verdict: verdict)
        }
        ms = value["ms"]?.number ?? 0
    }
}

extension SuiteVerdict.Connectivity {
    fileprivate var value: Value {
        [
            "target": .string(target), "steps": Value(steps), "errors": Value(errors), "valid": .bool(errors == 0),
        ]
    }

    fileprivate init?(_ value: Value) {
        guard let target = value["target"]?.string else { return nil }
        self.init(
            target: target, steps: value["steps"]?.number.flatMap { Int(exactly: $0) } ?? 0,
            errors: value["errors"]?.number.flatMap { Int(exactly: $0) } ?? 0)
    }
}

extension SuiteVerdict.Measurement {
    fileprivate var value: Value {
        var object = Value.Object([
            ("test", .string(test)), ("step", .string(step)), ("valid", .bool(isHeld)), ("summary", .string(summary)),
            ("missed", .array(missed.map { .string($0) })),
        ])
        for name in Self.figureNames { object[name] = figures[name].map { .number($0) } }
        return .object(object)
    }

    fileprivate init?(_ value: Value) {
        guard let test = value["test"]?.string, let step = value["step"]?.string else { return nil }
        self.init(
            test: test, step: step, isHeld: value["valid"]?.bool ?? false, summary: value["summary"]?.string ?? "",
            missed: value["missed"]?.array?.compactMap(\.string) ?? [])
        for name in Self.figureNames { figures[name] = value[name]?.number }
    }
}
