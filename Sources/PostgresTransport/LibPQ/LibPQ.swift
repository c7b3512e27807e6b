internal import CLibPQ
internal import Glibc

/// libpq, loaded when it is first needed.
public enum LibPQ {
    /// Loads libpq and what it depends on, from any thread; returns why it cannot be had, or nil.
    ///
    /// The corresponding C function is `dlopen`.
    public static func load() -> String? {
        guard unsafe lpq_load() == nil else { return nil }
        return unsafe dlerror().map { unsafe String(cString: $0) } ?? "libpq.so.5 cannot be loaded"
    }
}
