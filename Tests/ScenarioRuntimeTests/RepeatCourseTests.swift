import Expressions
import ScenarioModel
import Testing

@testable import ScenarioRuntime

@Suite struct RepeatCourseTests {
    private func counts(_ value: Value, _ column: Int) -> Int {
        (value["over_time"]?.array ?? []).reduce(0) { $0 + Int($1.array?[column].number ?? 0) }
    }

    @Test func `however many runs there are and however long they take, it stays small and loses none`() throws {
        var course = RepeatCourse()
        for number in 0..<20_000 {
            course.record(endedMs: Double(number) * 7, ms: Double(number % 900) + 0.4, isPassed: number % 10 != 0)
        }
        let value = course.value(isOpen: true)
        let rows = try #require(value["over_time"]?.array)
        #expect(rows.count > 60 && rows.count <= RepeatCourse.mostStretches)
        #expect(counts(value, 0) == 18_000)
        #expect(counts(value, 1) == 2000)
        #expect(LatencyCounts(value["histogram"] ?? .null).count == 18_000)
        #expect(LatencyCounts(value["failed_histogram"] ?? .null).count == 2000)
        #expect((value["histogram"]?.array?.count ?? 0) < 200)
        #expect(value["stretch_ms"]?.number.map { $0 * Double(rows.count) >= 140_000 } == true)
        #expect(value["open"] == true)
    }

    @Test(arguments: [1, 31, 32, 33, 1000, 123_456, 3_600_000_000])
    func `a time is kept to one part in sixteen`(microseconds: Int) {
        let kept = LatencyCounts.coarse(microseconds)
        #expect(abs(kept - microseconds) * 16 <= microseconds)
        #expect(LatencyCounts.coarse(kept) == kept)
    }

    @Test func `a stretch in which no run passed has no percentiles`() {
        var course = RepeatCourse()
        course.record(endedMs: 3, ms: 3, isPassed: false)
        course.record(endedMs: 25, ms: 2, isPassed: true)
        let rows = course.value(isOpen: false)["over_time"]?.array
        #expect(rows?.first == [0, 1, nil, nil, nil])
        #expect(rows?.count == 3)
        #expect(rows?[1] == [0, 0, nil, nil, nil])
    }

    @Test func `a repeat reports its course, and no assertion sees it`() throws {
        let outcome = try ScenarioBench(
            """
            steps:
              - id: many
                fake: { code: 200 }
                repeat: { times: 5, assert: [ 'has("course") | not', .runs == 5 ] }
            """
        ).run()
        #expect(outcome.verdicts == ["many passed"])
        let course = try #require(outcome.step("many")?.course)
        #expect(counts(course, 0) == 5)
        #expect(course["open"] == false)
    }
}
