import FoundationEssentials
import Glibc
import PlumbTesting
import Reporting
import Testing

@Suite struct ReportFileTests {
    @Test func `a report appears as a whole when it is committed, and replaces an older one`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = try folder.write("old", to: "report.xml")
        let file = try ReportFile(path: path)
        try file.write(Array("new ".utf8))
        try file.write(Array("report".utf8))
        #expect(try folder.read("report.xml") == "old")
        try file.commit()
        #expect(try folder.read("report.xml") == "new report")
        #expect(try TextFile.names(in: folder.path) == ["report.xml"])
    }

    @Test func `one that is given up leaves the older report and no other file`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = try folder.write("old", to: "report.xml")
        do {
            let file = try ReportFile(path: path)
            try file.write(Array("half".utf8))
        }
        #expect(try folder.read("report.xml") == "old")
        #expect(try TextFile.names(in: folder.path) == ["report.xml"])
    }

    @Test func `two that write to one path at once do not mix`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = folder.path("report.xml")
        let first = try ReportFile(path: path)
        let second = try ReportFile(path: path)
        for _ in 0..<100 {
            try first.write(Array("first\n".utf8))
            try second.write(Array("second\n".utf8))
        }
        try second.commit()
        #expect(try folder.read("report.xml") == String(repeating: "second\n", count: 100))
        try first.commit()
        #expect(try folder.read("report.xml") == String(repeating: "first\n", count: 100))
    }

    @Test func `a full device is an error`() throws {
        let file = try ReportFile(path: "/dev/full")
        #expect(throws: ReportError.self) { try file.write(Array("text".utf8)) }
    }

    @Test func `a missing folder, a directory and a file in the place of a folder are told before the run`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try folder.write("", to: "file")
        let missing = try #require(throws: ReportError.self) { try ReportFile(path: folder.path("none/report.xml")) }
        #expect(missing.message == "there is no folder '\(folder.path("none"))'")
        #expect(missing.hint == "create it: mkdir -p '\(folder.path("none"))'")
        let directory = try #require(throws: ReportError.self) { try ReportFile(path: folder.path) }
        #expect(directory.message == "it is a directory")
        #expect(throws: ReportError.self) { try ReportFile(path: folder.path("file/report.xml")) }
        #expect(throws: ReportError.self) { try ReportFile(path: "") }
    }

    @Test(.enabled(if: getuid() != 0, "root may write anywhere"))
    func `a folder or a report without permission is told`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = try folder.write("old", to: "report.xml")
        chmod(path, 0o444)
        #expect(throws: ReportError.self) { try ReportFile(path: path) }
        chmod(folder.path, 0o555)
        defer { chmod(folder.path, 0o755) }
        #expect(throws: ReportError.self) { try ReportFile(path: folder.path("other.xml")) }
    }

    @Test func `a pipe is written as events come`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = folder.path("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(throws: ReportError.self) { try ReportFile(path: path) }
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let file = try ReportFile(path: path)
        try file.write(Array("line\n".utf8))
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = read(reader, &bytes, bytes.count)
        #expect(bytes.prefix(max(0, count)) == Array("line\n".utf8)[...])
        try file.commit()
        #expect(mode(path) & S_IFMT == S_IFIFO)
    }

    @Test func `a new report has the permissions that the user's mask leaves`() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let file = try ReportFile(path: folder.path("report.json"))
        try file.commit()
        let plain = try folder.write("", to: "plain")
        #expect(mode(folder.path("report.json")) == mode(plain))
    }

    private func mode(_ path: String) -> mode_t {
        var entry = stat()
        stat(path, &entry)
        return entry.st_mode
    }
}
