import EventLoop
import Glibc
import HTTPTransport

/// Sends a drafted request and gives what was answered.
enum LiveAnswer {
    /// The time for one answer.
    private static let time: Duration = .seconds(30)
    /// Between two looks, so that clocks which count seconds have moved on.
    private static let pause: Duration = .milliseconds(1100)

    /// Why there is no answer.
    struct Problem: Error {
        var message: String
        var hint: String?
    }

    /// The answer, and a second one where asking again changes nothing.
    static func answers(to draft: DraftRequest) throws(Problem) -> [HTTPResponse] {
        let url = draft.url.sent
        if !url.lowercased().hasPrefix("http://"), let problem = CurlLibrary.loadTLS() {
            throw Problem(message: problem)
        }
        var request = draft.request(version: PlumbVersion.text)
        request.timeout = time
        let isSafe = draft.isSafe
        guard let loop = try? EventLoop() else {
            throw Problem(message: "the system gives no event loop: too many open files?")
        }
        let sent = request
        let outcome = loop.run { await ask(sent, twice: isSafe, on: loop) }
        switch outcome {
        case .success(let responses): return responses
        case .failure(let error): throw Problem(message: error.message, hint: error.hint)
        }
    }

    private static func ask(
        _ request: HTTPRequest, twice: Bool, on loop: EventLoop
    ) async -> Result<[HTTPResponse], HTTPError> {
        let transport = HTTPTransport(loop: loop)
        let first = await transport.send(request)
        var result = first.map { [$0] }
        if twice, case .success(let response) = first {
            try? await loop.sleep(for: pause)
            // What answers once and then no more has answered.
            if case .success(let second) = await transport.send(request), second.status == response.status {
                result = .success([response, second])
            }
        }
        await transport.shutdown()
        return result
    }
}
