import EventLoop
import Expressions
import ScenarioModel

/// What a `repeat` has come to so far; nothing is kept per run save what is captured.
///
/// `@unchecked Sendable`: the runs of a repetition share it on the interpreter's executor.
final class RepeatTally: @unchecked Sendable {
    private(set) var runs = 0
    private(set) var passed = 0
    private(set) var failed = 0
    private(set) var errors = 0
    private var errorKinds: [String: Int] = [:]
    var dropped = 0
    var late = 0
    private(set) var latencies = Latencies()
    private var failedLatencies = Latencies()
    private(set) var course = RepeatCourse()
    private var captures: [String: [(index: Int, value: Value)]] = [:]
    /// The first failures in full.
    private(set) var samples: [StepReport] = []
    private static let sampleLimit = 3

    /// Adds a run that has ended, so many milliseconds after runs began to count.
    func add(
        _ ending: RunEnding, index: Int, ms: Double, endedMs: Double, captureNames: [String],
        nested: [(step: String, names: [String])]
    ) {
        runs += 1
        let value: SharedValue?
        switch ending {
        case .passed(let made):
            value = made
            passed += 1
            latencies.record(ms)
            course.record(endedMs: endedMs, ms: ms, isPassed: true)
        case .told(let outcome):
            value = outcome.value
            let isPassed = count(outcome.report, index: index, ms: ms)
            course.record(endedMs: endedMs, ms: ms, isPassed: isPassed)
        }
        guard let value else { return }
        for name in captureNames {
            if let captured = value.field(name)?.value { captures[name, default: []].append((index, captured)) }
        }
        for (step, names) in nested {
            for name in names {
                guard let captured = value.field(step)?.field(name)?.value else { continue }
                captures[name, default: []].append((index, captured))
            }
        }
    }

    /// Counts a run that was told in full; says whether it passed.
    private func count(_ report: StepReport, index: Int, ms: Double) -> Bool {
        switch report.verdict {
        case .passed, .skipped:
            passed += 1
            latencies.record(ms)
            return true
        case .failed, .error:
            if report.verdict == .failed { failed += 1 } else { errors += 1 }
            failedLatencies.record(ms)
            errorKinds[Self.kind(of: report), default: 0] += 1
            guard samples.count < Self.sampleLimit else { return false }
            var sample = report
            sample.id = "\(sample.id)[\(index)]"
            sample.ms = ms
            samples.append(sample)
            return false
        }
    }

    private static func kind(of report: StepReport) -> String {
        let failure = report.failures.first ?? report.children.lazy.compactMap(\.failures.first).first
        return failure?.code ?? "unknown"
    }

    /// The aggregate that `repeat.assert` judges (language.md §2).
    func value(elapsed: Duration, captureNames: [String]) -> Value.Object {
        var object = Value.Object()
        object["runs"] = Value(runs)
        object["passed"] = Value(passed)
        object["failed"] = Value(failed)
        object["errors"] = Value(errors)
        object["error_kinds"] = .object(
            Value.Object(errorKinds.sorted { $0.key < $1.key }.map { ($0.key, Value($0.value)) }))
        object["dropped"] = Value(dropped)
        object["late"] = Value(late)
        let seconds = elapsed.milliseconds / 1000
        object["per_second"] = .number(seconds > 0 ? (Double(runs) / seconds * 100).rounded() / 100 : 0)
        object["ms"] = latencies.value
        object["failed_ms"] = failedLatencies.value
        for name in captureNames {
            object[name] = .array((captures[name] ?? []).sorted { $0.index < $1.index }.map(\.value))
        }
        return object
    }
}
