internal import EventLoop
internal import Synchronization

extension PostgresConnection {
    /// Cancels the statement at the server, and reads what is left of its answer.
    ///
    /// The connection is good afterwards if the server said that it cancelled this very statement. A cancellation that
    /// came too late could strike the next one, so an empty one is sent behind it.
    func cancel(_ progress: inout QueryProgress, isRead: Bool = true) async {
        guard let handle else { return giveUp() }
        if isRead, handle.consume(), drain(handle, &progress) {
            // It was over already.
            return handle.isBad ? giveUp() : ()
        }
        guard let request = handle.makeCancel() else { return giveUp() }
        let isPassedOn = Mutexed(false)
        var verdict = progress
        var isClean = false
        await pause.grace(Self.cancelGrace) {
            let number = pause.current
            let hasBegun = BackgroundThread.run { [loop, pause] in
                let isDone = request.send()
                isPassedOn.set(isDone)
                loop.execute { pause.signal(number) }
            }
            guard hasBegun else { return }
            var isSilent = false
            while true {
                if isRead { isSilent = isSilent || drain(handle, &verdict) }
                if isPassedOn.value, isSilent || !isRead { break }
                guard await pause.next() == .ready else { return }
                if isRead { _ = handle.consume() }
            }
            guard isSilent, !handle.isBad else { return }
            isClean = verdict.wasCancelled ? true : await outlivesLateCancel(handle)
        }
        progress = verdict
        if verdict.wasCancelled { progress.isUndone() }
        if !isClean { giveUp() }
    }

    /// Has a cancellation that came too late for its statement strike an empty one, whatever comes of that.
    private func outlivesLateCancel(_ handle: PQHandle) async -> Bool {
        guard handle.send(script: "") else { return false }
        var rest = QueryProgress()
        while !drain(handle, &rest) {
            guard await pause.next() == .ready else { return false }
            _ = handle.consume()
        }
        return !handle.isBad
    }

    /// Throws away what has arrived; returns true when nothing more comes.
    private func drain(_ handle: PQHandle, _ progress: inout QueryProgress) -> Bool {
        _ = flush(handle)
        while !handle.isBusy {
            guard let answer = handle.nextAnswer() else { return true }
            switch answer.kind {
            case .copyOut: if handle.discardCopyOut() { return false }
            case .copyIn: handle.refuseCopyIn("the statement was cancelled")
            case .copyBoth: return false
            default: _ = progress.took(QueryProgress.Answer(answer))
            }
        }
        return false
    }
}

/// A value that a thread leaves for the loop.
private final class Mutexed<Value: Sendable>: Sendable {
    private let content: Mutex<Value>

    init(_ value: Value) { content = Mutex(value) }

    var value: Value { content.withLock { $0 } }

    func set(_ value: Value) { content.withLock { $0 = value } }
}
