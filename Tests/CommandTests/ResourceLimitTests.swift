import Expressions
import Glibc
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

    /// The program under a limit of processes and threads, as a user who has no others.
    ///
    /// The limit counts all of a user's, and does not hold for root, so the program runs as somebody else.
    private func run(_ project: TestProject, threads: Int, _ file: String) throws -> CommandRun? {
        let user = 60_000 + Int(getpid()) % 5000
        chmod(project.path(""), 0o777)
        chmod(project.path("reports"), 0o777)
        let limits = "exec prlimit --nproc=\(threads) setpriv --reuid=\(user) --regid=\(user) --clear-groups"
        let run = try project.run(
            "run", file, "--report", "json=reports/run.json", after: limits + #" "$0" "$@""#, limit: .seconds(40))
        // Where that user may not even start the program, there is nothing to see.
        return run.standardError.contains("setpriv") ? nil : run
    }

    @Test(.enabled(if: getuid() == 0 && TextFile.exists("/usr/bin/setpriv")), arguments: [1, 2, 3, 4, 6])
    func `few threads make an error or do, and nothing waits for one that never comes`(_ threads: Int) throws {
        // Nothing but libjq evaluates the first; the second would never end if nobody watched.
        let project = try TestProject([
            "jq.yaml": """
            keep_going: true
            steps:
              - {id: short, assert: ['$run.id | test("a") or true']}
              - {id: endless, assert: ['$run.id | def f: f; f']}
            """
        ])
        guard let run = try run(project, threads: threads, "jq.yaml") else { return }
        #expect(run.status == .exit(3))
        let text = run.standardOutput
        if threads == 1 {
            #expect(text.contains("the worker could not be started: resource temporarily unavailable"))
        } else {
            #expect(text.contains("ulimit -u") || text.contains("does not end: stopped after 1 s"), "\(text)")
        }
        #expect(try project.report()["tests"]?.array?.count == 1)
    }

    @Test(.enabled(if: getuid() == 0 && TextFile.exists("/usr/bin/setpriv")))
    func `a sandbox that finds no thread is told, and the run ends`() throws {
        let project = try TestProject([
            "one.yaml": TestProject.passing, "plumb.yaml": "secrets: [TOKEN]\nprofiles: {p: {sandbox: true}}\n",
        ])
        guard let run = try run(project, threads: 3, "one.yaml") else { return }
        #expect(run.status == .exit(3))
        #expect(run.standardError.contains("error: the sandbox "), "\(run.standardError)")
    }

    /// What a limit of memory does to a body that does not fit: nothing of the run hangs, and what lacks is named.
    @Test(.enabled(if: !Sanitizer.isPresent), arguments: ["prlimit --as=268435456", "prlimit --data=134217728"])
    func `a body beyond the memory that there is takes its own test only`(_ limit: String) throws {
        let server = try SimpleHTTPServer { request in
            request.path == "/large"
                ? .json("[" + String(repeating: "\"0123456789abcdef\",", count: 4_000_000) + "1]") : .json("{}")
        }
        let project = try TestProject(
            server: server.url,
            [
                "large.yaml": "steps:\n  - http: {get: /large, max_bytes: 1GiB}\n    assert: [.body | length > 1]\n",
                "small.yaml": "steps:\n  - http: {get: /}\n",
            ])
        let run = try project.run(
            "run", "large.yaml", "small.yaml", "--jobs", "1", "--report", "json=reports/run.json",
            after: "exec \(limit) \"$0\" \"$@\"", limit: .seconds(60))
        // The loader itself may find no room for the libraries of a debug build.
        if run.standardError.contains("while loading shared libraries") { return }
        #expect(run.status == .exit(3), "\(run.standardOutput)")
        let tests = try project.report()["tests"]?.array ?? []
        #expect(tests.compactMap { $0["verdict"]?.string } == ["error", "passed"])
        #expect(run.standardOutput.contains("no memory was left ("), "\(run.standardOutput)")
    }
}
