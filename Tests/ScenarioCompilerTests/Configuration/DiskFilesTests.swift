import Glibc
import PlumbTesting
import ScenarioCompiler
import Testing

@Suite struct DiskFilesTests {
    private let files = DiskFiles()

    @Test func `a file is read whole, and names are sorted`() throws {
        let folder = try TemporaryFolder()
        try TextFile.write("text", to: folder.path + "/b")
        try TextFile.write("", to: folder.path + "/a")
        #expect(try files.read(folder.path + "/b", limit: 4) == Array("text".utf8))
        #expect(try files.read(folder.path + "/a", limit: 0).isEmpty)
        #expect(files.names(in: folder.path) == ["a", "b"])
        #expect(files.names(in: folder.path + "/c").isEmpty)
        #expect(files.isFile(folder.path + "/a"))
        #expect(files.isFolder(folder.path))
        #expect(!files.isFile(folder.path))
    }

    @Test func `what is no regular file, or too large, is refused at once`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file"
        try TextFile.write("text", to: path)
        #expect(throws: FileProblem.tooLarge(limit: 3)) { try files.read(path, limit: 3) }
        #expect(throws: FileProblem.missing) { try files.read(path + "s", limit: 9) }
        #expect(throws: FileProblem.missing) { try files.read(path + "\0", limit: 9) }
        #expect(throws: FileProblem.folder) { try files.read(folder.path, limit: 9) }
        #expect(throws: FileProblem.special) { try files.read("/dev/zero", limit: 9) }
        let pipe = folder.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(throws: FileProblem.special) { try files.read(pipe, limit: 9) }
        let loop = folder.path + "/loop"
        #expect(symlink(loop, loop) == 0)
        #expect(throws: FileProblem.refused("too many symbolic links")) { try files.read(loop, limit: 9) }
    }
}
