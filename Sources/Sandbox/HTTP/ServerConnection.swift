internal import FlyingSocks
internal import FoundationEssentials
internal import Glibc

/// One connection of a server: reads a request within bounds, has it answered, and reads the next.
///
/// A task of its own is the only one to touch it.
final class ServerConnection {
    /// How long a request may take to come, from its first byte to its last, and how long to be answered.
    private static let limit = Duration.seconds(120)
    /// The bytes that are read and thrown away behind a refusal, so that the caller can read it.
    private static let drainLimit = 64 << 20

    private let socket: AsyncSocket
    private let service: any Service
    private let watchdog: Watchdog
    private let reader: MessageReader

    init(_ socket: AsyncSocket, service: any Service, watchdog: Watchdog) {
        self.socket = socket
        self.service = service
        self.watchdog = watchdog
        reader = MessageReader(socket)
    }

    /// Serves request after request until either side ends the connection.
    func serve() async {
        defer { try? socket.close() }
        while !Task.isCancelled {
            do throws(MessageReader.Failure) {
                try await reader.waitForMessage()
                guard let (head, body) = try await readRequest() else { return }
                let answer = await answer(to: head, body)
                guard await send(answer, to: head), head.keepsAlive, reader.isBetweenMessages else { return }
            } catch {
                return await refuse(error)
            }
        }
    }

    /// Reads a request; nil where what came is none.
    private func readRequest() async throws(MessageReader.Failure) -> (RequestHead, Incoming.Body)? {
        let watch = watchdog.arm(socket.socket, for: Self.limit)
        defer { watchdog.disarm(watch) }
        let (line, headers) = try await reader.readHead()
        guard let head = RequestHead(line: line, headers: headers) else { return nil }
        guard let framing = head.framing else { throw .malformed }
        reader.framing = framing
        if head.header("expect")?.lowercased() == "100-continue" {
            try? await socket.write(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        }
        return (head, try await readBody())
    }

    private func readBody() async throws(MessageReader.Failure) -> Incoming.Body {
        var bytes: [UInt8] = []
        var total = 0
        while let piece = try await reader.readSome() {
            total += piece.count
            if total <= service.bodyLimit { bytes += piece } else { bytes = [] }
            if total > Self.drainLimit { break }
        }
        return total > service.bodyLimit ? .tooLarge : .bytes(bytes)
    }

    private func answer(to head: RequestHead, _ body: Incoming.Body) async -> Outgoing {
        let incoming = Incoming(head: head, body: body)
        return await withTaskGroup(of: Outgoing?.self) { [service] group in
            group.addTask { await service.answer(to: incoming) }
            group.addTask {
                try? await Task.sleep(for: Self.limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? Outgoing(status: 500)
        }
    }

    /// Writes an answer; false where the connection is of no more use.
    private func send(_ answer: Outgoing, to head: RequestHead) async -> Bool {
        var text = answer.firstLines
        let hasBody = head.method != "HEAD" && answer.status != 204 && answer.status != 304
        switch answer.body {
        case .bytes(let bytes):
            if answer.status != 204, answer.status != 304 { text += "Content-Length: \(bytes.count)\r\n" }
        case .stream: text += "Transfer-Encoding: chunked\r\n"
        }
        if !head.keepsAlive {
            text += "Connection: close\r\n"
        } else if head.isOld {
            text += "Connection: keep-alive\r\n"
        }
        var data = Data((text + "\r\n").utf8)
        do {
            guard hasBody else {
                try await socket.write(data)
                return true
            }
            switch answer.body {
            case .bytes(let bytes):
                data.append(contentsOf: bytes)
                try await socket.write(data)
            case .stream(let chunks):
                try await socket.write(data)
                while let chunk = try await chunks.next() {
                    var data = Data("\(String(chunk.count, radix: 16))\r\n".utf8)
                    data.append(contentsOf: chunk)
                    data.append(contentsOf: "\r\n".utf8)
                    try await socket.write(data)
                }
                try await socket.write(Data("0\r\n\r\n".utf8))
            }
            return true
        } catch {
            return false
        }
    }

    /// Says why a request is not read any further, where there is somebody to hear it.
    private func refuse(_ failure: MessageReader.Failure) async {
        let answer: Outgoing
        switch failure {
        case .absent: return
        case .headTooLarge:
            answer = .text(
                "The first lines of the request are longer than \(MessageReader.headLimit) bytes.\n",
                contentType: "text/plain", status: 431)
        case .malformed: answer = .text("This is no HTTP/1.1 request.\n", contentType: "text/plain", status: 400)
        }
        guard case .bytes(let bytes) = answer.body else { return }
        var data = Data("\(answer.firstLines)Content-Length: \(bytes.count)\r\nConnection: close\r\n\r\n".utf8)
        data.append(contentsOf: bytes)
        let watch = watchdog.arm(socket.socket, for: Self.limit)
        defer { watchdog.disarm(watch) }
        guard (try? await socket.write(data)) != nil else { return }
        // A connection that is closed with bytes unread is reset, and the answer may be lost with it.
        _ = shutdown(socket.socket.file.rawValue, Int32(SHUT_WR))
        var total = 0
        while total < Self.drainLimit {
            let count = await reader.discardSome()
            guard count > 0 else { return }
            total += count
        }
    }
}
