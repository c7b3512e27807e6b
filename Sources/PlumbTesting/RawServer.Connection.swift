import Glibc

extension RawServer {
    /// Why a connection's script cannot go on.
    public enum Ended: Error, Sendable {
        /// The client closed or reset it.
        case byClient
        /// The server stops.
        case byServer
        /// The client sent nothing, or read nothing, for `longestWait`.
        case byTime
        /// The client sent a head over 1 MiB, a body over 64 MiB or no HTTP.
        case byBadRequest
    }

    /// One accepted connection; it stays on its thread.
    public final class Connection {
        /// Its number, counted from 0 in the order of acceptance.
        public let number: Int
        private var descriptor: Int32
        private let state: State
        private var buffer: ArraySlice<UInt8> = []

        init(_ descriptor: Int32, number: Int, state: State) {
            self.descriptor = descriptor
            self.number = number
            self.state = state
        }

        /// Reads and records the next request, body included; nil where the client closes before one begins.
        public func readRequest() throws(Ended) -> RecordedRequest? {
            var scanned = 0
            while true {
                if let end = headEnd(from: scanned) {
                    let head = buffer[..<end]
                    buffer = buffer[end...]
                    guard var request = RecordedRequest(head: head, connection: number) else { throw .byBadRequest }
                    if request.wantsContinue { try send("HTTP/1.1 100 Continue\r\n\r\n") }
                    request.body = try readBody(request.framing)
                    state.record(request)
                    return request
                }
                scanned = max(0, buffer.count - 3)
                guard buffer.count < 1 << 20 else { throw .byBadRequest }
                guard try fill() else {
                    if buffer.isEmpty { return nil }
                    throw .byClient
                }
            }
        }

        /// Reads that many bytes, as they come.
        public func read(_ count: Int) throws(Ended) -> [UInt8] {
            guard count <= 64 << 20 else { throw .byBadRequest }
            while buffer.count < count { guard try fill() else { throw .byClient } }
            defer { buffer = buffer.dropFirst(count) }
            return Array(buffer.prefix(count))
        }

        /// Sends bytes.
        public func send(_ bytes: [UInt8]) throws(Ended) {
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(
                        descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
                }
                let number = errno
                if count >= 0 {
                    sent += count
                } else if number == EAGAIN {
                    try wait(for: POLLOUT)
                } else if number != EINTR {
                    throw .byClient
                }
            }
        }

        /// Sends a text.
        public func send(_ text: String) throws(Ended) { try send(Array(text.utf8)) }

        /// Waits that long; ends early when the server stops.
        public func pause(_ duration: Duration) throws(Ended) {
            if case .stopped = state.stop.wait(until: .now + min(duration, RawServer.longestWait)) { throw .byServer }
        }

        /// Takes what the client sends and answers nothing, until it closes.
        public func hang() throws(Ended) {
            repeat { buffer = [] } while try fill()
        }

        /// Ends the sending side: the client reads an end, and may still send.
        public func closeSending() { shutdown(descriptor, Int32(SHUT_WR)) }

        /// Closes the connection; unread bytes make the kernel send a reset instead of an end.
        public func close() {
            guard descriptor >= 0 else { return }
            Glibc.close(descriptor)
            descriptor = -1
        }

        /// Closes the connection with a reset.
        public func reset() {
            guard descriptor >= 0 else { return }
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
            close()
        }

        /// Reads what is there; false at the client's end.
        private func fill() throws(Ended) -> Bool {
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = recv(descriptor, &chunk, chunk.count, 0)
                let number = errno
                if count > 0 {
                    buffer.append(contentsOf: chunk[..<count])
                    return true
                }
                if count == 0 { return false }
                if number == EAGAIN {
                    try wait(for: POLLIN)
                } else if number != EINTR {
                    throw .byClient
                }
            }
        }

        private func wait(for events: Int32) throws(Ended) {
            switch state.stop.wait(descriptor, for: events, until: .now + RawServer.longestWait) {
            case .ready: return
            case .stopped: throw .byServer
            case .deadline: throw .byTime
            }
        }

        /// Returns the index behind the empty line that ends a head.
        private func headEnd(from offset: Int) -> Int? {
            var index = buffer.startIndex + offset
            while index + 4 <= buffer.endIndex {
                if buffer[index] == 13, buffer[index..<index + 4].elementsEqual([13, 10, 13, 10]) { return index + 4 }
                index += 1
            }
            return nil
        }

        private func readBody(_ framing: RecordedRequest.Framing) throws(Ended) -> [UInt8] {
            guard case .length(let length) = framing else { return try readChunks() }
            return try read(length)
        }

        private func readChunks() throws(Ended) -> [UInt8] {
            var body: [UInt8] = []
            while true {
                let size = try readLine().prefix { $0 != UInt8(ascii: ";") }
                guard let count = Int(String(decoding: size, as: UTF8.self), radix: 16), count >= 0,
                    body.count + count <= 64 << 20
                else { throw .byBadRequest }
                if count == 0 {
                    while try !readLine().isEmpty {}
                    return body
                }
                body += try read(count)
                _ = try readLine()
            }
        }

        /// Reads a line; returns it without its end.
        private func readLine() throws(Ended) -> [UInt8] {
            var line: [UInt8] = []
            while true {
                let byte = try read(1)[0]
                if byte == 10 { return line.last == 13 ? line.dropLast() : line }
                guard line.count < 8192 else { throw .byBadRequest }
                line.append(byte)
            }
        }
    }
}
