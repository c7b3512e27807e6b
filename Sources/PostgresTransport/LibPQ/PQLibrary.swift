internal import CLibPQ
internal import Glibc

/// libpq itself, which is loaded when it is first needed.
enum PQLibrary {
    /// Loads it; says why where that is not possible.
    ///
    /// The corresponding C function is `dlopen`.
    static func problem() -> PostgresError? {
        guard unsafe lpq_load() == nil else { return nil }
        let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? "no reason is given"
        return PostgresError(
            .unreachable, "libpq cannot be loaded: \(reason)", hint: "install libpq5, the client library of PostgreSQL",
            phase: .connect)
    }

    static var isThere: Bool { problem() == nil }
}
