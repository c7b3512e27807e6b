internal import Synchronization

/// The API keys and sessions that the gateway accepts, each with its rate limit.
final class KeyRing: Sendable {
    /// Keys that are kept at most; the admin API refuses more.
    static let capacity = 10_000

    /// Who may call, and how often.
    struct Entry: Sendable {
        var id: String
        /// Whose data a request with this key sees.
        var user: String
        var limiter: RateLimiter?
    }

    private let keys: Mutex<[String: Entry]>
    private let seed: UInt64
    private let count = Atomic<UInt64>(0)

    init(apiKey: String, rateLimit: Double?, seed: UInt64) {
        let limiter = rateLimit.map { RateLimiter(perSecond: $0, burst: max(1, Int($0))) }
        keys = Mutex([apiKey: Entry(id: "key_default", user: "default", limiter: limiter)])
        self.seed = seed
    }

    /// The entry of a key; nil for a key that is not known.
    func entry(of key: String) -> Entry? {
        keys.withLock { $0[key] }
    }

    /// Makes a key; nil if there are too many.
    func issue(prefix: String, user: String, limiter: RateLimiter?) -> (key: String, entry: Entry)? {
        let serial = count.add(1, ordering: .relaxed).newValue
        var random = SeededRandom(seed: UInt64(hashing: prefix, from: seed) &+ serial)
        let key = prefix + random.next().hex + random.next().hex
        let entry = Entry(id: "key_\(serial)", user: user, limiter: limiter)
        return keys.withLock { keys in
            guard keys.count < Self.capacity else { return nil }
            keys[key] = entry
            return (key, entry)
        }
    }

    /// Takes a key back; false if there is none of that id.
    func revoke(id: String) -> Bool {
        keys.withLock { keys in
            guard let key = keys.first(where: { $0.value.id == id && id != "key_default" })?.key else { return false }
            keys[key] = nil
            return true
        }
    }
}
