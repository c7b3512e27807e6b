import Testing

@testable import Expressions

struct SharedValueTests {
    /// Has two members, and counts how often each is made.
    private final class Source: MemberSource {
        var asked: [String: Int] = [:]
        var memberNames: [String] { ["a", "b"] }

        func member(_ name: String) -> Value? {
            guard memberNames.contains(name) else { return nil }
            asked[name, default: 0] += 1
            return .string(name)
        }
    }

    @Test func `members of a source are made when they are read, and once`() {
        let source = Source()
        let value = SharedValue(members: source)
        #expect(source.asked.isEmpty)
        #expect(value.field("b")?.value == "b")
        #expect(value.field("b")?.value == "b")
        #expect(value.field("c") == nil)
        #expect(source.asked == ["b": 1])
        #expect(value.fieldNames == ["a", "b"])
        #expect(value.value.json == #"{"a":"a","b":"b"}"#)
        #expect(source.asked == ["a": 1, "b": 1])
    }

    @Test func `what is added stands behind the others and in the place of its name`() {
        let source = Source()
        let value = SharedValue(members: source).adding([.init("c", 1)]).adding([.init("a", 2), .init("d", 3)])
        #expect(value.fieldNames == ["b", "c", "a", "d"])
        #expect(value.field("a")?.value == 2)
        #expect(value.value.json == #"{"b":"b","c":1,"a":2,"d":3}"#)
        #expect(source.asked == ["b": 1])
    }

    @Test func `a whole object takes members in, and what is none is left behind`() {
        #expect(SharedValue(["a": 1]).adding([.init("b", 2)]).value == ["a": 1, "b": 2])
        #expect(SharedValue(7).adding([.init("b", 2)]).value == ["b": 2])
    }
}
