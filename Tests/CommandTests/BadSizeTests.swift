import Expressions
import PlumbTesting
import Testing

/// Files that are too large, too deep, too many: refused or borne in bounded time and memory.
@Suite(.onOwnThreads) struct BadSizeTests {
    /// A bound of address space in KiB, several times what a passing scenario needs.
    private static let memory = "ulimit -v 600000"

    private func refused(_ text: String, as code: String, within limit: Duration = .seconds(15)) throws -> CommandRun {
        let project = try TestProject(["big.yaml": text])
        let run = try project.run("run", "big.yaml", after: Self.memory, limit: limit)
        #expect(run.status == .exit(2))
        #expect(Problem.all(in: run.standardError).first?.code == code)
        #expect(run.standardError.utf8.count < 20_000, "the excerpt is cut")
        return run
    }

    @Test func `a bomb of aliases is refused by its limit`() throws {
        var text = "x-a: &a [l, l, l, l, l, l, l, l, l]\n"
        for (name, last) in zip("bcdefghi", "abcdefgh") {
            text += "x-\(name): &\(name) [" + (0..<9).map { _ in "*\(last)" }.joined(separator: ",") + "]\n"
        }
        let run = try refused(text + TestProject.passing, as: "yaml.alias-limit")
        #expect(run.standardError.contains("the alias limit"))
    }

    @Test func `a large text that five thousand aliases share is held once`() throws {
        let aliases = (0..<5000).map { _ in "*a" }.joined(separator: ", ")
        let text =
            "x-a: &a \"\(String(repeating: "x", count: 100_000))\"\nvars:\n  big: [\(aliases)]\n"
            + "steps:\n  - assert: [$vars.big | length == 5000]\n"
        let project = try TestProject(["aliases.yaml": text])
        let run = try project.run("run", "aliases.yaml", after: Self.memory, limit: .seconds(240))
        #expect(run.status == .exit(0), "\(run.standardOutput)\(run.standardError)")
    }

    @Test(arguments: ["[", "{a: ", "- "])
    func `a hundred thousand open brackets are refused at once`(_ opening: String) throws {
        _ = try refused("x-a:\n  " + String(repeating: opening, count: 100_000), as: "yaml.too-deep")
    }

    @Test func `scalars, keys and documents have their sizes`() throws {
        let kibibyte = String(repeating: "k", count: 1025)
        _ = try refused("x-a: \"" + String(repeating: "y", count: 5_000_000) + "\"\n", as: "yaml.too-large")
        _ = try refused("x-\(kibibyte): 1\n" + TestProject.passing, as: "yaml.too-large")
        _ = try refused(String(repeating: "---\na: 1\n", count: 20_000), as: "yaml.several-documents")
    }

    @Test func `of very many problems the first are told and the rest counted`() throws {
        let text = (0..<20_000).map { "k\($0): 1\n" }.joined()
        let run = try refused(text, as: "syntax.unknown-key", within: .seconds(40))
        #expect(run.standardError.contains(/and 19,9\d\d more/))
    }

    @Test func `scenarios that use each other too deep are refused with the place`() throws {
        var files: [String: String] = [:]
        for number in 0..<200 { files["_c\(number).yaml"] = "steps:\n  - use: {file: _c\(number + 1).yaml}\n" }
        let project = try TestProject(files)
        let run = try project.run("run", "_c0.yaml")
        #expect(run.status == .exit(2))
        #expect(Problem.all(in: run.standardError).contains { $0.code == "graph.depth" && $0.place.hasSuffix(":2:17") })
    }

    @Test func `ten thousand steps and two thousand files run in order, and the reports are bounded`() throws {
        let step = "  - assert: [$run.id != null]\n"
        let many = try TestProject(["many.yaml": "steps:\n" + String(repeating: step, count: 10_000)])
        let long = try many.run(
            "run", "many.yaml", "--report", "junit=reports/run.xml", "--report", "json=reports/run.json")
        #expect(long.status == .exit(0))
        #expect(try TextFile.bytes(many.path("reports/run.xml")).count < 4 << 20)
        #expect(try TextFile.bytes(many.path("reports/run.json")).count < 4 << 20)

        var files: [String: String] = [:]
        for number in 0..<2000 { files["f\(number + 10_000).yaml"] = TestProject.passing }
        let wide = try TestProject(files)
        let run = try wide.run("run", ".", "--quiet", "--report", "json=reports/run.json")
        #expect(run.status == .exit(0))
        let names = try wide.report()["tests"]?.array?.compactMap { $0["name"]?.string }
        #expect(names == files.keys.map { String($0.dropLast(5)) }.sorted())
    }

    @Test func `a step of ten thousand elements is told in one piece, and ends in time`() throws {
        let project = try TestProject(["each.yaml": "steps:\n  - each: {in: '[range(10000)]'}\n    wait: 0s\n"])
        let limit = Duration.seconds(Sanitizer.isPresent ? 300 : 40)
        let run = try project.run("run", "each.yaml", "--report", "json=reports/run.json", limit: limit)
        #expect(run.status == .exit(0))
        #expect(try TextFile.bytes(project.path("reports/run.json")).count < 4 << 20)
    }
}
