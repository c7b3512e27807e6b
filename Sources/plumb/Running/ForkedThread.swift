import CLinux
import Glibc

/// The thread on which a forked process does its work.
///
/// It is a new one: Swift's runtime and its `Mutex` keep the number of a thread in the thread, and lock by it. The
/// thread that comes out of a fork still has the number of the one that called it, so that another thread that waits for
/// a lock of its would wait for ever.
enum ForkedThread {
    private final class Work {
        let body: () -> Never
        init(_ body: @escaping () -> Never) { self.body = body }
    }

    /// What such a thread is called where threads are listed.
    static let name = "plumb-forked"

    /// Does work that ends the process, while the calling thread does nothing any more.
    static func run(_ body: @escaping () -> Never) -> Never {
        let work = Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                plumb_name_thread(ForkedThread.name)
                guard let context else { return nil }
                Unmanaged<Work>.fromOpaque(context).takeUnretainedValue().body()
            }, work.toOpaque())
        // Where there is no second thread to be had, there is none to wait for the first.
        guard status == 0 else { body() }
        while true { pause() }
    }
}
