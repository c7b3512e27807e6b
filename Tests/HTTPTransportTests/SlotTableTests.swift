import Testing

@testable import HTTPTransport

/// Numbers for what is under way.
@Suite struct SlotTableTests {
    @Test func `a number finds what was put there until it is taken away`() {
        var table = SlotTable<String>()
        let (a, b) = (table.takePlace(), table.takePlace())
        #expect(table[a] == nil)
        table[a] = "a"
        table[b] = "b"
        #expect(table.ids == [a, b])
        #expect(table.remove(a) == "a")
        #expect(table.remove(a) == nil)
        #expect(table[a] == nil && table[b] == "b")
        #expect(table.ids == [b])
    }

    @Test func `an old number finds nothing of what has its place now`() {
        var table = SlotTable<String>()
        let old = table.takePlace()
        table[old] = "old"
        table.remove(old)
        let new = table.takePlace()
        #expect(new != old)
        table[new] = "new"
        table[old] = "late"
        #expect(table[old] == nil && table[new] == "new")
        #expect(table.remove(old) == nil && table.ids == [new])
    }

    @Test func `a number that was never given finds nothing`() {
        var table = SlotTable<String>()
        #expect(table[0] == nil && table[-1] == nil && table[.max] == nil)
        table.remove(1)
        #expect(table.ids.isEmpty)
    }
}
