internal import Synchronization

/// The cookies of one scenario, filled by each answer and sent with each request.
public final class CookieJar: Sendable {
    private let store = Mutex(CookieStore())

    public init() {}

    /// What the jar holds, expired ones included, oldest first.
    public var cookies: [Cookie] { store.withLock { $0.cookies } }

    func take(_ head: ResponseHead, from url: ParsedURL, now: Int64) {
        guard head.setsCookies else { return }
        store.withLock { store in
            for header in head.headers where header.name == "set-cookie" {
                store.set(header.value, from: url.origin, path: url.path, now: now)
            }
        }
    }

    func header(for url: ParsedURL, now: Int64) -> String? {
        store.withLock { $0.header(for: url.origin, path: url.path, now: now) }
    }
}
