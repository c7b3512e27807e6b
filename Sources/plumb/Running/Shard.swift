import ArgumentParser
import ScenarioModel

/// A machine's part of the tests that several machines share: every fourth one from the second on is `2/4`.
struct Shard: Equatable {
    let number: Int
    let count: Int

    /// Reads `2/4`; a `ValidationError` says what is wrong.
    init(_ text: String) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1], (1...10_000).contains(count),
            (1...count).contains(number)
        else {
            throw ValidationError("--shard takes PART/PARTS, such as 2/4 for the second of four, not '\(text)'")
        }
        (self.number, self.count) = (number, count)
    }

    /// The tests of the part, in their order; neighbours are dealt to different machines, since they take alike long.
    func part(of tests: [PlannedTest]) -> [PlannedTest] {
        var mine = tests.enumerated().filter { $0.offset % count == number - 1 }.map(\.element)
        for index in mine.indices { mine[index].name.index = index }
        return mine
    }
}
