import EventLoop
import HTTPTransport
import Testing

/// Runs a body with a transport on a loop of its own, and closes both.
func withTransport<Value: Sendable>(
    _ body: @escaping @Sendable (HTTPTransport) async throws -> Value
) async throws -> Value {
    let loop = try EventLoop()
    let transport = HTTPTransport(loop: loop)
    loop.start()
    defer { loop.stop() }
    let result = await Task(executorPreference: loop) {
        let result: Result<Value, any Error>
        do { result = .success(try await body(transport)) } catch { result = .failure(error) }
        await transport.shutdown()
        return result
    }.value
    return try result.get()
}

/// Sends one request by a transport of its own.
func send(_ request: HTTPRequest) async throws -> Result<HTTPResponse, HTTPError> {
    try await withTransport { await $0.send(request) }
}

extension Result where Success == HTTPResponse, Failure == HTTPError {
    var error: HTTPError? {
        if case .failure(let error) = self { error } else { nil }
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}
