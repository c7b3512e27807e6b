import Expressions
import ScenarioModel

/// What a `repeat` has come to so far; nothing is kept per run save what is captured.
///
/// `@unchecked Sendable`: the runs of a repetition share it on the interpreter's executor.
final class RepeatTally: @unchecked Sendable {
    var counts = RunCounts()
    private(set) var course = RepeatCourse()
    private var captures: [String: [(index: Int, value: Value)]] = [:]
    /// The first failures in full.
    private(set) var samples: [StepReport] = []
    private static let sampleLimit = 3
    /// The connection that its runs used; nil where they used none, or several.
    private(set) var target: String?

    /// Adds a run that has ended, so many milliseconds after runs began to count.
    func add(
        _ ending: RunEnding, index: Int, ms: Double, endedMs: Double, captureNames: [String],
        nested: [(step: String, names: [String])]
    ) {
        let value: SharedValue?
        switch ending {
        case .passed(let passed):
            value = passed.findings.value
            if target == nil { target = passed.carrier.target?.name }
            counts.addPassed(ms)
            course.record(endedMs: endedMs, ms: ms, isPassed: true)
        case .told(let outcome):
            value = outcome.value
            if target == nil { target = Self.target(of: outcome.report) }
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
            counts.addPassed(ms)
            return true
        case .failed, .error:
            counts.addFailed(ms, isError: report.verdict == .error, kind: Self.kind(of: report))
            guard samples.count < Self.sampleLimit else { return false }
            var sample = report
            sample.id = "\(sample.id)[\(index)]"
            sample.ms = ms
            samples.append(sample)
            return false
        }
    }

    /// The connection of a run: its own, or the one that all steps of a group share.
    private static func target(of report: StepReport) -> String? {
        if let target = report.target { return target }
        let targets = Set(report.children.compactMap { target(of: $0) })
        return targets.count == 1 ? targets.first : nil
    }

    private static func kind(of report: StepReport) -> String? {
        let failure = report.failures.first ?? report.children.lazy.compactMap(\.failures.first).first
        return failure?.code
    }

    /// The aggregate that `repeat.assert` judges (language.md §2).
    func value(elapsed: Duration, captureNames: [String]) -> Value.Object {
        var object = counts.value(elapsed: elapsed)
        for name in captureNames {
            object[name] = .array((captures[name] ?? []).sorted { $0.index < $1.index }.map(\.value))
        }
        return object
    }
}
