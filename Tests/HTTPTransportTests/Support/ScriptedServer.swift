import Glibc
import Synchronization

/// A TCP server that plays a script on each connection, byte for byte, whatever HTTP thinks of it.
final class ScriptedServer: Sendable {
    let port: Int
    private let listener: Int32
    private let accepted = Count()

    /// How many connections have come.
    var connectionCount: Int { accepted.value }
    var url: String { "http://127.0.0.1:\(port)" }

    /// Listens on a free port of the loopback and serves each connection on a thread of its own.
    init(backlog: Int32 = 128, _ script: @escaping @Sendable (Connection) -> Void) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && listen(listener, backlog) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        guard isBound else { throw ServerError.cannotListen }
        port = Int(UInt16(bigEndian: address.sin_port))
        self.listener = listener
        onThread { [accepted] in
            var number = 0
            // Closed here alone: were it closed elsewhere, this could accept on the next server's, which may have its number.
            defer { Glibc.close(listener) }
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { return }
                number += 1
                accepted.increase()
                let connection = Connection(descriptor: descriptor, number: number)
                onThread {
                    script(connection)
                    connection.close()
                }
            }
        }
    }

    /// Answers every request of every connection with the same bytes.
    convenience init(answering answer: String) throws {
        try self.init { connection in
            while connection.readRequest() != nil { connection.send(answer) }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    enum ServerError: Error {
        case cannotListen
    }
}

/// A number that several threads raise.
final class Count: Sendable {
    private let number = Atomic<Int>(0)

    var value: Int { number.load(ordering: .sequentiallyConsistent) }

    func increase() { number.add(1, ordering: .sequentiallyConsistent) }
}

/// One accepted connection; the script's thread alone uses it.
final class Connection: Sendable {
    /// Counts from 1.
    let number: Int
    private let descriptor: Int32
    private let isClosed = Atomic<Bool>(false)

    init(descriptor: Int32, number: Int) {
        self.descriptor = descriptor
        self.number = number
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Reads a head and as much body as its Content-Length says; nil at the end.
    func readRequest() -> String? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = bytes.endOfHead {
                let head = String(decoding: bytes[..<end], as: UTF8.self)
                let length = head.split(separator: "\r\n").compactMap { line -> Int? in
                    guard line.lowercased().hasPrefix("content-length:") else { return nil }
                    return Int(line.split(separator: ":")[1].filter { $0 != " " })
                }.first
                if bytes.count >= end + (length ?? 0) { return String(decoding: bytes, as: UTF8.self) }
            }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Whether the other side still takes bytes.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Ends the connection by RST instead of FIN.
    func reset() {
        var option = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<Glibc.linger>.size))
        close()
    }

    /// Ends its own half of the connection.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Blocks until the other side closes.
    func waitForClose() {
        var byte: UInt8 = 0
        while recv(descriptor, &byte, 1, 0) > 0 {}
    }

    func close() {
        if !isClosed.exchange(true, ordering: .sequentiallyConsistent) { Glibc.close(descriptor) }
    }
}

func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

func onThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        { argument in
            if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
    pthread_detach(thread)
}

extension [UInt8] {
    /// Where the empty line after the headers ends.
    fileprivate var endOfHead: Int? {
        guard count >= 4 else { return nil }
        return (0...count - 4).first { self[$0..<$0 + 4].elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) }.map { $0 + 4 }
    }
}
