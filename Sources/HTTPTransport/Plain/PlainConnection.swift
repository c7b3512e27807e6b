internal import EventLoop
internal import Glibc

/// A connection in clear text, which carries one exchange after the other as HTTP/1.1.
///
/// libcurl has found the address and connected; from there on the way is short. Lives on the loop's thread.
@safe final class PlainConnection {
    /// How the carrying of an exchange ended.
    enum End {
        /// The answer is there, or the exchange has said why there is none.
        case settled
        /// The connection, kept from an earlier request, closed before a byte of the answer.
        case stale
    }

    /// How often a socket is read at once before others get their turn.
    private static let readsPerTurn = 16
    /// How much of an upload is read at once.
    private static let uploadPiece = 256 << 10

    let route: PlainRoute
    private let socket: Int32
    private let loop: EventLoop
    private let buffer: ReceiveBuffer
    private var exchange: Exchange?
    private var layout: PlainLayout?
    private var bodySize = 0
    private var reader = AnswerReader()
    /// The head of the request where it did not go out at once.
    private var unsent: ArraySlice<UInt8> = []
    /// How much of a body that is no part of it went out, and how much was read of one that is read while it is sent.
    private var sentOfBody = 0
    private var readOfUpload = 0
    private var isSent = true
    private var requestSize = 0
    private var exchanges = 0
    /// How long the connection took to open.
    private let opening: TransferReport.Times
    private var isClosed = false
    private var readyAt = Instant.now
    private var firstByteAt: Instant?
    /// Tells this exchange from earlier and later ones.
    private(set) var id = 0
    /// When the last exchange ended.
    private(set) var restingSince = Instant.now

    /// Called with the number of the exchange that has ended; the connection rests or is closed by then.
    var onEnd: (Int, End) -> Void = { _, _ in }

    /// Takes an open, non-blocking socket, and closes it when all is over.
    ///
    /// - Throws: `EventLoopError` where the socket cannot be watched; it is closed then.
    init(
        _ socket: Int32, to route: PlainRoute, opened opening: TransferReport.Times, on loop: EventLoop,
        _ buffer: ReceiveBuffer
    ) throws(EventLoopError) {
        self.socket = socket
        self.opening = opening
        self.route = route
        self.loop = loop
        self.buffer = buffer
        do {
            try loop.watch(socket, for: .read) { [weak self] ready in self?.react(ready) }
        } catch {
            isClosed = true
            Glibc.close(socket)
            throw error
        }
    }

    deinit {
        // The loop forgets a socket that is closed.
        if !isClosed { Glibc.close(socket) }
    }

    /// Whether the other side has neither closed it nor said anything.
    var isOpen: Bool {
        var byte: UInt8 = 0
        let count = unsafe recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        return count < 0 && errno == EAGAIN
    }

    /// Whether an earlier exchange went over it.
    var isReused: Bool { exchanges > 1 }

    /// Sends a request and reads its answer; `scratch` is where its bytes are put together.
    func carry(_ exchange: Exchange, _ layout: PlainLayout, id: Int, scratch: inout [UInt8]) {
        self.exchange = exchange
        self.layout = layout
        self.id = id
        bodySize = layout.bodySize
        exchanges += 1
        reader = AnswerReader()
        unsent = []
        firstByteAt = nil
        sentOfBody = 0
        readOfUpload = 0
        exchange.upload?.rewind()
        isSent = false
        readyAt = .now
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: layout.beginning)
        for header in exchange.request.changingHeaders {
            scratch.append(contentsOf: header.name.utf8)
            scratch.append(0x3A)
            if !header.value.isEmpty { scratch.append(0x20) }
            scratch.append(contentsOf: header.value.utf8)
            scratch.append(0x0D)
            scratch.append(0x0A)
        }
        scratch.append(contentsOf: layout.ending)
        requestSize = scratch.count + layout.body.count + (exchange.upload?.size ?? 0)
        let sent = send(scratch[...])
        if sent < scratch.count { unsent = Array(scratch[max(0, sent)...])[...] }
        if sent < 0 { return fail(readFirst: true) }
        goOnSending()
    }

    /// What is to be said of the exchange under way, or the one that has just ended.
    func report(_ end: TransferReport.End) -> TransferReport {
        var report = TransferReport(end: end)
        if !isReused {
            report.times = opening
            report.connectionCount = 1
        }
        report.times.ready = report.times.connect
        if let firstByteAt { report.times.firstByte = report.times.ready + (firstByteAt - readyAt).microseconds }
        report.requestSize = requestSize
        report.uploaded = isSent ? bodySize : sentOfBody + max(0, readOfUpload - unsent.count)
        return report
    }

    /// Closes the connection; an exchange under way is over, and nobody is told.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        loop.unwatch(socket)
        Glibc.close(socket)
    }
}

