import Expressions
import PlumbTesting
import Testing

/// Where the output goes, and what it may hold.
@Suite(.onOwnThreads) struct OutputTests {
    private static func files() -> [String: String] {
        ["good.yaml": TestProject.passing, "bad.yaml": "steps:\n  - assert: [$run.id == null]\n"]
    }

    @Test(arguments: [">&-", "2>&-", "<&-", ">&- 2>&- <&-", ">/dev/full 2>&1"])
    func `the status is the run's, whatever becomes of the streams`(_ redirection: String) throws {
        let project = try TestProject(Self.files())
        for (name, status) in [("good", 0), ("bad", 1)] {
            let run = try project.run(
                "run", "\(name).yaml", "--report", "json=reports/run.json", "--report", "junit=reports/run.xml",
                after: "exec \(redirection)")
            #expect(run.status == .exit(status))
            #expect(try project.report()["end"]?["status"] == .number(Double(status)))
        }
    }

    @Test func `a reader that goes away early is no trouble`() throws {
        var files: [String: String] = [:]
        for number in 0..<200 { files["s/f\(number).yaml"] = TestProject.passing }
        let project = try TestProject(files)
        let program = RunningCommand.binary("plumb")
        let run = try RunningCommand(
            "/bin/sh", ["-c", "{ \"$0\" run s; echo status $? >&2; } | head -n 1", program],
            environment: RunningCommand.plainEnvironment, in: project.path("")
        ).finish()
        #expect(run.standardOutput.hasPrefix("plumb "))
        #expect(run.standardError == "status 0\n")
    }

    @Test(arguments: ["junit", "json", "jsonl", "markdown"])
    func `a report that cannot be written is an error, and the older one stays`(_ format: String) throws {
        let project = try TestProject(Self.files())
        let full = try project.run("run", "good.yaml", "--report", "\(format)=/dev/full")
        #expect(full.status == .exit(3))
        #expect(full.standardError.contains("no space is left"))
        for path in ["reports", "missing/run.x", "good.yaml/run.x", ""] {
            let run = try project.run("run", "good.yaml", "--report", "\(format)=\(path)")
            #expect(run.status == .exit(2), "'\(path)' is told before anything runs")
            #expect(!run.standardOutput.contains("passed"))
        }
        #expect(try project.run("run", "good.yaml", "--report", "nope=x").status == .exit(2))
    }

    /// ThreadSanitizer writes a file of its own as a program starts, and its program dies where that has no room.
    @Test(.enabled(if: !Sanitizer.isForThreads))
    func `a full file system keeps the older report`() throws {
        let project = try TestProject(Self.files())
        try project.write("{\"old\": true}", to: "reports/run.json")
        // The limit of a file's size stands in for a file system that fills up while the report is written.
        let run = try project.run(
            "run", "bad.yaml", "--report", "json=reports/run.json", after: "trap '' XFSZ; ulimit -f 0")
        #expect(run.exitStatus != 0)
        #expect(run.standardError.contains("cannot write the report 'reports/run.json'"))
        #expect(try project.report()["old"] == true)
    }

    @Test func `a report on standard output has it to itself`() throws {
        let project = try TestProject(Self.files())
        let run = try project.run("run", "bad.yaml", "--report", "json=-")
        #expect(run.status == .exit(1))
        #expect(try JSON.parse(Array(run.standardOutput.utf8)).value["end"]?["status"] == 1)
        #expect(run.standardError.contains("1 failed"))
        let both = try project.run("run", "bad.yaml", "--report", "json=-", "--report", "junit=-")
        #expect(both.status == .exit(2))
    }

