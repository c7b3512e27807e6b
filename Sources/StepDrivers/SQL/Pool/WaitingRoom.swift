internal import EventLoop

/// Where tasks wait until somebody grants them something, their deadline passes, or they are cancelled.
///
/// A grant may come before its task waits, or in the turn in which the wait ends otherwise: it is kept, and whoever
/// gives up takes it by ``withdraw(_:)``.
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
    /// Grants to those that do not wait at this moment.
    private var kept: [Int: Grant] = [:]

    init(on loop: EventLoop) { self.loop = loop }

    /// Waits for ``admit(_:_:)`` with this number.
    func wait(as number: Int, until deadline: Instant) async -> End {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let grant = kept.removeValue(forKey: number) {
                    return continuation.resume(returning: .granted(grant))
                }
                guard !Task.isCancelled else { return continuation.resume(returning: .cancelled) }
                let timer = loop.schedule(at: deadline) { [unowned self] in end(number, .expired) }
                guests[number] = Guest(continuation: continuation, timer: timer)
            }
        } onCancel: {
            loop.execute { self.end(number, .cancelled) }
        }
    }

    /// Grants a number what it waits for.
    func admit(_ number: Int, _ grant: Grant) {
        if !end(number, .granted(grant)) { kept[number] = grant }
    }

    /// Takes what a number was granted although its wait ended otherwise.
    func withdraw(_ number: Int) -> Grant? { kept.removeValue(forKey: number) }

    @discardableResult
    private func end(_ number: Int, _ end: End) -> Bool {
        guard let guest = guests.removeValue(forKey: number) else { return false }
        loop.cancel(guest.timer)
        guest.continuation.resume(returning: end)
        return true
    }
}
