import Glibc
import PlumbTesting
import Testing

/// `plumb fmt` with real files.
@Suite(.onOwnThreads) struct FormatCommandTests {
    private let folder: TemporaryFolder
    private static let crooked = "steps:\n-   wait:   1ms     # short\n"
    private static let straight = "steps:\n  - wait: 1ms # short\n"

    init() throws { folder = try TemporaryFolder() }

    private func plumb(_ arguments: String..., input: String = "") throws -> CommandRun {
        try CommandRun.plumb(arguments, input: input, in: folder.path)
    }

    @Test func `files of a folder are rewritten, helpers and settings too, others not`() throws {
        for name in ["a.yaml", "deep/_b.yml", "plumb.yaml", "c.txt", ".hidden/d.yaml"] {
            try folder.write(Self.crooked, to: name)
        }
        let run = try plumb("fmt", ".")
        #expect(run.exitStatus == 0)
        #expect(run.standardOutput == "formatted a.yaml\nformatted deep/_b.yml\nformatted plumb.yaml\n")
        #expect(run.standardError == "3 files formatted\n")
        for name in ["a.yaml", "deep/_b.yml", "plumb.yaml"] { #expect(try folder.read(name) == Self.straight) }
        for name in ["c.txt", ".hidden/d.yaml"] { #expect(try folder.read(name) == Self.crooked) }
        let again = try plumb("fmt", ".")
        #expect(again.standardOutput == "")
        #expect(again.standardError == "3 files in the one style\n")
        #expect(try TextFile.names(in: folder.path) == ["a.yaml", "c.txt", "deep", "plumb.yaml"])
    }

    @Test func `check and diff write nothing, and check says so in its status`() throws {
        try folder.write(Self.crooked, to: "a.yaml")
        try folder.write(Self.straight, to: "b.yaml")
        let check = try plumb("fmt", "--check", ".")
        #expect(check.exitStatus == 1)
        #expect(check.standardOutput == "a.yaml\n")
        #expect(check.standardError == "1 file to format, 1 file in the one style\n")
        let diff = try plumb("fmt", "--diff", "a.yaml", "b.yaml")
        #expect(diff.exitStatus == 0)
        #expect(
            diff.standardOutput
                == "--- a.yaml\n+++ a.yaml\n@@ -1,2 +1,2 @@\n steps:\n--   wait:   1ms     # short\n+  - wait: 1ms # short\n"
        )
        #expect(try folder.read("a.yaml") == Self.crooked)
        #expect(try plumb("fmt", "--check", "b.yaml").exitStatus == 0)
    }

    @Test func `standard input comes out formatted`() throws {
        let run = try plumb("fmt", "-", input: Self.crooked)
        #expect(run.exitStatus == 0)
        #expect(run.standardOutput == Self.straight)
        #expect(try plumb("fmt", "--check", "-", input: Self.crooked).exitStatus == 1)
        #expect(try plumb("fmt", "-", "a.yaml").exitStatus == 2)
    }

    @Test func `what is no YAML is left alone, and the others are rewritten`() throws {
        try folder.write("steps: [\n", to: "a.yaml")
        try folder.write(Self.crooked, to: "b.yaml")
        try folder.write("a: 1\n---\nb: 2\n", to: "c.yaml")
        let run = try plumb("fmt", ".")
        #expect(run.exitStatus == 2)
        #expect(run.standardError.contains("error[yaml.unclosed]") || run.standardError.contains("error[yaml.syntax]"))
        #expect(run.standardError.contains("error[yaml.several-documents]"))
        #expect(run.standardError.hasSuffix("1 file formatted, 2 files left alone\n"))
        #expect(try folder.read("a.yaml") == "steps: [\n")
        #expect(try folder.read("b.yaml") == Self.straight)
        let absent = try plumb("fmt", "nowhere", "b.yaml")
        #expect(absent.exitStatus == 2)
        #expect(
            absent.standardError.hasPrefix("error[format.path]: 'nowhere': there is no such file or folder\n  = hint: ")
        )
        #expect(
            absent.standardError.hasSuffix("1 file in the one style, 1 file left alone\n"), "\(absent.standardError)")
    }

    @Test func `the mode stays, and a link stays a link`() throws {
        try folder.write(Self.crooked, to: "real/a.yaml")
        #expect(chmod(folder.path("real/a.yaml"), 0o640) == 0)
        #expect(symlink("real/a.yaml", folder.path("link.yaml")) == 0)
        #expect(try plumb("fmt", "link.yaml").exitStatus == 0)
        #expect(try folder.read("real/a.yaml") == Self.straight)
        var status = stat()
        #expect(stat(folder.path("real/a.yaml"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o640)
        #expect(lstat(folder.path("link.yaml"), &status) == 0)
        #expect(status.st_mode & S_IFMT == S_IFLNK)
    }
}
