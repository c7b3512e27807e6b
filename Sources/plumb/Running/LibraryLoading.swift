import Glibc
import ScenarioModel
import StepDrivers
import Synchronization

/// Loads the shared libraries of a configuration's targets on a thread of its own, while scenarios are read.
///
/// Before the worker is forked somebody waits: the process has one thread then, and the worker has the libraries.
final class LibraryLoading {
    private let problem = Mutex<String?>(nil)
    private let loading: @Sendable () -> String?
    private var thread: pthread_t?

    /// Begins to load, where there is something; without a thread to spare, loads at once.
    init?(for configuration: Configuration) {
        guard let loading = StepKinds.libraryLoading(for: configuration) else { return nil }
        self.loading = loading
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                // `wait` keeps the object for as long as the thread runs.
                Unmanaged<LibraryLoading>.fromOpaque(context).takeUnretainedValue().load()
                return nil
            }, Unmanaged.passUnretained(self).toOpaque())
        if failure == 0 { self.thread = thread } else { load() }
    }

    deinit { _ = wait() }

    /// Waits until all is loaded; returns why something cannot be, or nil.
    func wait() -> String? {
        if let thread { pthread_join(thread, nil) }
        thread = nil
        return problem.withLock { $0 }
    }

    private func load() {
        let found = loading()
        problem.withLock { $0 = found }
    }
}
