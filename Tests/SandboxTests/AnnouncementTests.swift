import FoundationEssentials
import Glibc
import PlumbTesting
import Testing

@testable import Sandbox

@Suite struct AnnouncementTests {
    private static func start(_ path: String, breaks: Set<String> = []) async throws -> SandboxEndpoints {
        var options = SandboxOptions()
        options.history = 0
        options.models = ["mixtral", "phi3"]
        options.announcement = path
        options.breaks = breaks
        return try await Sandbox.start(options)
    }

    private static func read(_ path: String) -> JSON? {
        (try? Data(contentsOf: URL(filePath: path))).flatMap { try? JSON(parsing: Array($0)) }
    }

    @Test func `while it runs, a file tells what to scrape and in which job`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/scraped.json"
        let sandbox = try await Self.start(path)
        let groups = try #require(Self.read(path)?.array)
        #expect(groups.map { $0["labels"]?["job"] } == ["gateway", "mixtral", "phi3"])
        let gateway = try #require(sandbox["gateway"]?.dropFirst("http://".count))
        #expect(groups[0]["targets"] == [.string(String(gateway))])
        #expect(groups[1]["targets"]?.array?.count == 2)
        await sandbox.stop()
        #expect(Self.read(path) == nil)
    }

    @Test func `another sandbox is refused the place of one that runs`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/scraped.json"
        let first = try await Self.start(path)
        let error = await #expect(throws: SandboxError.self) { try await Self.start(path) }
        #expect(error?.message == "another sandbox has announced itself in '\(path)'")
        #expect(Self.read(path)?.array?.count == 3)
        await first.stop()
        #expect(Self.read(path) == nil)
        let second = try await Self.start(path)
        await second.stop()
        #expect(try TextFile.names(in: folder.path) == [])
    }

    @Test func `what one left that was killed is replaced, and what others put there stays`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/scraped.json"
        try folder.write("[]", to: "scraped.json")
        let sandbox = try await Self.start(path)
        #expect(Self.read(path)?.array?.count == 3)
        try folder.write("[1]", to: "new")
        #expect(rename(folder.path + "/new", path) == 0)
        await sandbox.stop()
        #expect(Self.read(path)?.array?.count == 1)
    }

    @Test func `a place where no file can be written is told`() async throws {
        let error = await #expect(throws: SandboxError.self) { try await Self.start("/no/such/folder/scraped.json") }
        #expect(error?.message.hasPrefix("'/no/such/folder/scraped.json' cannot be written: No such file") == true)
    }
}
