internal import EventLoop

/// Where tasks wait until somebody grants them something, their deadline passes, or they are cancelled.
///
/// `@unchecked Sendable`: used on the loop's thread only; a cancellation from elsewhere is sent there.
final class WaitingRoom<Grant: Sendable>: @unchecked Sendable {
    /// How a wait ended.
    enum End {
        case granted(Grant)
        case expired, cancelled
    }

    private struct Guest {
        let continuation: CheckedContinuation<End, Never>
        let timer: TimerToken
    }

    private let loop: EventLoop
    private var guests: [Int: Guest] = [:]

    init(on loop: EventLoop) { self.loop = loop }

    /// Waits for ``admit(_:_:)`` with this number.
    func wait(as number: Int, until deadline: ContinuousClock.Instant) async -> End {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(returning: .cancelled) }
                let timer = loop.schedule(at: deadline) { [unowned self] in end(number, .expired) }
                guests[number] = Guest(continuation: continuation, timer: timer)
            }
        } onCancel: {
            loop.execute { self.end(number, .cancelled) }
        }
    }

    /// Ends the wait of a number; false where nobody waits under it.
    @discardableResult
    func admit(_ number: Int, _ grant: Grant) -> Bool { end(number, .granted(grant)) }

    @discardableResult
    private func end(_ number: Int, _ end: End) -> Bool {
        guard let guest = guests.removeValue(forKey: number) else { return false }
        loop.cancel(guest.timer)
        guest.continuation.resume(returning: end)
        return true
    }
}