// MARK: - Sending

extension PlainConnection {
    /// How many bytes went out; -1 where the connection is broken.
    private func send(_ bytes: ArraySlice<UInt8>) -> Int {
        guard !bytes.isEmpty else { return 0 }
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe Glibc.send(socket, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
        }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : -1
    }

    private func goOnSending() {
        guard let layout, !isSent else { return }
        repeat {
            while !unsent.isEmpty {
                let count = send(unsent)
                guard count > 0 else { return count < 0 ? fail(readFirst: true) : awaitRoom() }
                unsent = unsent.dropFirst(count)
            }
        } while readUpload()
        guard exchange?.stop == nil else { return end(.refused) }
        while sentOfBody < layout.body.count {
            let count = send(layout.body[sentOfBody...])
            guard count > 0 else { return count < 0 ? fail(readFirst: true) : awaitRoom() }
            sentOfBody += count
        }
        isSent = true
        // Nothing is done where the socket was never full.
        try? loop.rewatch(socket, for: .read)
    }

    /// Reads the next piece of a body that is read while it is sent; false where there is none.
    private func readUpload() -> Bool {
        guard let exchange, let upload = exchange.upload, readOfUpload < upload.size else { return false }
        let size = min(Self.uploadPiece, upload.size - readOfUpload)
        unsent = unsafe Array(unsafeUninitializedCapacity: size) { buffer, count in
            unsafe count = upload.read(into: UnsafeMutableRawBufferPointer(buffer)) ?? 0
        }[...]
        readOfUpload += unsent.count
        if unsent.isEmpty { exchange.failForChangedFile() }
        return !unsent.isEmpty
    }

    private func awaitRoom() {
        // A socket that cannot be watched makes no progress, and the time-out says so.
        try? loop.rewatch(socket, for: [.read, .write])
    }
}

// MARK: - Receiving

extension PlainConnection {
    private func react(_ ready: Readiness) {
        guard exchange != nil else {
            // The server has closed it, or says what nobody asked for.
            route.lose(self)
            return close()
        }
        if ready.contains(.writable) { goOnSending() }
        if !ready.isDisjoint(with: [.readable, .failed]) { receive() }
    }

    private func receive() {
        for _ in 0..<Self.readsPerTurn {
            guard let exchange, !isClosed else { return }
            let count = unsafe recv(socket, buffer.bytes.baseAddress, ReceiveBuffer.size, 0)
            switch count {
            case 1...:
                if firstByteAt == nil { firstByteAt = .now }
                let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count])
                let outcome = unsafe reader.take(bytes, for: exchange)
                guard outcome == .wantsMore else { return end(outcome) }
                // A short read has emptied the socket.
                guard count == ReceiveBuffer.size else { return }
            case 0:
                return reader.isUntouched && isReused ? lose() : end(reader.end(for: exchange))
            default:
                if errno == EINTR { continue }
                if errno != EAGAIN { fail(readFirst: false) }
                return
            }
        }
    }

    /// The system says that the connection is broken; what came before that may be an answer.
    private func fail(readFirst: Bool) {
        let number = errno
        guard let exchange else { return }
        if readFirst {
            receive()
            guard self.exchange === exchange else { return }
        }
        if reader.isUntouched, isReused { return lose() }
        let isReset = number == ECONNRESET || number == EPIPE
        if !isReset {
            exchange.fail(.reset, "the connection is dead: \(systemMessage(number))")
        } else if exchange.head.isComplete {
            exchange.fail(.reset, "connection reset after \(exchange.progress) of the body")
        } else {
            exchange.fail(.reset, "connection reset \(reader.isUntouched ? "before the answer" : "within the headers")")
        }
        end(.refused)
    }

    private func lose() {
        close()
        exchange = nil
        layout = nil
        onEnd(id, .stale)
    }

    private func end(_ outcome: AnswerReader.Outcome) {
        if case .whole(isReusable: true) = outcome, isSent {
            restingSince = .now
            route.keep(self)
        } else {
            close()
        }
        exchange = nil
        layout = nil
        onEnd(id, .settled)
    }
}

/// Where bytes are received to, for all connections of a loop.
@safe final class ReceiveBuffer {
    static let size = 64 << 10
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)

    deinit { unsafe bytes.deallocate() }
}

extension Duration {
    fileprivate var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
