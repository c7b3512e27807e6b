import Testing

@testable import Sandbox

/// What came back from one request.
struct Reply: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    var bytes: [UInt8]
    /// The pieces of the body, each with the time since the request at which it came.
    var pieces: [(at: Duration, bytes: [UInt8])]

    func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The body as JSON, null where it is none.
    var json: JSON { (try? JSON(parsing: bytes)) ?? .null }

    var content: String? { json["choices"]?.array?.first?["message"]?["content"]?.string }

    var errorCode: String? { json["error"]?["code"]?.string }
}

/// An HTTP client over plain sockets that sends what it is told, valid or not.
final class TestClient: Sendable {
    let endpoints: SandboxEndpoints
    private let events: SocketEvents

    init(endpoints: SandboxEndpoints) throws {
        self.endpoints = endpoints
        events = try SocketEvents(watchdog: Watchdog())
    }

    func stop() {
        events.stop()
    }

    /// Sends a request on a connection of its own and reads all of the answer.
    func send(
        _ method: String, _ path: String, to name: String = "gateway", key: String? = "sk-plumb-sandbox",
        headers: [(String, String)] = [], body: String? = nil, within limit: Duration = .seconds(20)
    ) async throws -> Reply {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n"
        if let key { head += "Authorization: Bearer \(key)\r\n" }
        for header in headers { head += "\(header.0): \(header.1)\r\n" }
        if let body { head += "Content-Length: \(body.utf8.count)\r\n" }
        return try await send(raw: Array((head + "\r\n" + (body ?? "")).utf8), to: name, within: limit)
    }

    /// Sends bytes as they are.
    func send(raw bytes: [UInt8], to name: String = "gateway", within limit: Duration = .seconds(20)) async throws
        -> Reply
    {
        let url = try #require(endpoints[name])
        let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
        let start = ContinuousClock.now
        let connection = try await UpstreamConnection(
            host: "127.0.0.1", port: port, events: events, limit: limit)
        let head = try await connection.send(bytes, within: limit)
        var reply = Reply(status: head.status, headers: head.headers, bytes: [], pieces: [])
        while let piece = try await connection.readChunk(within: limit) {
            reply.pieces.append((.now - start, piece))
            reply.bytes += piece
        }
        return reply
    }

    /// Asks for a chat completion; `extra` is more members of the body, such as `"n": 2`.
    func chat(
        _ prompt: String, model: String = "mixtral", extra: String = "", to name: String = "gateway",
        key: String? = "sk-plumb-sandbox", headers: [(String, String)] = [], within limit: Duration = .seconds(20)
    ) async throws -> Reply {
        let message = String(decoding: JSON.string(prompt).encoded, as: UTF8.self)
        let body = """
            {"model":"\(model)","messages":[{"role":"user","content":\(message)}]\(extra.isEmpty ? "" : ",")\(extra)}
            """
        return try await send(
            "POST", "/v1/chat/completions", to: name, key: key, headers: headers, body: body, within: limit)
    }
}

/// Runs a test against a sandbox of its own, with two models and nothing slow in it.
func withSandbox(
    _ change: (inout SandboxOptions) -> Void = { _ in }, _ body: (TestClient) async throws -> Void
) async throws {
    var options = SandboxOptions()
    options.models = ["mixtral", "hermes"]
    options.latency = .zero
    options.tokenLatency = .zero
    options.upstreamTimeout = .milliseconds(400)
    options.history = 12
    change(&options)
    let endpoints = try await start(options)
    let client = try TestClient(endpoints: endpoints)
    let result: Result<Void, any Error>
    do {
        result = .success(try await body(client))
    } catch {
        result = .failure(error)
    }
    client.stop()
    await endpoints.stop()
    try result.get()
}
