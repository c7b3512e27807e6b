internal import EventLoop

/// One request on the wire and its answer so far.
///
/// The callbacks of a transfer feed it; it decides whether the transfer goes on. It knows nothing of libcurl.
final class Exchange {
    /// Why the exchange itself ended the transfer.
    enum Stop {
        /// All wanted events have come, or what follows is of another protocol (RFC 9110, section 15.2.2).
        case enough
        case failed(HTTPError.Kind, String, hint: String?)
    }

    let request: HTTPRequest
    let url: ParsedURL
    /// What the jar sends along.
    let cookieHeader: String?
    /// A body that is read while it is sent.
    let upload: Upload?
    let start: Instant
    /// Whether it goes over TLS.
    let isSecure: Bool

    private(set) var head: ResponseHead
    private(set) var body: [UInt8] = []
    private(set) var events: HTTPResponse.EventStream?
    private(set) var stop: Stop?
    /// Bytes of the body before decoding.
    private(set) var received = 0
    /// How often the request was put on a connection.
    private(set) var sends = 0
    /// The connection that carries the request, where it has a certificate.
    private(set) var connection: Connection?

    private var decoder: ContentDecoder?
    private var parser = SSEParser()
    private var sentAt: Instant?

    init(
        _ request: HTTPRequest, url: ParsedURL, cookieHeader: String?, upload: Upload?, start: Instant,
        known: KnownLines? = nil
    ) {
        self.request = request
        isSecure = url.origin.scheme == "https"
        head = ResponseHead(known)
        self.url = url
        self.cookieHeader = cookieHeader
        self.upload = upload
        self.start = start
    }

    /// Whether all that was wanted has come, though the connection goes on.
    var hasEnough: Bool {
        if case .enough = stop { true } else { false }
    }

    /// The two ends of a connection, which tell it from all others that are open.
    struct Connection: Hashable {
        let peer: String
        let peerPort: Int32
        let ownPort: Int32
    }

    /// A connection is there and the request is about to be sent; false forbids it.
    ///
    /// libcurl sends any request again, up to five times, when a kept-alive connection turns out to be closed.
    func willSend(on connection: Connection?) -> Bool {
        guard sends == 0 || maySendAgain() else { return false }
        sends += 1
        self.connection = connection
        if request.streaming != nil { sentAt = .now }
        return true
    }

    /// Whether a request may be sent once more, since the kept-alive connection that it was sent on turned out to be
    /// closed; where it may not, the exchange has failed.
    func maySendAgain() -> Bool {
        // What goes through a proxy for faults may be struck on purpose, and that is to be seen.
        let isDetoured = request.settings.connectTo != nil
        if request.isIdempotent, !isDetoured, sends < 2 { return true }
        fail(
            .reset, "the server closed the kept-alive connection before it answered",
            hint: request.isIdempotent ? nil : "a \(request.method) is not sent twice unless it is marked idempotent")
        return false
    }

    /// Takes the whole head where the bytes, the first of the answer, begin with one that is known, and tells how long
    /// it is; nil where they do not.
    func takeKnownHead(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let count = unsafe head.takeKnown(bytes) else { return nil }
        beginBody()
        return count
    }

    /// Takes a line of the head; false ends the transfer.
    func take(headerLine line: UnsafeRawBufferPointer) -> Bool {
        let wasComplete = head.isComplete
        do {
            try unsafe head.take(line)
        } catch {
            fail(.protocol, error.message, hint: error.hint)
            return false
        }
        if head.isComplete && !wasComplete { beginBody() }
        return stop == nil
    }

    /// Takes a piece of the body; false ends the transfer.
    func take(body piece: UnsafeRawBufferPointer) -> Bool {
        received += piece.count
        guard let decoder, stop == nil else { return false }
        if decoder.isIdentity { return unsafe append(piece) }
        do {
            guard received - 65_536 <= request.maxBytes else {
                failTooLarge()
                return false
            }
            return try unsafe decoder.decode(piece) { unsafe append($0) }
        } catch {
            fail(error)
            return false
        }
    }