    @Test func `two runs with one report path leave one whole report`() throws {
        let project = try TestProject(["a.yaml": "steps:\n  - wait: 300ms\n", "b.yaml": "steps:\n  - wait: 300ms\n"])
        let runs = try ["a.yaml", "b.yaml"].map { try project.start(["run", $0, "--report", "json=reports/run.json"]) }
        for run in runs { #expect(run.finish().status == .exit(0)) }
        let names = try project.report()["tests"]?.array?.compactMap { $0["name"]?.string } ?? []
        #expect([["a"], ["b"]].contains(names))
        #expect(try TextFile.names(in: project.path("reports")) == ["run.json"])
    }

    @Test func `what a service sends and what a file is called cannot harm report or terminal`() throws {
        let hostile = #"a\u001b[31m ]]> \u202e \u0000 \u0007 <b>&amp; & ￾ \uffff 💩 </testsuite>"#
        let server = try SimpleHTTPServer { request in
            switch request.path {
            case "/bytes":
                HTTPReply(
                    200, [.init("content-type", "text/plain"), .init("x-odd", "\u{1B}[2J]]>")],
                    body: .whole([0xFF, 0xFE, 0x1B, 0x5D, 0x30, 0x00, 0x9B]))
            case "/echo": .text("\u{1B}]0;\(TestProject.secret)\u{7} ]]>\n\(request.header("x-token") ?? "")")
            default: .json("{\"s\": \"\(hostile)\"}")
            }
        }
        let scenario = """
            description: "]]> & <b> \\e[31m \\u202E"
            cases: [{name: "]]> <&\\" \\e[1m \\u202E"}]
            keep_going: true
            steps:
              - {name: "]]>\\e[0m", http: {get: /}, assert: ['.body.s == "]]>"']}
              - {http: {get: /bytes}, assert: ['.text == "x"']}
              - {http: {get: /echo, headers: {x-token: "${{ $secrets.TOKEN }}"}}, assert: ['.text == "]]>"', '$secrets.TOKEN == .text']}
              - {http: {get: "/?q=${{ $secrets.TOKEN }}", headers: {authorization: "Bearer ${{ $secrets.TOKEN }}"}}, expect: {body: {s: x}}}
            """
        let project = try TestProject(server: server.url, ["]]> & <b>.yaml": scenario])
        let run = try project.run(
            "run", ".", "--report", "json=reports/run.json", "--report", "junit=reports/run.xml", "--report",
            "jsonl=reports/run.jsonl", "--report", "markdown=reports/run.md")
        #expect(run.status == .exit(1))
        #expect(server.requests.contains { $0.header("authorization") == "Bearer \(TestProject.secret)" })
        for scalar in (run.standardOutput + run.standardError).unicodeScalars {
            #expect(
                scalar == "\n" || scalar.value >= 32 && !(0x7F...0x9F).contains(scalar.value) && scalar.value != 0x202E)
        }
    }

    @Test func `a body of many megabytes leaves a small report`() throws {
        let body = Array("{\"s\": \"\(String(repeating: "x", count: 30_000_000))\"}".utf8)
        let server = try SimpleHTTPServer { _ in
            HTTPReply(200, [.init("content-type", "application/json")], body: .whole(body))
        }
        let project = try TestProject(
            server: server.url,
            ["a.yaml": "steps:\n  - {http: {get: /, max_bytes: 64MiB}, assert: ['.body.s == \"y\"']}\n"])
        let run = try project.run(
            "run", "a.yaml", "--report", "json=reports/run.json", "--report", "junit=reports/run.xml")
        #expect(run.status == .exit(1))
        for name in try TextFile.names(in: project.path("reports")) {
            #expect(try TextFile.bytes(project.path("reports/" + name)).count < 100_000)
        }
        #expect(run.standardOutput.contains("30,000,009 bytes"), "the true length is told")
    }

