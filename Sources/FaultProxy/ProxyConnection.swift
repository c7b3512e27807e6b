internal import EventLoop
internal import Glibc

/// One connection through the proxy: two sockets, and the bytes that are on their way between them.
///
/// Lives on its loop's thread; the proxy holds it until it has ended.
final class ProxyConnection {

    /// Bytes that one direction may hold before no more are read.
    static let mostQueued = 1 << 20
    /// Bytes that are read at a time while trouble is in force, so that what is decided of them stays small.
    private static let troubledRead = 16 << 10
    /// How often a direction is read in one turn of the loop.
    private static let readsPerTurn = 4
    /// How long a caller may take to hang up behind an answer that the proxy gave.
    private static let farewell: Duration = .seconds(5)

    /// One direction.
    private struct Lane {
        var pieces: [Passage.Piece] = []
        var head = 0
        var queued = 0
        /// When the end may go on, once the sender has ended.
        var endRelease: Instant?
        var isEnded = false
        /// What the connection comes to behind the pieces.
        var finish: Passage.End?

        var isEmpty: Bool { head == pieces.count }
    }

    private let proxy: FaultProxy
    private var caller: Int32
    private var service: Int32 = -1
    private var isConnected = false
    private var isOver = false
    /// Whether the proxy answers by itself, and waits for the caller to hang up.
    private var isLeaving = false
    private var passage: Passage
    private var lanes: [Trouble.Direction: Lane] = [.request: Lane(), .response: Lane()]
    private var timer: TimerToken?
    private var deadline: TimerToken?
    private var interests: [Int32: Interest] = [:]

    init(_ caller: Int32, _ proxy: FaultProxy, seed: UInt64) {
        self.caller = caller
        self.proxy = proxy
        passage = Passage(seed: seed)
    }

    func wasStruck(by strike: Int) -> Bool { passage.strikes.contains(strike) }

    // MARK: Opening

    /// Connects to the service; nothing of the caller is read before.
    func begin() {
        deadline = proxy.loop.schedule(after: proxy.connectLimit) { [weak self] in
            self?.fail("no connection within \(self?.proxy.connectLimit.components.seconds ?? 0) s")
        }
        proxy.withAddresses { [weak self] result in
            guard let self, !self.isOver else { return }
            switch result {
            case .success(let addresses): self.connect(addresses[...], last: "no address")
            case .failure(let error): self.fail(error.description)
            }
        }
    }

    private func connect(_ addresses: ArraySlice<Socket.Address>, last: String) {
        guard let address = addresses.first else { return fail(last) }
        let rest = addresses.dropFirst()
        let descriptor: Int32
        do throws(ProxyError) {
            descriptor = try Socket.stream(address.family)
        } catch {
            return fail(error.description)
        }
        let status = address.with { Glibc.connect(descriptor, $0, $1) }
        let code = status == 0 ? 0 : errno
        if status != 0, code != EINPROGRESS {
            Glibc.close(descriptor)
            return connect(rest, last: Socket.reason(code))
        }
        service = descriptor
        if status == 0 { return connected() }
        do throws(EventLoopError) {
            try proxy.loop.watch(descriptor, for: .write) { [weak self] _ in
                guard let self, !self.isOver else { return }
                self.proxy.loop.unwatch(descriptor)
                let code = Socket.pendingError(descriptor)
                if code == 0 { return self.connected() }
                self.service = -1
                Glibc.close(descriptor)
                self.connect(rest, last: Socket.reason(code))
            }
        } catch {
            fail("\(error)")
        }
    }

    private func connected() {
        if let deadline { proxy.loop.cancel(deadline) }
        deadline = nil
        isConnected = true
        proxy.complaint = nil
        for (descriptor, direction) in [(caller, Trouble.Direction.request), (service, .response)] {
            do throws(EventLoopError) {
                interests[descriptor] = .read
                try proxy.loop.watch(descriptor, for: .read) { [weak self] ready in
                    self?.happened(direction, ready)
                }
            } catch {
                return fail("\(error)")
            }
        }
    }

    /// Ends a connection whose service cannot be reached.
    private func fail(_ reason: String) {
        proxy.complaint = "\(proxy.service): \(reason)"
        end(.reset)
    }

    // MARK: Ending

    /// Ends both sides at once.
    func end(_ end: Passage.End) {
        guard !isOver else { return }
        isOver = true
        if let timer { proxy.loop.cancel(timer) }
        if let deadline { proxy.loop.cancel(deadline) }
        for descriptor in [caller, service] where descriptor >= 0 {
            proxy.loop.unwatch(descriptor)
            if end == .reset { Socket.reset(descriptor) } else { Glibc.close(descriptor) }
        }
        proxy.ended(self)
    }

