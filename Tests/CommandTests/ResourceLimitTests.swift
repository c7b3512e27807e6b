import Expressions
import PlumbTesting
import Testing

/// Few descriptors, little memory, few processes.
@Suite(.onOwnThreads) struct ResourceLimitTests {
    private static func scenario(_ requests: Int) -> String {
        "steps:\n  - id: many\n    each: {in: '[range(\(requests))]', parallel: 40}\n    http: {get: '/${{ $item }}'}\n"
    }

    @Test(arguments: ["ulimit -n 64", "ulimit -n 24", "ulimit -v 400000"])
    func `a run within limits ends by itself, and what lacks is told`(_ limit: String) throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let project = try TestProject(server: server.url, ["a.yaml": Self.scenario(80), "b.yaml": TestProject.passing])
        let run = try project.run(
            "run", "a.yaml", "b.yaml", "--report", "json=reports/run.json", after: limit, limit: .seconds(50))
        let tests = try project.report()["tests"]?.array ?? []
        #expect(tests.count == 2)
        if run.exitStatus == 0 {
            #expect(server.requests.count >= 80)
        } else {
            #expect([1, 3].contains(run.exitStatus))
            #expect(tests.contains { $0["verdict"] == "error" })
            #expect(run.standardOutput.contains("ulimit -n"), "the limit is named: \(run.standardOutput)")
        }
    }

    @Test(arguments: [3, 4, 5, 6, 7, 8, 9, 10, 12])
    func `with hardly a descriptor the run says so or passes`(_ count: Int) throws {
        let project = try TestProject(["a.yaml": TestProject.passing])
        let run = try project.run("run", "a.yaml", after: "ulimit -n \(count)", limit: .seconds(30))
        if run.exitStatus != 0 {
            #expect([2, 3, 127].contains(run.exitStatus))
            #expect(!run.standardError.isEmpty || run.standardOutput.contains("error"), "it says why")
        }
    }
}