    @Test(arguments: [
        ["NO_COLOR": "1"], ["TERM": "dumb"], ["COLUMNS": "20"], ["LC_ALL": "C"], ["TZ": "Asia/Kathmandu"],
        ["TZ": ":nowhere"],
        ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"],
    ])
    func `no environment changes the verdict, and without a terminal nothing is drawn`(_ variables: [String: String])
        throws
    {
        let project = try TestProject(Self.files())
        let run = try project.run(
            "run", "good.yaml", "bad.yaml", "--report", "json=reports/run.json", environment: variables)
        #expect(run.status == .exit(1))
        #expect(!run.standardOutput.contains("\u{1B}"))
        #expect(run.standardOutput.contains("1 passed, 1 failed"))
        if variables["LC_ALL"] == "C" { #expect(run.standardOutput.utf8.allSatisfy { $0 < 128 }) }
        #expect(try project.report()["run"]?["started"]?.string?.hasSuffix("Z") == true)
    }

    /// A library that moves the clock on the wall by `SHIFT` seconds, from half a second behind the start on.
    private static let clockShift = """
        #define _GNU_SOURCE
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>
        static long shift(void) {
            static struct timespec first;
            struct timespec now;
            syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
            if (first.tv_sec == 0) first = now;
            long ms = (now.tv_sec - first.tv_sec) * 1000 + (now.tv_nsec - first.tv_nsec) / 1000000;
            return ms > 500 ? SHIFT : 0;
        }
        int clock_gettime(clockid_t id, struct timespec *time) {
            int result = syscall(SYS_clock_gettime, id, time);
            if (result == 0 && id == CLOCK_REALTIME) time->tv_sec += shift();
            return result;
        }
        int gettimeofday(struct timeval *restrict time, void *restrict zone) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            time->tv_sec = now.tv_sec;
            time->tv_usec = now.tv_nsec / 1000;
            return 0;
        }
        time_t time(time_t *time) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (time) *time = now.tv_sec;
            return now.tv_sec;
        }
        """

    @Test(.enabled(if: TextFile.exists("/usr/bin/cc")), arguments: [-7200, 7200])
    func `a clock that is set in the middle of a run changes no duration and no verdict`(_ shift: Int) throws {
        let server = try SimpleHTTPServer { request in
            var reply = HTTPReply.json("{}", status: request.path == "/ready" && request.query != "2" ? 503 : 200)
            reply.delay = .milliseconds(100)
            return reply
        }
        let project = try TestProject(
            server: server.url,
            [
                "shift.c": Self.clockShift,
                "clock.yaml": """
                steps:
                  - {id: pause, wait: 700ms}
                  - {id: after, assert: ['now_iso[0:13] != $run.started[0:13]']}
                  - {id: asked, http: {get: /}, timeout: 20s}
                  - {id: polled, http: {get: "/ready?${{ $attempt }}"}, until: .status == 200, within: 20s, every: 50ms}
                """,
            ])
        let build = try RunningCommand(
            "/usr/bin/cc", ["-shared", "-fPIC", "-DSHIFT=\(shift)", "-o", "shift.so", "shift.c"],
            environment: RunningCommand.plainEnvironment, in: project.path("")
        ).finish()
        try #require(build.status == .exit(0), "\(build.standardError)")
        let run = try project.run(
            "run", "clock.yaml", "--report", "json=reports/run.json", "--report", "junit=reports/run.xml",
            environment: ["LD_PRELOAD": project.path("shift.so")])
        #expect(run.status == .exit(0), "\(run.standardOutput)")
        let report = try project.report()
        let test = try #require(report["tests"]?.array?.first)
        let steps = test["steps"]?.array ?? []
        let times = steps.compactMap { $0["ms"]?.number }
        #expect(times.count == 4)
        for (time, least) in zip(times, [700, 0, 100, 250] as [Double]) {
            #expect(time >= least && time < least + 15_000)
        }
        let starts = steps.compactMap { $0["started_ms"]?.number }
        #expect(starts == starts.sorted() && starts.allSatisfy { $0 >= 0 })
        let whole = report["end"]?["ms"]?.number ?? -1
        #expect(whole >= 1050 && whole < 60_000)
        #expect(!(try project.read("reports/run.xml")).contains("time=\"-"))
    }
}
