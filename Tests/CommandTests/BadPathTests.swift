import Expressions
import Glibc
import PlumbTesting
import Synchronization
import Testing

/// What a path may be besides a file of text.
@Suite(.onOwnThreads) struct BadPathTests {
    @Test func `in a folder, what is no file is passed over with a word, and links and odd names are told or borne`()
        throws
    {
        let project = try TestProject(["s/one.yaml": TestProject.passing, "s/new\nline.yaml": TestProject.passing])
        mkfifo(project.path("s/pipe.yaml"), 0o600)
        mkdir(project.path("s/folder.yaml"), 0o755)
        symlink("/dev/zero", project.path("s/zero.yaml"))
        symlink("one.yaml", project.path("s/same.yaml"))
        symlink("..", project.path("s/up"))
        let run = try project.run("run", "s", "s/one.yaml", "./s", "--report", "json=reports/run.json")
        #expect(run.status == .exit(0), "\(run.standardError)")
        for name in ["pipe", "zero"] {
            #expect(
                run.standardError.contains("warning[file.unreadable]: 's/\(name).yaml' is neither a file nor a folder"))
        }
        // The folder above is reached through the link, and each file is taken once.
        #expect(try project.report()["summary"]?["tests"] == 2)
        #expect(run.standardOutput.contains(#"s/new\nline"#), "a line end in a name is shown, not written")
    }

    @Test func `links to nothing and to themselves are told`() throws {
        let project = try TestProject(["s/one.yaml": TestProject.passing])
        symlink("nowhere", project.path("s/dangling.yaml"))
        symlink("b.yaml", project.path("s/a.yaml"))
        symlink("a.yaml", project.path("s/b.yaml"))
        let run = try project.run("run", "s")
        #expect(run.status == .exit(2))
        for name in ["dangling", "a", "b"] {
            #expect(run.standardError.contains("'s/\(name).yaml' is a link to nothing"))
        }
    }

    @Test func `a name that is no text is told as such`() throws {
        let project = try TestProject(["s/one.yaml": TestProject.passing])
        let shell = try project.run("run", "s", after: #"cp s/one.yaml "$(printf 's/b\377.yaml')""#)
        #expect(shell.status == .exit(2))
        #expect(shell.standardError.contains("a name that is not UTF-8"))
    }

    @Test(arguments: ["/dev/zero", "pipe.yaml", "missing.yaml", "empty", "one.yaml/x", "a\u{1B}[31m.yaml"])
    func `a path on the command line that means no scenario is refused at once`(_ path: String) throws {
        let project = try TestProject(["one.yaml": TestProject.passing])
        mkfifo(project.path("pipe.yaml"), 0o600)
        mkdir(project.path("empty"), 0o755)
        let run = try project.run("run", path, limit: .seconds(20))
        #expect(run.status == .exit(2))
        #expect(Problem.all(in: run.standardError).map(\.code) == ["file.unreadable"])
        #expect(!run.standardError.unicodeScalars.contains("\u{1B}"))
    }

    @Test func `paths at and beyond the system's limit are refused`() throws {
        let project = try TestProject()
        for count in [2040, 2047, 5000] {
            let run = try project.run("run", String(repeating: "d/", count: count) + "x.yaml")
            #expect(run.status == .exit(2))
        }
    }

    @Test func `a file that may not be read is an error`() throws {
        let project = try TestProject(["s/one.yaml": TestProject.passing])
        chmod(project.path("s/one.yaml"), 0)
        defer { chmod(project.path("s/one.yaml"), 0o644) }
        // Root reads everything, so the program runs as somebody else then.
        guard getuid() != 0 else {
            chmod(project.path(""), 0o755)
            let program = RunningCommand.binary("plumb")
            let run = try RunningCommand(
                "/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", program, "run", "s"],
                environment: RunningCommand.plainEnvironment, in: project.path("")
            ).finish()
            // Where that somebody may not even start the program, there is nothing to see.
            if run.standardError.contains("setpriv") { return }
            #expect(run.status == .exit(2))
            #expect(run.standardError.contains("permission"))
            return
        }
        let run = try project.run("run", "s")
        #expect(run.status == .exit(2))
        #expect(run.standardError.contains("permission"))
    }

    @Test(arguments: ["missing.txt", "../outside.txt", "out.txt", "/etc/hostname"])
    func `a body's file outside of the project is refused, and nothing is sent`(_ file: String) throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let project = try TestProject(
            server: server.url,
            ["plumb/one.yaml": "steps:\n  - http: {post: /, file: \(file)}\n"])
        try project.write(
            "secrets: [TOKEN]\nprofiles: {p: {targets: {api: {kind: http, url: '\(server.url)'}}}}\n",
            to: "plumb/plumb.yaml")
        try project.write("x", to: "outside.txt")
        symlink("../outside.txt", project.path("plumb/out.txt"))
        let run = try project.run("run", "plumb/one.yaml")
        #expect([2, 3].contains(run.exitStatus))
        #expect(run.standardOutput.contains("'\(file)'") || run.standardError.contains("'\(file)'"))
        #expect(server.requests.isEmpty)
    }

    @Test func `a body's file is what it is when its step begins, and one that has gone sends nothing`() throws {
        // The answer to /write and /remove changes the files, long after everything was read and planned.
        let folder = Mutex("")
        let server = try SimpleHTTPServer { request in
            let file = folder.withLock { $0 } + "/body.txt"
            if request.path == "/write" { try? TextFile.write("the new text", to: file) }
            if request.path == "/remove" { unlink(file) }
            return .json("{}")
        }
        let project = try TestProject(
            server: server.url,
            [
                "body.txt": "old",
                "one.yaml": """
                steps:
                  - http: {post: /write}
                  - {id: new, http: {post: /new, file: body.txt}}
                  - http: {post: /remove}
                  - {id: gone, http: {post: /gone, file: body.txt}}
                """,
            ])
        folder.withLock { $0 = project.path("") }
        let run = try project.run("run", "one.yaml", "--report", "json=reports/run.json")
        #expect(run.status == .exit(3))
        #expect(server.requests.map(\.path) == ["/write", "/new", "/remove"])
        #expect(server.requests.first { $0.path == "/new" }?.text == "the new text")
        #expect(run.standardOutput.contains("error[file.unreadable]: there is no file 'body.txt'"))
        #expect(run.standardOutput.contains("--> one.yaml:5:"), "the place is the file's name: \(run.standardOutput)")
    }

    @Test func `a retry does not send a file that changed in between`() throws {
        let folder = Mutex("")
        let server = try SimpleHTTPServer { _ in
            try? TextFile.write("another text", to: folder.withLock { $0 } + "/body.txt")
            return .json("{}", status: 503)
        }
        let project = try TestProject(
            server: server.url,
            [
                "body.txt": "old",
                "one.yaml":
                    "steps:\n  - http: {post: /, file: body.txt}\n    retry: {max: 3, on: [503], backoff: 10ms}\n",
            ])
        folder.withLock { $0 = project.path("") }
        let run = try project.run("run", "one.yaml")
        #expect(run.status == .exit(3))
        #expect(server.requests.map(\.text) == ["old"])
        #expect(run.standardOutput.contains("is not what it was when the step began"), "\(run.standardOutput)")
    }

    @Test(arguments: ["pipe", "folder", "zero"])
    func `a body's file that is no plain file is refused at its place, and nothing is sent`(_ name: String) throws {
        let server = try SimpleHTTPServer { _ in .json("{}") }
        let project = try TestProject(
            server: server.url, ["one.yaml": "steps:\n  - http: {post: /, file: \(name)}\n"])
        mkfifo(project.path("pipe"), 0o600)
        mkdir(project.path("folder"), 0o755)
        symlink("/dev/zero", project.path("zero"))
        let run = try project.run("run", "one.yaml", limit: .seconds(20))
        #expect([2, 3].contains(run.exitStatus))
        #expect(run.standardOutput.contains("--> one.yaml:2:"))
        #expect(server.requests.isEmpty)
    }
}
