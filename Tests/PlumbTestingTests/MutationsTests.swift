import PlumbTesting
import Testing

struct MutationsTests {
    @Test func `the same seed gives the same texts, and hardly one is what it was`() {
        let original = "steps:\n  - http: { get: /a }\n"
        let first = Array(Mutations(of: [original], words: ["[["], count: 200, seed: 7))
        #expect(first == Array(Mutations(of: [original], words: ["[["], count: 200, seed: 7)))
        #expect(first != Array(Mutations(of: [original], words: ["[["], count: 200, seed: 8)))
        #expect(first.count == 200)
        #expect(first.count { $0 == Array(original.utf8) } < 40)
        #expect(Set(first).count > 100)
    }
}
