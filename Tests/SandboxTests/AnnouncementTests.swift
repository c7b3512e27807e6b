import FoundationEssentials
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

    @Test func `another sandbox takes the place, and keeps it when the first one goes`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/scraped.json"
        let first = try await Self.start(path)
        let second = try await Self.start(path, breaks: ["replica-unreported"])
        await first.stop()
        let groups = try #require(Self.read(path)?.array)
        #expect(groups.map { $0["targets"]?.array?.count } == [1, 2, 1])
        await second.stop()
        #expect(Self.read(path) == nil)
    }

    @Test func `a place where no file can be written is told`() async throws {
        let error = await #expect(throws: SandboxError.self) { try await Self.start("/no/such/folder/scraped.json") }
        #expect(error?.message.hasPrefix("'/no/such/folder/scraped.json' cannot be written: No such file") == true)
    }
}