    // MARK: Passing on

    private func source(_ direction: Trouble.Direction) -> Int32 { direction == .request ? caller : service }
    private func sink(_ direction: Trouble.Direction) -> Int32 { direction == .request ? service : caller }
    private func other(_ direction: Trouble.Direction) -> Trouble.Direction {
        direction == .request ? .response : .request
    }

    /// The socket that a direction comes from is ready for something.
    private func happened(_ direction: Trouble.Direction, _ ready: Readiness) {
        guard !isOver else { return }
        if ready.contains(.writable) { write(other(direction)) }
        guard !isOver else { return }
        if ready.contains(.readable) || ready.contains(.failed) { read(direction) }
        settle()
    }

    private func read(_ direction: Trouble.Direction) {
        if isLeaving { return discard() }
        for _ in 0..<Self.readsPerTurn {
            guard !isOver, let lane = lanes[direction], lane.endRelease == nil, !lane.isEnded,
                lane.queued < Self.mostQueued, lane.finish == nil
            else { return }
            let isCalm = proxy.troubles.isCalm
            // What is left of the buffer goes first; meanwhile the sender waits.
            if isCalm, !lane.isEmpty { return }
            let size = isCalm ? ReadBuffer.size : Self.troubledRead
            let count = Glibc.read(source(direction), proxy.buffer.bytes.baseAddress, size)
            if count < 0 {
                if errno == EINTR { continue }
                // A reset of one side reaches the other as what it is.
                if errno != EAGAIN { end(.reset) }
                return
            }
            if count == 0 { return ended(direction) }
            if isCalm {
                passage.passed(direction)
                pass(count, direction)
            } else {
                take(Array(proxy.buffer.bytes[..<count]), direction)
            }
            if count < size { return }
        }
    }

    /// Sends bytes on at once; what the other side does not take waits.
    private func pass(_ count: Int, _ direction: Trouble.Direction) {
        var sent = 0
        while sent < count {
            let written = send(
                sink(direction), proxy.buffer.bytes.baseAddress.map { $0 + sent }, count - sent,
                Int32(MSG_NOSIGNAL))
            if written < 0 {
                if errno == EINTR { continue }
                if errno != EAGAIN { return end(.reset) }
                break
            }
            sent += written
        }
        guard sent < count else { return }
        queue(Array(proxy.buffer.bytes[sent..<count])[...], direction, release: .now)
    }

    private func queue(_ bytes: ArraySlice<UInt8>, _ direction: Trouble.Direction, release: Instant) {
        lanes[direction]?.pieces.append(Passage.Piece(bytes: bytes, release: release))
        lanes[direction]?.queued += bytes.count
    }

    private func take(_ bytes: [UInt8], _ direction: Trouble.Direction) {
        let outcome = passage.take(bytes, direction, at: .now, &proxy.troubles)
        for piece in outcome.pieces { queue(piece.bytes, direction, release: piece.release) }
        if let end = outcome.end {
            if case .respond(let answer) = end { return respond(answer) }
            lanes[direction]?.finish = end
        }
        write(direction)
    }

    private func ended(_ direction: Trouble.Direction) {
        guard !passage.hidesEnd(direction, &proxy.troubles) else {
            lanes[direction]?.isEnded = true
            if lanes.values.allSatisfy({ $0.isEnded }) { end(.close) }
            return
        }
        lanes[direction]?.endRelease = .now + passage.delayOfEnd(direction, &proxy.troubles)
        write(direction)
    }

