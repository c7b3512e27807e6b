import ScenarioCompiler
import Testing

@Suite struct FilePathTests {
    @Test(arguments: [
        ("/a/b/c", "/a/b"), ("/a/b/", "/a"), ("/a", "/"), ("/", "/"), ("", "/"), ("/a//b", "/a"), ("//a", "/"),
        ("/a/é.d/x.yaml", "/a/é.d"),
    ])
    func `the parent is the folder above, and the root's own is the root`(path: String, parent: String) {
        #expect(FilePath.parent(path) == parent)
    }

    @Test func `climbing up a path of many folders takes as many steps`() {
        var path = FilePath.absolute(String(repeating: "d/", count: 5000) + "x.yaml", in: "/")
        var steps = 0
        while path != "/" {
            path = FilePath.parent(path)
            steps += 1
        }
        #expect(steps == 5001)
    }
}
