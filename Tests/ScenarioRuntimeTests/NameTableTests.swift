import Testing

@testable import ScenarioRuntime

struct NameTableTests {
    @Test(arguments: [1, 8, 9, 40])
    func `each name has its last value, however many there are`(count: Int) {
        var table = NameTable<Int>()
        for number in 0..<count { table.set("name \(number)", number) }
        for number in 0..<count { table.set("name \(number)", number * 2) }
        for number in 0..<count { #expect(table["name \(number)"] == number * 2) }
        #expect(table["other"] == nil)
        #expect(table.entries.map(\.name) == (0..<count).map { "name \($0)" })
    }
}
