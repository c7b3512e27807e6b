import HTTPTransport
import Testing

@Suite struct StressTests {
    @Test func `among many transfers none is lost, whether it ends, times out or is cancelled`() async throws {
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                if request.hasPrefix("GET /slow") {
                    connection.waitForClose()
                    return
                }
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        }
        let kinds = try await withTransport { transport in
            await withTaskGroup(of: (Int, String).self) { group in
                for number in 0..<300 {
                    group.addTask {
                        let request = HTTPRequest(
                            url: server.url + (number % 3 == 0 ? "/fast" : "/slow"),
                            settings: ConnectionSettings(maxConnections: 250),
                            timeout: number % 3 == 1 ? .milliseconds(100) : .seconds(20))
                        let task = Task { await transport.send(request) }
                        if number % 3 == 2 {
                            try? await Task.sleep(for: .milliseconds(number % 50))
                            task.cancel()
                        }
                        return (number % 3, await task.value.error?.kind.rawValue ?? "ok")
                    }
                }
                return await group.reduce(into: [Int: Set<String>]()) { $0[$1.0, default: []].insert($1.1) }
            }
        }
        #expect(kinds == [0: ["ok"], 1: ["timeout"], 2: ["cancelled"]])
    }

    @Test func `extreme limits are taken as they are meant`() async throws {
        let server = try ScriptedServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        let request = HTTPRequest(
            url: server.url, maxBytes: .max, timeout: .seconds(Int64.max), connectTimeout: .seconds(Int64.max))
        #expect(try await send(request).get().text == "ok")
        let none = HTTPRequest(url: server.url, maxBytes: 0, timeout: .seconds(20), connectTimeout: .seconds(20))
        #expect(try await send(none).error?.kind == .tooLarge)
        let late = HTTPRequest(url: server.url, timeout: .seconds(-1))
        #expect(try await send(late).error?.kind == .timeout)
    }
}
