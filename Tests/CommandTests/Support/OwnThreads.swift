import Dispatch
import Synchronization
import Testing

/// Runs tests that wait for processes on threads of their own.
///
/// Such a wait blocks its thread. Those of Swift's concurrency are as few as the processors, and the timed tests of
/// other suites need them meanwhile.
struct OwnThreads: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(BlockingThreads.shared) { try await function() }
    }
}

extension Trait where Self == OwnThreads {
    /// Runs the tests on threads of their own.
    static var onOwnThreads: Self { Self() }
}

/// A few threads that run jobs which may block; they stay for the life of the process.
private final class BlockingThreads: TaskExecutor {
    /// As many as the programs that run at a time.
    static let shared = BlockingThreads(count: 3)

    private let jobs = Mutex<[UnownedJob]>([])
    private let ready = DispatchSemaphore(value: 0)

    private init(count: Int) {
        for number in 0..<count {
            DispatchQueue(label: "command-tests-\(number)").async { [self] in
                while true {
                    ready.wait()
                    jobs.withLock { $0.removeFirst() }.runSynchronously(on: asUnownedTaskExecutor())
                }
            }
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        ready.signal()
    }
}
