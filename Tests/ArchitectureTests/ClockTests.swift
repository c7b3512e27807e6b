import Testing

/// Bad input 63: a clock that is set back or forward makes no duration negative or long.
struct ClockTests {
    @Test func `only dates are taken from the clock on the wall; durations come from one that never runs back`() throws
    {
        let wallClock =
            /\btime\(nil\)|CLOCK_REALTIME|\bgettimeofday\(|\bDate\(\)|\bDate\.now|\bSystemClock\.|\blocaltime|\bgmtime/
        var found: Set<String> = []
        for file in try SourceTree("Sources").files where file.target != "PlumbTesting" {
            let lines = file.lines.filter { $0.code.contains(wallClock) }
            guard !lines.isEmpty else { continue }
            found.insert(file.path)
            for line in lines where House.wallClock[file.path] == nil {
                Issue.record("\(file.path):\(line.number): measure with ContinuousClock, or say why in House.swift")
            }
        }
        #expect(found == Set(House.wallClock.keys), "every reason has its file")
    }
}
