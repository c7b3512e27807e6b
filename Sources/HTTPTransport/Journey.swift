internal import EventLoop

/// What adds up over the hops of a request.
struct Journey {
    let start: Instant
    var policy: RedirectPolicy
    private(set) var timing = HTTPResponse.Timing()
    private(set) var wire = HTTPResponse.Wire()
    private(set) var resends = 0

    init(start: Instant, policy: RedirectPolicy) {
        self.start = start
        self.policy = policy
    }

    mutating func add(_ report: TransferReport, _ exchange: Exchange) {
        let times = report.times
        // With a connection that was there already, libcurl counts the moment of finding it.
        if report.connectionCount > 0 {
            timing.dns += milliseconds(0, times.dns)
            timing.connect += milliseconds(times.dns, times.connect)
            timing.tls += milliseconds(times.connect, times.tls)
        }
        timing.firstByte += milliseconds(times.ready, times.firstByte)
        timing.total = (Instant.now - start).milliseconds
        wire.sent += report.requestSize
        wire.received += exchange.head.byteCount + exchange.received
        resends += max(0, exchange.sends - 1)
    }

    /// The time between the ends of two phases; 0 when the later one did not take place.
    private func milliseconds(_ before: Int64, _ after: Int64) -> Double {
        Double(max(0, after - before)) / 1000
    }
}
