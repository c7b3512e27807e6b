import ArgumentParser
import Expressions
import PlumbTesting
import Testing

@testable import plumb

/// A run that several machines share.
@Suite(.onOwnThreads) struct ShardTests {
    @Test func `the parts are all tests together, and none of them twice`() throws {
        let cases = "cases: [{ n: 1 }, { n: 2 }, { n: 3 }]\nsteps:\n  - assert: [$case.n > 0]\n"
        let project = try TestProject(["a.yaml": cases, "b.yaml": TestProject.passing, "c.yaml": TestProject.passing])
        var names: [String] = []
        for part in 1...3 {
            let run = try project.run(
                "run", "a.yaml", "b.yaml", "c.yaml", "--shard", "\(part)/3", "--report", "json=reports/run.json")
            #expect(run.status == .exit(0), "\(run.standardError)")
            let tests = try project.report()["tests"]?.array ?? []
            #expect(tests.compactMap { $0["index"]?.number } == tests.indices.map(Double.init))
            names += tests.compactMap { $0["name"]?.string }
        }
        #expect(names == ["a[1]", "b", "a[2]", "c", "a[3]"])
    }

    @Test func `a part without a test is an error that says so`() throws {
        let run = try TestProject(["a.yaml": TestProject.passing]).run("run", "a.yaml", "--shard", "2/2")
        #expect(run.status == .exit(2))
        #expect(run.standardError.contains("part 2 of 2 has none of the 1 tests"))
    }

    @Test(arguments: ["", "2", "0/2", "3/2", "1/0", "a/b", "1/2/3", "-1/2", "1/20000"])
    func `what is no part is refused`(_ text: String) {
        #expect(throws: (any Error).self) { try Shard(text) }
        #expect(throws: (any Error).self) { try RunCommand.parse(["a.yaml", "--shard=\(text)"]).validate() }
    }
}
