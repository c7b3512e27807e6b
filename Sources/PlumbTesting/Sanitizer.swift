import Glibc

/// What a sanitizer changes for tests.
public enum Sanitizer {
    /// Says whether the tests and the built `plumb` run under a sanitizer.
    ///
    /// Its own books are a multiple of the memory that it watches, so bounds of memory say nothing there.
    /// `scripts/sanitize` tells so in `PLUMB_SANITIZER`.
    public static let isPresent = getenv("PLUMB_SANITIZER") != nil
    /// Says whether that is ThreadSanitizer, which has a thread of its own in each process.
    public static let isForThreads = getenv("PLUMB_SANITIZER").map { String(cString: $0) } == "thread"
}
