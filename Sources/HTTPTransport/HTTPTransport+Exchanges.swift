internal import EventLoop
internal import Glibc

/// How one exchange is carried: who takes it in hand, and when it ends.
extension HTTPTransport {
    @inline(__always)
    func perform(
        _ exchange: Exchange, _ known: KnownRequest?, deadline: Instant
    ) async -> TransferReport {
        guard !isShutDown else { return TransferReport(end: .cancelled) }
        let id = running.takePlace()
        return await withTaskCancellationHandler {
            unsafe await withUnsafeContinuation { continuation in
                // The handler below may have run before there was anything to end.
                guard !Task.isCancelled else {
                    running.remove(id)
                    return unsafe continuation.resume(returning: TransferReport(end: .cancelled))
                }
                unsafe begin(exchange, known, id: id, deadline: deadline, continuation)
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.end(id, .cancelled) } }
        }
    }

    private func begin(
        _ exchange: Exchange, _ known: KnownRequest?, id: Int, deadline: Instant,
        _ continuation: UnsafeContinuation<TransferReport, Never>
    ) {
        func run(_ carrier: Carrier) {
            running[id] = unsafe Running(carrier, exchange, deadline: deadline, continuation)
            look(at: deadline)
        }
        func refuse() {
            running.remove(id)
            unsafe continuation.resume(returning: TransferReport(end: .cancelled))
        }
        if let layout = plainLayout(of: exchange, known) {
            if let connection = layout.route.take(for: exchange) {
                run(.plain(connection, layout))
                return carry(exchange, layout, on: connection, id: id)
            }
            guard let (transfer, multi) = open(for: exchange, id: id) else { return refuse() }
            return run(.opening(transfer, multi, layout))
        }
        guard let multi = multi(for: exchange.request.settings),
            let transfer = idleTransfer(for: exchange, multi) ?? CurlTransfer()
        else {
            exchange.failForLackOfMeans()
            return refuse()
        }
        transfer.begin(exchange, id: id, sockets: multi.sockets)
        run(.libcurl(transfer, multi))
        if !multi.add(transfer) {
            exchange.failForLackOfMeans()
            settle(id, TransferReport(end: .cancelled))
        }
    }

    /// Has libcurl open a connection; nil where it cannot, which the exchange then says.
    func open(for exchange: Exchange, id: Int) -> (CurlTransfer, CurlMulti)? {
        guard let multi = multi(for: exchange.request.settings),
            let transfer = idleTransfers.popLast() ?? CurlTransfer()
        else {
            exchange.failForLackOfMeans()
            return nil
        }
        transfer.open(for: exchange, id: id, sockets: multi.sockets)
        if multi.add(transfer) { return (transfer, multi) }
        exchange.failForLackOfMeans()
        release(transfer, .cancelled)
        return nil
    }

    /// A transfer that is out of its multi handle is over.
    private func ended(_ id: Int, _ code: UInt32) {
        switch running[id]?.carrier {
        case .libcurl(let transfer, _): settle(id, transfer.report(.finished(code)))
        case .opening(let transfer, _, let layout):
            let report = transfer.report(.finished(code))
            guard let socket = transfer.takeSocket() else { return settle(id, report) }
            release(transfer, report.end)
            opened(socket, for: id, layout, report.times)
        case .plain, nil: break
        }
    }

    /// Ends an exchange from our side, unless it has ended already.
    func end(_ id: Int, _ end: TransferReport.End) {
        guard let item = running[id] else { return }
        let report: TransferReport
        switch item.carrier {
        case .libcurl(let transfer, let multi), .opening(let transfer, let multi, _):
            // The phase is known only as long as the transfer is in.
            report = transfer.report(end)
            multi.remove(transfer)
        case .plain(let connection, _):
            report = connection.report(end)
            connection.close()
        }
        settle(id, report)
    }

    /// Gives the waiting task what came of its exchange.
    func settle(_ id: Int, _ report: TransferReport) {
        guard let item = running.remove(id) else { return }
        switch item.carrier {
        case .libcurl(let transfer, _), .opening(let transfer, _, _): release(transfer, report.end)
        case .plain: break
        }
        item.resume(report)
    }

    private func release(_ transfer: CurlTransfer, _ end: TransferReport.End) {
        transfer.end(end)
        if idleTransfers.count < Self.idleTransferLimit { idleTransfers.append(transfer) }
    }

    /// Sees to it that the deadlines are looked at by then.
    private func look(at time: Instant) {
        if let nextLook {
            guard time < nextLook.time else { return }
            loop.cancel(nextLook.timer)
        }
        let timer = loop.schedule(at: time) { [weak self] in self?.assumeIsolated { $0.endOverdue() } }
        nextLook = (timer, time)
    }

    private func endOverdue() {
        nextLook = nil
        let now = Instant.now
        for id in running.ids where running[id].map({ $0.deadline <= now }) ?? false { end(id, .expired) }
        guard let next = running.ids.lazy.compactMap({ self.running[$0]?.deadline }).min() else { return }
        // Each look goes through all requests, so that there are not too many.
        look(at: max(next, now + .milliseconds(1)))
    }

    /// One of the handles that wait, if there is any; rather one that has the request's options.
    private func idleTransfer(for exchange: Exchange, _ multi: CurlMulti) -> CurlTransfer? {
        guard let last = idleTransfers.last else { return nil }
        if !last.isReady(for: exchange, multi.sockets) {
            let looked = idleTransfers.dropLast().suffix(Self.idleLooks)
            if let place = looked.lastIndex(where: { $0.isReady(for: exchange, multi.sockets) }) {
                idleTransfers.swapAt(place, idleTransfers.count - 1)
            }
        }
        return idleTransfers.popLast()
    }

    func lines(of origin: Origin) -> KnownLines {
        if let known = knownLines[origin] { return known }
        if knownLines.count >= Self.multiLimit { knownLines.removeAll() }
        let made = KnownLines()
        knownLines[origin] = made
        return made
    }

    private func multi(for settings: ConnectionSettings) -> CurlMulti? {
        if let known = multis.first(where: { $0.settings == settings }) { return known.multi }
        if multis.count >= Self.multiLimit {
            multis.removeAll { entry in
                guard entry.multi.transferCount == 0 else { return false }
                entry.multi.close()
                return true
            }
        }
        guard let multi = CurlMulti(loop: loop, maxConnections: settings.maxConnections) else { return nil }
        multi.onEnd = { [unowned self] id, code in ended(id, code) }
        multis.append((settings, multi))
        return multi
    }

    static func upload(_ request: HTTPRequest) throws(HTTPError) -> Upload? {
        switch request.body {
        case .none, .bytes: nil
        case .file, .multipart: try Upload(request.body, version: request.bodyVersion, boundary: boundary())
        }
    }

    /// 128 random bits, which no content guesses.
    private static func boundary() -> String {
        "plumb-" + String(UInt64.random(in: .min ... .max), radix: 36)
            + String(UInt64.random(in: .min ... .max), radix: 36)
    }

    /// Seconds since 1970, for the expiry of cookies.
    static func wallClock() -> Int64 { Int64(time(nil)) }
}

extension Exchange {
    /// libcurl could not make a handle, which takes memory and a few descriptors.
    fileprivate func failForLackOfMeans() {
        fail(.unreachable, "no memory or no descriptor is left for another connection", hint: "raise 'ulimit -n'")
    }
}
