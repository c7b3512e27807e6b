import EventLoop
import PlumbTesting
import ScenarioModel
import StepDrivers
import Testing

struct HTTPExaminationTests {
    private static func examine(_ settings: String) async throws -> Examination {
        try await drive { driving in
            let driver = try #require(driving.drivers.first { $0.kind == "http" })
            return await driver.examine(
                try driving.resolved(settings), AttemptLimits(timeout: .seconds(5), connect: .seconds(2)))
        }
    }

    @Test func `doctor says what answered`() async throws {
        let server = try SimpleHTTPServer { _ in HTTPReply(404, [.init("Server", "tiny/1")]) }
        let examination = try await Self.examine("{ url: '\(server.url)/' }")
        #expect(examination.isReachable)
        #expect(
            examination.facts[0]
                == "\(server.url) answered 404 Not Found over HTTP/1.1: any answer shows that the service is reachable")
        #expect(examination.facts.contains("server: tiny/1"))
        #expect(server.requests.map(\.method) == ["GET"])
    }

    @Test func `doctor says what to do when nothing answers`() async throws {
        let port = try Loopback.unusedPort()
        let examination = try await Self.examine("{ url: 'http://127.0.0.1:\(port)' }")
        #expect(!examination.isReachable)
        #expect(
            examination.advice
                == "start the service, or correct 'url' of target 'gateway'; it says http://127.0.0.1:\(port)")
    }

    @Test func `doctor says what is wrong with the target itself`() async throws {
        let examination = try await Self.examine("{ url: 'localhost:80' }")
        #expect(examination.facts == ["target 'gateway' has the url 'localhost:80', which is none"])
        #expect(examination.advice == "write http:// or https:// before the host")
    }
}
