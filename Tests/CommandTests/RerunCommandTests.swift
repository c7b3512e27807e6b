import ArgumentParser
import Testing

@testable import plumb

/// What a run that failed says of running it again.
@Suite struct RerunCommandTests {
    private func command(_ words: String...) throws -> String? { try RunCommand.parse(words).request.rerunCommand }

    @Test func `all that decides what happens then is in it`() throws {
        let words = [
            "scenarios", "--config", "c.yaml", "--profile", "p", "--env-file", "e.env", "--step", "one", "--var", "n=1",
            "--timeout", "5s", "--retries", "2", "--fault", "api: { hang: true }", "--sandbox-break", "one-replica",
            "--no-skips", "--allow-exec",
        ]
        let again = try #require(try RunCommand.parse(words).request.rerunCommand)
        #expect(
            again == "plumb run scenarios --config c.yaml --profile p --env-file e.env --step one --var n=1 "
                + "--timeout 5s --retries 2 --fault 'api: { hang: true }' --sandbox-break one-replica --no-skips "
                + "--allow-exec --failed")
    }

    @Test func `what only bears on what is told is not`() throws {
        #expect(
            try command("a.yaml", "--quiet", "--report", "json=r.json", "--jobs", "3", "--tag", "smoke")
                == "plumb run a.yaml --failed")
    }

    @Test func `words that mean something to a shell are quoted, and a line that cannot be shown is left out`() throws {
        #expect(try command("it's here.yaml") == #"plumb run 'it'\''s here.yaml' --failed"#)
        #expect(try command("a\nb.yaml") == nil)
    }
}
