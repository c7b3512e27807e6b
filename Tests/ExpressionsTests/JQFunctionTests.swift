import Testing

@testable import Expressions

/// The table of functions.
struct JQFunctionTests {
    @Test(.enabled(if: JQCommand.isJQ16)) func `the table has exactly jq's functions, and Plumb's own`() throws {
        let answer = try JQCommand.outputs(["builtins"], [.null])
        let jq = Set(try #require(answer.first?[0]?.first?.array).compactMap(\.string))
        let table = Set(
            JQFunction.names.flatMap { name in
                JQFunction.overloads(of: name).map { "\(name)/\($0.arguments.count)" }
            })
        let own: Set = [
            "uuid/0", "now_iso/0", "date_add/1", "rand_int/2", "rand_str/1", "sha256/0", "hmac_sha256/1", "b64url/0",
            "jwt_decode/0", "matches_schema/1", "recall/2", "cosine/2", "percentile/1", "approx/3",
        ]
        let forbidden = jq.filter { JQFunction.forbidden[String($0.prefix { $0 != "/" })] != nil }
        #expect(own.isSubset(of: table))
        // jq hides some of its functions from `builtins`.
        #expect(table.subtracting(own).subtracting(jq).sorted() == [])
        #expect(jq.subtracting(table).subtracting(forbidden).filter { !$0.hasPrefix("_") }.sorted() == [])
    }

    @Test func `arguments are told apart`() {
        #expect(JQFunction.named("map", 1)?.arguments == [.other])
        #expect(JQFunction.named("any", 2)?.arguments == [.same, .other])
        #expect(JQFunction.named("has", 1)?.arguments == [.lenient])
        #expect(JQFunction.named("pow", 2)?.readsDot == false && JQFunction.named("length", 0)?.readsDot == true)
        #expect(JQFunction.named("map", 2) == nil)
    }
}
