import PlumbTesting
import Testing

struct TemporaryFolderTests {
    @Test func `the folder and all it holds go with the value`() throws {
        var folder: TemporaryFolder? = try TemporaryFolder()
        let path = try #require(folder?.path)
        try folder?.write("x", to: "a/b/c.txt")
        #expect(TextFile.isFolder(path + "/a/b"))
        folder = nil
        #expect(!TextFile.isFolder(path))
    }

    @Test func `files and folders are copied under their names`() throws {
        let source = try TemporaryFolder()
        try source.write("x", to: "a/b.txt")
        let copy = try TemporaryFolder()
        try copy.copy(source.path("a"))
        #expect(try copy.read("a/b.txt") == "x")
    }

    @Test func `the package's folder holds its manifest`() throws {
        #expect(try TextFile.names(in: PackageFolder.path).contains("Package.swift"))
    }
}
