import Glibc
import PlumbTesting
import Synchronization
import Testing

/// Hands requests on to a server and remembers what came back.
final class Forwarding: Sendable {
    struct Pair: Sendable {
        var request: RecordedRequest
        var status: Int
        var answer: [UInt8]
    }

    private let pairs = Mutex<[Pair]>([])
    private let port: Int

    init(to url: String) throws {
        port = try #require(url.split(separator: ":").last.flatMap { Int($0) })
    }

    /// Everything that went through so far.
    var all: [Pair] { pairs.withLock { $0 } }

    func reply(to request: RecordedRequest) -> HTTPReply {
        guard let bytes = try? exchange(request), let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
            return .text("the server did not answer", status: 502)
        }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let type = lines.first { $0.lowercased().hasPrefix("content-type:") }.map { String($0.dropFirst(13)) } ?? ""
        let body = Array(bytes[end.upperBound...])
        pairs.withLock { $0.append(Pair(request: request, status: status, answer: body)) }
        return HTTPReply(
            status, [.init("content-type", String(type.drop { $0 == " " }))], body: .whole(body))
    }

    private func exchange(_ request: RecordedRequest) throws -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(isConnected)
        var text = "\(request.method) \(request.target) HTTP/1.1\r\nHost: store\r\nConnection: close\r\n"
        for field in request.fields
        where ["authorization", "api-key", "content-type"].contains(field.name.lowercased()) {
            text += "\(field.name): \(field.value)\r\n"
        }
        text += "Content-Length: \(request.body.count)\r\n\r\n"
        let bytes = Array(text.utf8) + request.body
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return [] }
            sent += count
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 { answer += buffer[..<count] }
        return answer
    }
}
