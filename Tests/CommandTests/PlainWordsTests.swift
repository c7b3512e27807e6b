import ArgumentParser
import Testing

@testable import plumb

/// The short way to read the words of `plumb run`, held to the command line's own.
@Suite struct PlainWordsTests {
    @Test(arguments: [
        "a.yaml", "a b c", "--profile p a", "a --profile=p", "--jobs 4 a", "-j 4 a", "a -q", "a --quiet --fail-fast",
        "--var x=1 --var=y=2 a", "--tag smoke --tag !slow a", "--report junit=r.xml --report json=r.json a",
        "--color never a", "--repeat 3 a", "--retries 0 --timeout 5s a", "--config c --env-file e --seed s a",
        "--step one --step two --no-skips a", "--allow-exec --failed a", "--sandbox-break x --sandbox-break y a",
        "--profile p --profile q a", "--seed=a=b a", "--history a",
        "--history-runs 5 --history a", "--history-runs 5 a", "--var=x=--y a", "help",
    ])
    func `words that are plainly right are read alike`(line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let long = try RunCommand.parse(words).request
        if let short = RunRequest(plainWords: words) { #expect(short == long) }
        // What is doubtful may be left to the command line, but these are what people write.
        if !line.contains("=--") { #expect(RunRequest(plainWords: words) != nil) }
    }

    @Test(arguments: [
        "--history postgres://ci@db/plumb a", "a --history postgresql://db/plumb", "a --history=postgres://db/plumb",
        "--history=h.sqlite a", "--history-in database a", "a --history-in=./h.sqlite --history-runs 5",
    ])
    func `an address behind --history is read alike, a path behind it is a scenario`(line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let long = try RunCommand.parse(KeepingOptions.withAddressApart(words)).request
        #expect(long.scenarios.paths == ["a"])
        #expect(long.scenarios.keeping?.place != nil)
        #expect(RunRequest(plainWords: words) == long)
        #expect(RunRequest(plainWords: ["--history", "a"])?.scenarios.keeping?.place == nil)
    }

    @Test(arguments: [
        "", "--help", "-h", "a --help", "--version", "--profile", "--profile --jobs a", "--jobs four a", "--jobs 0 a",
        "--repeat 0 a", "--color blue a", "--unknown a", "-x a", "-j4 a", "-qj 4 a", "a -- b", "a -", "--quiet=yes a",
        "--var x a", "--timeout soon a", "--report nothing=x a", "--report json=r --report junit=r a", "--profile  a",
        "--generate-completion-script bash", "--prof p a",
    ])
    func `whatever is in doubt is left to the command line as a whole`(line: String) {
        let words = line.isEmpty ? [] : line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        #expect(RunRequest(plainWords: words) == nil)
    }

    @Test func `no option of the command is unknown to it`() throws {
        let samples = [
            "number": "7", "text": "t", "format=path": "json=r", "name=value": "x=1", "duration": "5s",
            "color": "always",
        ]
        var seen = 0
        for match in RunCommand.helpMessage().matches(of: /(--[a-z-]+)(?: <([^>]+)>)?/) {
            let name = String(match.1)
            guard !["--help", "--version"].contains(name) else { continue }
            let value = match.2.map { samples[String($0)] ?? "v" }
            let words = [name] + (value.map { [$0] } ?? []) + ["a"]
            guard let long = try? RunCommand.parse(words).request else { continue }
            seen += 1
            #expect(RunRequest(plainWords: words) == long, "\(name)")
        }
        #expect(seen >= 19)
    }
}
