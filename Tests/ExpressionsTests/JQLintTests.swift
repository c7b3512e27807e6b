import Diagnostics
import Expressions
import Testing

/// Expressions that are correct jq and most likely do not mean what was meant.
struct JQLintTests {
    @Test(arguments: [
        (".rows | all", "write .rows[]"), (".rows | all(.ok)", "write .rows[].ok"),
        (".rows | all(.n > 1)", "write .rows[].n > 1"), ("all(.rows[]; .ok)", "write .rows[] | .ok"),
        (".status == 200 and (.rows | all(.ok))", "write .rows[].ok"),
        ("(.a | map(.b)) | all", "write (.a | map(.b)) | .[]"),
    ])
    func `all of nothing is named, with what to write`(_ text: String, _ hint: String) {
        let parsed = Parsed(text)
        #expect(parsed.codes == ["jq.all-of-nothing"] && parsed.errors.isEmpty, "\(parsed.summary)")
        #expect(parsed.summary[0].contains(hint), "\(parsed.summary)")
    }

    @Test(arguments: [
        "(.rows | length > 0) and (.rows | all(.ok))", "all(.a) as $x | $x and (.a | any)", "[.rows[] | all]",
        ".a | type == \"array\" and (length == 0 or all(.[]; .ok))",
    ])
    func `all is fine beside a check that there is something`(_ text: String) {
        #expect(Parsed(text).diagnostics.isEmpty, "\(Parsed(text).summary)")
    }

    @Test(arguments: [
        (".a // 1 == 2", "1 == 2", "write (.a // 1) == …"), (".a == 1 // 2", ".a == 1", "parentheses"),
        (".a // .b and .c", ".b and .c", "write (.a // .b) and …"),
    ])
    func `an alternative beside a comparison is named`(_ text: String, _ mark: String, _ hint: String) {
        let parsed = Parsed(text)
        #expect(parsed.codes == ["jq.alternative-beside-comparison"] && parsed.marked == [mark])
        #expect(parsed.summary[0].contains(hint), "\(parsed.summary)")
    }

    @Test func `a pipe behind logic is named`() {
        let parsed = Parsed(".status == 200 and .body | length == 2")
        #expect(parsed.codes == ["jq.pipe-after-logic"] && parsed.marked == ["|"])
        #expect(parsed.summary[0].contains("write … and (.body | length == 2)"))
        #expect(Parsed("(.a and .b) | not").diagnostics.isEmpty)
    }

    @Test(arguments: [
        ("\"ok\"", "jq.constant", true), ("1", "jq.constant", true), ("null", "jq.constant", true),
        ("true", "jq.constant", false), ("1 == 1", "jq.constant", false), (".status = 200", "jq.assignment", true),
        (".a |= 2", "jq.assignment", true), (".a.b-c == 1", "jq.dash-in-key", true),
        (".a.content-type == 1", "jq.dash-in-key", false), (".a == 9007199254740993", "jq.inexact-number", false),
    ])
    func `assertions that cannot test anything are named`(_ text: String, _ code: String, _ isError: Bool) {
        let parsed = Parsed(text)
        #expect(parsed.codes == [code] && parsed.errors.isEmpty != isError, "\(parsed.summary)")
    }

    @Test(arguments: [
        ".a - .b == 1", ".a-1 == 0", ".a == 9007199254740992", ".a == 1e300", "(.a // 1) == 2", ".a | not", ".ok",
        "$steps.x.ok", "uuid == uuid", ".a | if . == 1 then true else false end", "[.a] | all | not", "now > 1",
    ])
    func `what means what it says passes`(_ text: String) {
        #expect(Parsed(text).diagnostics.allSatisfy { $0.code.id == "jq.all-of-nothing" }, "\(Parsed(text).summary)")
    }

    @Test func `captures and templates are not judged`() {
        for text in ["true", "[.a] | all", ".a = 1"] { #expect(Parsed(text, role: .capture).diagnostics.isEmpty) }
        #expect(Parsed("$vars.a // 1 == 2", role: .template).codes == ["jq.alternative-beside-comparison"])
    }
}