    /// Writes what is due in a direction.
    private func write(_ direction: Trouble.Direction) {
        guard !isOver, var lane = lanes[direction] else { return }
        let now = Instant.now
        while lane.head < lane.pieces.count, lane.pieces[lane.head].release <= now {
            let bytes = lane.pieces[lane.head].bytes
            let written = bytes.withUnsafeBytes {
                send(sink(direction), $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if written < 0 {
                if errno == EINTR { continue }
                if errno != EAGAIN { return end(.reset) }
                break
            }
            lane.queued -= written
            guard written == bytes.count else {
                lane.pieces[lane.head].bytes = bytes.dropFirst(written)
                break
            }
            lane.head += 1
        }
        if lane.isEmpty {
            lane.pieces.removeAll(keepingCapacity: lane.pieces.capacity < 1024)
            lane.head = 0
        } else if lane.head > 1024 {
            lane.pieces.removeFirst(lane.head)
            lane.head = 0
        }
        lanes[direction] = lane
        guard lane.isEmpty else { return }
        if let finish = lane.finish { return end(finish) }
        if let release = lane.endRelease, release <= now, !lane.isEnded {
            lanes[direction]?.isEnded = true
            _ = shutdown(sink(direction), Int32(SHUT_WR))
            if lanes.values.allSatisfy({ $0.isEnded }) { end(.close) }
        }
    }

    // MARK: Answering in the service's place

    private func respond(_ answer: [UInt8]) {
        isLeaving = true
        lanes[.request] = Lane()
        lanes[.response] = Lane()
        proxy.loop.unwatch(service)
        interests[service] = nil
        Glibc.close(service)
        service = -1
        queue(answer[...], .response, release: .now)
        lanes[.response]?.endRelease = .now
        lanes[.request]?.isEnded = true
        deadline = proxy.loop.schedule(after: Self.farewell) { [weak self] in self?.end(.close) }
        writeFarewell()
    }

    /// Writes the answer and ends our side; the caller's rest is read, so that the answer is not lost to a reset.
    private func writeFarewell() {
        guard var lane = lanes[.response] else { return }
        while lane.head < lane.pieces.count {
            let bytes = lane.pieces[lane.head].bytes
            let written = bytes.withUnsafeBytes {
                send(caller, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard written >= 0 else {
                if errno != EAGAIN && errno != EINTR { return end(.reset) }
                break
            }
            lane.pieces[lane.head].bytes = bytes.dropFirst(written)
            if written == bytes.count { lane.head += 1 }
        }
        lanes[.response] = lane
        if lane.isEmpty, !lane.isEnded {
            lanes[.response]?.isEnded = true
            _ = shutdown(caller, Int32(SHUT_WR))
        }
    }

    private func discard() {
        while !isOver {
            let count = Glibc.read(caller, proxy.buffer.bytes.baseAddress, ReadBuffer.size)
            if count > 0 { continue }
            if count < 0, errno == EINTR { continue }
            if count == 0 || errno != EAGAIN { end(.close) }
            return
        }
    }

    // MARK: Waiting

    /// Asks the loop for what is to be waited for now.
    private func settle() {
        guard !isOver, isConnected else { return }
        if isLeaving {
            writeFarewell()
            guard !isOver else { return }
            return wait(caller, lanes[.response]?.isEmpty ?? true ? .read : [.read, .write])
        }
        let now = Instant.now
        var due: Instant?
        for direction in [Trouble.Direction.request, .response] {
            guard let lane = lanes[direction], !lane.isEnded else { continue }
            let next = lane.isEmpty ? lane.endRelease : lane.pieces[lane.head].release
            if let next, next > now { due = min(due ?? next, next) }
        }
        for (descriptor, reads) in [(caller, Trouble.Direction.request), (service, .response)] {
            guard let incoming = lanes[reads], let outgoing = lanes[other(reads)] else { continue }
            var interest: Interest = []
            if incoming.endRelease == nil, !incoming.isEnded, incoming.queued < Self.mostQueued,
                incoming.finish == nil, incoming.isEmpty || !proxy.troubles.isCalm
            {
                interest.insert(.read)
            }
            if !outgoing.isEmpty, outgoing.pieces[outgoing.head].release <= now { interest.insert(.write) }
            wait(descriptor, interest)
        }
        if let timer { proxy.loop.cancel(timer) }
        timer = due.map { due in
            proxy.loop.schedule(at: due) { [weak self] in
                guard let self, !self.isOver else { return }
                self.timer = nil
                self.write(.request)
                self.write(.response)
                self.settle()
            }
        }
    }

    private func wait(_ descriptor: Int32, _ interest: Interest) {
        guard interests[descriptor] != interest else { return }
        // A socket that failed tells so whatever it is asked: one that nothing is asked of is left alone.
        if interest.isEmpty {
            proxy.loop.unwatch(descriptor)
            interests[descriptor] = interest
            return
        }
        let wasWatched = interests[descriptor].map { !$0.isEmpty } ?? false
        interests[descriptor] = interest
        let direction: Trouble.Direction = descriptor == caller ? .request : .response
        do throws(EventLoopError) {
            if wasWatched {
                try proxy.loop.rewatch(descriptor, for: interest)
            } else {
                try proxy.loop.watch(descriptor, for: interest) { [weak self] ready in
                    self?.happened(direction, ready)
                }
            }
        } catch {
            fail("\(error)")
        }
    }
}
