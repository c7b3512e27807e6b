internal import Synchronization

/// Work that goes on after its request was answered, bounded in number and ended with the sandbox.
final class BackgroundWork: Sendable {
    private static let limit = 1000

    private let jobs: AsyncStream<@Sendable () async -> Void>
    private let continuation: AsyncStream<@Sendable () async -> Void>.Continuation
    private let pending = Atomic<Int>(0)

    init() {
        (jobs, continuation) = AsyncStream.makeStream()
    }

    /// Takes on a job; false if there are too many.
    func submit(_ job: @escaping @Sendable () async -> Void) -> Bool {
        guard pending.add(1, ordering: .relaxed).newValue <= Self.limit else {
            pending.subtract(1, ordering: .relaxed)
            return false
        }
        continuation.yield(job)
        return true
    }

    /// Runs jobs until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs {
                group.addTask {
                    await job()
                    self.pending.subtract(1, ordering: .relaxed)
                }
            }
            group.cancelAll()
        }
    }
}
