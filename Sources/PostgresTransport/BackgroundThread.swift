internal import Glibc

/// Threads for the calls of C libraries that block.
enum BackgroundThread {
    private final class Errand {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs an errand on a thread of its own; false when there is none, and nothing ran.
    static func run(_ errand: @escaping @Sendable () -> Void) -> Bool {
        let box = unsafe Unmanaged.passRetained(Errand(errand))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                // The argument is the errand that was retained for this one thread.
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Errand>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, unsafe box.toOpaque())
        guard code == 0 else {
            unsafe box.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}
