import Expressions
import Testing

@testable import plumb

/// What new scenarios are made of, piece by piece.
struct DraftTests {
    @Test(
        arguments: [
            ("id", 7), ("userId", 7), ("user_id", "x"), ("created_at", "now"), ("updatedAt", "now"), ("expires", 5),
            ("x", "2026-01-31T10:00:00Z"), ("x", "10:20:30"), ("x", "0f0e0d0c-0000-4000-8000-000000000000"),
            ("x", 1_795_371_541), ("x", "chatcmpl-ee3a21759f074f57"), ("total", 3), ("url", "http://x"),
        ] as [(String, Value)])
    func `values that will be others are seen by their names or looks`(name: String, value: Value) {
        #expect(ChangingValue.isLikely(value, named: name))
    }

    @Test(
        arguments: [
            ("name", "Ada"), ("active", true), ("state", "queued"), ("page", 1), ("model", "mixtral"),
            ("city", "New York"),
            ("median", 2), ("valid", false),
        ] as [(String, Value)])
    func `values that people chose stay`(name: String, value: Value) {
        #expect(!ChangingValue.isLikely(value, named: name))
        #expect(ChangingValue.isPlainWord(value))
    }

    @Test func `names of credentials are known, and become variables`() {
        for name in ["Authorization", "X-Api-Key", "access_token", "password", "Set-Cookie", "client_secret", "key"] {
            #expect(SecretName.isSecret(name), "\(name)")
        }
        for name in ["max_tokens", "total_tokens", "name", "keyboard", "Accept", "monkey"] {
            #expect(!SecretName.isSecret(name), "\(name)")
        }
        #expect(SecretName.variable("X-Api-Key") == "X_API_KEY")
        #expect(SecretName.variable("2fa token") == "V_2FA_TOKEN")
    }

    @Test func `trees are written so that templates are templates and all else is text`() {
        let tree = DraftTree.map([
            ("a", .literal("x ${{ y }}")), ("b", .text(DraftText(named: "TOKEN", value: "hidden"))),
            ("c", .plain("null")),
            ("d", .literal("one\ntwo\n")), ("e", .list([.literal("x"), .plain("1")])),
            ("f", .condition("type == \"x\"")),
            ("g", .map([])),
        ])
        #expect(
            tree.yaml { "$env." + $0 } == """
                "a": "x $${{ y }}"
                "b": "${{ $env.TOKEN }}"
                "c": null
                "d": |
                  one
                  two
                "e": ["x", 1]
                "f": {"$": type == "x"}
                "g": {}

                """)
    }

    @Test func `a difference has its hunks, as patch reads them`() {
        let old = (1...30).map { "line \($0)\n" }.joined()
        let new = old.replacing("line 3\n", with: "line three\n").replacing("line 25\n", with: "")
        #expect(
            LineDifference.unified(old, new, path: "a") == """
                --- a
                +++ a
                @@ -1,6 +1,6 @@
                 line 1
                 line 2
                -line 3
                +line three
                 line 4
                 line 5
                 line 6
                @@ -22,7 +22,6 @@
                 line 22
                 line 23
                 line 24
                -line 25
                 line 26
                 line 27
                 line 28

                """)
        #expect(LineDifference.unified(old, old, path: "a") == "")
    }
}
