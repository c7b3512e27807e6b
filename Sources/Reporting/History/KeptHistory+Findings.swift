internal import ScenarioModel

extension KeptHistory {
    /// The tests that did not pass in the last run of which they were a part.
    public var unpassed: Set<String> {
        Set(tests.filter { $0.value.lazy.compactMap { $0 }.last { $0.verdict != .skipped }?.isTrouble ?? false }.keys)
    }

    /// A test that passes and fails, or passes after a retry only.
    public struct Flaky: Sendable, Hashable {
        public var name: String
        /// Runs in which it was carried out.
        public var runs: Int
        /// Runs in which it did not pass.
        public var troubles: Int
        /// Runs in which it passed after a retry.
        public var retried: Int
        /// How often its verdict was another than in the run before.
        public var changes: Int
    }

    /// The tests whose verdict changed more than once, or that needed a retry; the most unsteady first.
    ///
    /// One change is a test that broke or was mended, which is news and not unsteadiness.
    public var flaky: [Flaky] {
        var found: [Flaky] = []
        for (name, places) in tests {
            let ran = places.compactMap { $0 }.filter { $0.verdict != .skipped }
            let changes = zip(ran, ran.dropFirst()).count { $0.isPassed != $1.isPassed }
            let retried = ran.count { $0.isPassed && $0.isFlaky }
            guard changes > 1 || retried > 0 else { continue }
            found.append(
                Flaky(
                    name: name, runs: ran.count, troubles: ran.count(where: \.isTrouble), retried: retried,
                    changes: changes))
        }
        return found.sorted { ($1.changes + $1.retried, $0.name) < ($0.changes + $0.retried, $1.name) }
    }

    /// How long a test takes.
    public struct Slow: Sendable, Hashable {
        public var name: String
        public var runs: Int
        /// The median of the runs in which it passed, in milliseconds.
        public var median: Double
        /// The last of them.
        public var last: Double
        /// The time in each run; nil where it did not pass.
        public var figures: [Double?]
    }

    /// The tests that passed in a run, those that take longest first.
    public var slow: [Slow] {
        var found: [Slow] = []
        for (name, places) in tests {
            let figures = places.map { test in test.flatMap { $0.isPassed ? $0.ms : nil } }
            let passed = figures.compactMap { $0 }
            guard let last = passed.last, let median = passed.median else { continue }
            found.append(Slow(name: name, runs: passed.count, median: median, last: last, figures: figures))
        }
        return found.sorted { ($1.median, $0.name) < ($0.median, $1.name) }
    }

    /// How one run differs from another.
    public struct Comparison: Sendable, Hashable {
        public var before: KeptRun
        public var after: KeptRun
        /// Tests that passed before and do not any more.
        public var broken: [String] = []
        /// Tests that did not pass before and do now.
        public var mended: [String] = []
        public var slower: [Pace] = []
        public var faster: [Pace] = []
        public var added: [String] = []
        public var removed: [String] = []
    }

    /// The time of a test that passed in both runs, in milliseconds.
    public struct Pace: Sendable, Hashable {
        public var name: String
        public var before: Double
        public var after: Double
    }

    /// Compares two runs by their places in `runs`.
    ///
    /// A test is slower, or faster, where its times differ by half and by more than 50 ms: less is a machine's noise.
    public func comparison(of before: Int, with after: Int) -> Comparison {
        var result = Comparison(before: runs[before], after: runs[after])
        for name in tests.keys.sorted() {
            guard let places = tests[name] else { continue }
            switch (places[before], places[after]) {
            case (nil, nil): break
            case (nil, _): result.added.append(name)
            case (_, nil): result.removed.append(name)
            case (let old?, let new?):
                if old.isPassed, new.isTrouble { result.broken.append(name) }
                if old.isTrouble, new.isPassed { result.mended.append(name) }
                guard old.isPassed, new.isPassed, abs(new.ms - old.ms) > 50 else { continue }
                let pace = Pace(name: name, before: old.ms, after: new.ms)
                if new.ms > old.ms * 1.5 { result.slower.append(pace) }
                if old.ms > new.ms * 1.5 { result.faster.append(pace) }
            }
        }
        return result
    }
}
