public import Expressions

/// A whole load as reports see it.
public struct LoadResult: Sendable, Hashable {
    /// The version of the report's form; a change that breaks readers raises it.
    public static let format = 1
    /// The most intervals that are kept; beyond it neighbours become one.
    public static let mostIntervals = 600

    public var start: LoadStart
    /// In the order of time.
    public private(set) var intervals: [LoadInterval] = []
    public private(set) var notes: [String] = []
    public var outcome: LoadOutcome?
    public var comparison: LoadComparison?
    /// How many of the load's own intervals each kept one but the last stands for.
    private var width = 1
    private var filled = 0

    /// Creates the result of a load that has just started.
    public init(start: LoadStart) { self.start = start }

    /// Takes the next event.
    public mutating func receive(_ event: LoadEvent) {
        switch event {
        case .started(let start): self.start = start
        case .note(let text): if notes.count < 100 { notes.append(text) }
        case .finished(let outcome): self.outcome = outcome
        case .interval(let interval): add(interval)
        }
    }

    private mutating func add(_ interval: LoadInterval) {
        if filled > 0, filled < width, let last = intervals.popLast() {
            intervals.append(last.joined(with: interval))
            filled += 1
        } else {
            intervals.append(interval)
            filled = 1
        }
        guard intervals.count > Self.mostIntervals else { return }
        var halved: [LoadInterval] = []
        for index in stride(from: 0, to: intervals.count - 1, by: 2) {
            halved.append(intervals[index].joined(with: intervals[index + 1]))
        }
        if !intervals.count.isMultiple(of: 2) {
            halved.append(intervals[intervals.count - 1])
        } else {
            filled = width * 2
        }
        intervals = halved
        width *= 2
    }

    /// The intervals that count.
    public var counted: [LoadInterval] { intervals.filter { !$0.isWarmup } }

    /// The exit status of the command.
    public var status: Int { outcome?.status ?? 3 }

    /// What a history keeps of it: all that comparisons and `$baseline` read, in bounded size.
    ///
    /// The blocks that comparisons rank stand for the intervals; runs that failed, and most names of tests, are left out.
    public var condensed: LoadResult {
        var condensed = self
        condensed.start.tests = Array(start.tests.prefix(Self.mostNames))
        condensed.outcome?.samples = []
        condensed.outcome?.latencies = LatencyCounts()
        condensed.intervals = LoadComparison.blocks(counted).map { block in
            var block = block
            block.steps = .init()
            block.failing = []
            return block
        }
        return condensed
    }

    /// The names of tests that a condensed result has at most.
    private static let mostNames = 20
}

extension LoadResult: ResultWritable {
    func write(to writer: inout some ResultWriter) {
        writer.integer("format", Self.format)
        writer.symbol("kind", "load")
        writer.record("run", start)
        writer.integer("status", status)
        writer.record("outcome", ifPresent: outcome)
        writer.record("comparison", ifPresent: comparison)
        writer.texts("notes", unlessEmpty: notes)
        writer.records("intervals", intervals)
    }

    /// Appends the report as one JSON document on one line.
    public func appendJSON(to bytes: inout [UInt8]) {
        JSONBytesWriter.append(self, to: &bytes, masking: nil)
    }

    /// What a history keeps of it, as text.
    public var record: String {
        var bytes: [UInt8] = []
        condensed.appendJSON(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads what a history kept; nil where a newer version wrote it in another form.
    public init?(record: String) {
        guard let value = try? JSON.parse(Array(record.utf8)).value, let result = try? LoadResult(json: value) else {
            return nil
        }
        self = result
    }

    /// Reads a report; the comparison that it may hold is left out.
    public init(json: Value) throws(ResultFormatError) {
        let reader = try ResultReader(json)
        guard try reader.optionalText("kind") == "load" else {
            throw ResultFormatError(path: ".kind", expected: "'load'")
        }
        self.init(start: try reader.record("run"))
        outcome = try reader.optionalRecord("outcome")
        intervals = try reader.records("intervals")
        notes = try reader.texts("notes")
    }
}