    /// Checks at the end of a transfer that went well that the body is whole.
    func finish() {
        guard stop == nil, let decoder, !decoder.isIdentity else { return }
        do {
            try decoder.finish()
        } catch {
            fail(error)
        }
    }

    /// Ends the exchange for a reason that lies outside of the answer.
    func fail(_ kind: HTTPError.Kind, _ message: String, hint: String? = nil) {
        if stop == nil { stop = .failed(kind, message, hint: hint) }
    }

    /// Ends the exchange since a file of its body is not what it was.
    func failForChangedFile() {
        fail(
            .invalidRequest, "a file of the body changed or became unreadable while it was sent",
            hint: "leave the file alone while the step runs")
    }

    private func fail(_ failure: CodingFailure) {
        switch failure.kind {
        case .truncated: fail(.truncated, failure.message)
        case .damaged: fail(.protocol, failure.message)
        case .unknownCoding:
            fail(
                .protocol, failure.message,
                hint: "ask for one of \(ContentDecoder.available.joined(separator: ", ")) in Accept-Encoding")
        }
    }

    private func beginBody() {
        if head.status == 101 {
            stop = .enough
            return
        }
        do {
            decoder = try ContentDecoder(head.isCoded ? head.headers : [])
        } catch {
            // An answer without a body may announce what it likes.
            if request.method != "HEAD" && head.contentLength != 0 && head.status != 204 && head.status != 304 {
                fail(error)
            }
            return
        }
        if request.streaming != nil, head.value(of: "content-type")?.isEventStream == true {
            events = HTTPResponse.EventStream()
        }
        if let length = head.contentLength, length <= min(request.maxBytes, 1 << 20) { body.reserveCapacity(length) }
    }

    private func append(_ piece: UnsafeRawBufferPointer) -> Bool {
        let room = request.maxBytes - body.count
        let kept = unsafe UnsafeRawBufferPointer(rebasing: piece.prefix(max(0, room)))
        unsafe body.append(contentsOf: kept)
        if events != nil, unsafe !parseEvents(kept) { return false }
        if piece.count > room {
            failTooLarge()
            return false
        }
        return true
    }

    private func parseEvents(_ piece: UnsafeRawBufferPointer) -> Bool {
        let limit = request.streaming?.maxEvents ?? 0
        let at = (Instant.now - (sentAt ?? start)).milliseconds
        do {
            try unsafe parser.take(piece.bindMemory(to: UInt8.self).span) { event in
                events?.events.append(
                    HTTPResponse.Event(event: event.event, data: event.data, id: event.id, atMilliseconds: at))
                if event.data == "[DONE]" { events?.isDone = true }
                if events?.events.count ?? 0 >= limit {
                    stop = .enough
                    return false
                }
                return true
            }
        } catch {
            fail(.tooLarge, error.message)
        }
        events?.retry = parser.retry
        return stop == nil
    }

    private func failTooLarge() {
        fail(
            .tooLarge, "the body is over \(request.maxBytes.sizeText)",
            hint: "raise max_bytes if so large a body is right")
    }

    /// Marks how the event stream ended.
    func endEvents(_ end: HTTPResponse.EventStream.End) { events?.end = end }
}

extension String {
    fileprivate var isEventStream: Bool {
        prefix { $0 != ";" }.trimmingBlanks.lowercased() == "text/event-stream"
    }
}

extension Duration {
    /// As a person writes it: `250 ms`, `1.5 s`.
    var text: String {
        let count = min(milliseconds, 1e12)
        if count < 1000 { return "\(Int(count.rounded())) ms" }
        let tenths = Int((count / 100).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
}

extension Int {
    /// A number of bytes as a person writes it: `64 MiB`, or the number itself where it is no round one.
    fileprivate var sizeText: String {
        if self >= 1 << 20, self % (1 << 20) == 0 { return "\(self >> 20) MiB" }
        if self >= 1 << 10, self % (1 << 10) == 0 { return "\(self >> 10) KiB" }
        return "\(self) bytes"
    }
}
